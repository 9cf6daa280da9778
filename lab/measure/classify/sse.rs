//! The text of an event stream (WHATWG HTML, server-sent events, 9.2.6 "Interpreting an event stream").

use super::Layer;

/// Where in a line the stream is. Lines end in CR LF, LF or CR. All of these are framing, and so is an empty line, so that
/// nothing has to remember whether an LF belongs to the CR before it.
#[derive(Debug, Clone)]
pub(super) enum Line {
    /// In the field's name, of which so many bytes are those of `data`; none at the start of a line.
    Name(usize),
    /// Behind `data:`, where one space belongs to the syntax.
    Colon,
    /// In the value of `data`: the only payload.
    Value,
    /// In a comment, or in another field: framing to the end of the line.
    Other,
}

impl Default for Line {
    fn default() -> Self {
        Self::Name(0)
    }
}

const DATA: &[u8] = b"data";

impl Line {
    /// Classifies all of `text`.
    pub fn feed(&mut self, text: &[u8], out: &mut impl FnMut(Layer, usize)) {
        // Syntax adds up to one run until a value interrupts it.
        let mut reported = 0;
        let mut at = 0;
        while at < text.len() {
            match *self {
                Line::Name(matched) => {
                    *self = match text[at] {
                        b'\r' | b'\n' => Line::Name(0),
                        b':' if matched == DATA.len() => Line::Colon,
                        byte if DATA.get(matched) == Some(&byte) => Line::Name(matched + 1),
                        _ => Line::Other,
                    };
                    at += 1;
                }
                Line::Colon => {
                    at += usize::from(text[at] == b' ');
                    *self = Line::Value;
                }
                Line::Value => {
                    let value = line_length(&text[at..]);
                    if value > 0 {
                        if at > reported {
                            out(Layer::Framing, at - reported);
                        }
                        out(Layer::Payload, value);
                        at += value;
                        reported = at;
                    }
                    if at < text.len() {
                        *self = Line::Name(0);
                    }
                }
                Line::Other => {
                    at += line_length(&text[at..]);
                    if at < text.len() {
                        *self = Line::Name(0);
                    }
                }
            }
        }
        if text.len() > reported {
            out(Layer::Framing, text.len() - reported);
        }
    }
}

/// How many bytes come before the end of the line, or of the text.
fn line_length(text: &[u8]) -> usize {
    let end = memchr::memchr2(b'\n', b'\r', text);
    end.unwrap_or(text.len())
}
