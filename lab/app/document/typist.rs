//! Somebody at a keyboard: letter after letter, now and then a correction, now and then a jump elsewhere.

use super::Op;
use crate::feed::Choices;

/// What is typed, word by word.
const WORDS: [&str; 16] = [
    "the", "river", "was", "quiet", "and", "nobody", "spoke", "until", "morning", "when", "a",
    "small", "boat", "came", "around", "bend",
];
/// Letters per second.
const LETTERS_PER_S: u64 = 5;
/// Most letters of one op.
const LONGEST_OP: u64 = 20;
/// One op in so many takes back a letter.
const CORRECTS: u32 = 15;
/// One op in so many is typed elsewhere.
const JUMPS: u32 = 40;
/// Streams of the seed for what typists do.
const TYPIST_STREAM: u64 = 4 << 40;

pub struct Typist {
    choices: Choices,
    /// What is left of the word, last letter first.
    word: Vec<char>,
    last_ns: u64,
}

impl Typist {
    pub fn new(seed: u64, client: u32) -> Self {
        Self {
            choices: Choices::new(seed, TYPIST_STREAM | u64::from(client)),
            word: Vec::new(),
            last_ns: 0,
        }
    }

    /// What is typed next in a text of `length` characters with the cursor where it is. The letters since the last
    /// time, so that a longer wait makes a larger op.
    pub fn next(&mut self, now_ns: u64, cursor: usize, length: usize) -> Op {
        let letters = |ns: u64| ns / (1_000_000_000 / LETTERS_PER_S);
        let count = letters(now_ns).saturating_sub(letters(self.last_ns));
        self.last_ns = now_ns;
        if cursor > 0 && self.choices.below(CORRECTS) == 0 {
            return Op::new(cursor - 1, 1, "");
        }
        let jumps = self.choices.below(JUMPS) == 0;
        let pos = if jumps {
            self.choices.below(length as u32 + 1) as usize
        } else {
            cursor
        };
        let ins: String = (0..count.clamp(1, LONGEST_OP))
            .map(|_| self.letter())
            .collect();
        Op::new(pos, 0, &ins)
    }

    fn letter(&mut self) -> char {
        if self.word.is_empty() {
            let word = WORDS[self.choices.below(WORDS.len() as u32) as usize];
            self.word.push(' ');
            self.word.extend(word.chars().rev());
        }
        self.word.pop().unwrap_or(' ')
    }
}
