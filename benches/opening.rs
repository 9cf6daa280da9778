//! How the plain reader opens a connection, and what it asks.

/// What opens a connection, and whether it asks again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// What is sent; each step once something has come in answer to the one before.
    pub steps: Vec<Vec<u8>>,
    pub asks: Asks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The server pushes. It answers the opening at once, so that it is known when it stands.
    Never,
    /// After each answer, for what comes after the messages seen.
    Onwards,
    /// After each answer, the very same.
    Same,
}

impl Opening {
    /// For servers that do not care.
    pub fn plain() -> Self {
        Self {
            steps: vec![b"hello\n".to_vec()],
            asks: Asks::Never,
        }
    }

    /// The same question for ever, for what comes after message `cursor`.
    pub fn always(mut self, cursor: u64) -> Self {
        for step in &mut self.steps {
            patch(step, cursor);
        }
        self.asks = Asks::Same;
        self
    }
}

/// Writes a cursor over the digits of the one in a question.
pub fn patch(question: &mut Vec<u8>, cursor: u64) {
    const NAME: &[u8] = b"since=";
    let Some(at) = memchr::memmem::find(question, NAME) else {
        return;
    };
    let from = at + NAME.len();
    let columns = question[from..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let mut left = cursor;
    for digit in question[from..from + columns].iter_mut().rev() {
        *digit = b'0' + (left % 10) as u8;
        left /= 10;
    }
    // It has outgrown its columns, which happens once in a million events.
    if left > 0 {
        question.splice(from..from, left.to_string().into_bytes());
    }
}
