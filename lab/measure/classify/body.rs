//! Bodies of HTTP/1.1 messages: where they end (RFC 9112 6.3), and what their bytes are.

use super::{Layer, Malformed, emit, sse, take};
use std::mem;

/// A body that is being read.
#[derive(Debug, Clone)]
pub(super) struct Body {
    length: Length,
    content: Content,
}

/// The three ways in which a body ends.
#[derive(Debug, Clone)]
pub(super) enum Length {
    /// So many bytes are left.
    Known(u64),
    Chunked(Chunks),
    UntilClose,
}

/// What the bytes of a body are.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// One layer for everything.
    All(Layer),
    /// A poll's answer, one event per line. Line ends only separate.
    Lines,
    Events(sse::Line),
}

impl Body {
    /// A body, unless it is known to be empty.
    pub fn new(length: Length, content: Content) -> Option<Self> {
        (!matches!(length, Length::Known(0))).then_some(Self { length, content })
    }

    /// Takes the body's bytes off the front of `bytes`; true once the body is complete.
    pub fn feed(
        &mut self,
        bytes: &mut &[u8],
        out: &mut impl FnMut(Layer, usize),
    ) -> Result<bool, Malformed> {
        let content = &mut self.content;
        match &mut self.length {
            Length::Known(left) => {
                content.feed(take(bytes, left), out);
                Ok(*left == 0)
            }
            Length::UntilClose => {
                content.feed(mem::take(bytes), out);
                Ok(false)
            }
            Length::Chunked(chunks) => chunks.feed(bytes, content, out),
        }
    }
}

impl Content {
    /// Classifies all of `bytes`, at least one.
    fn feed(&mut self, mut bytes: &[u8], out: &mut impl FnMut(Layer, usize)) {
        match self {
            Content::All(layer) => out(*layer, bytes.len()),
            Content::Events(line) => line.feed(bytes, out),
            Content::Lines => {
                while !bytes.is_empty() {
                    let text = memchr::memchr(b'\n', bytes);
                    let text = text.unwrap_or(bytes.len());
                    emit(&mut bytes, text, Layer::Payload, out);
                    let ends = bytes.iter().take_while(|&&b| b == b'\n').count();
                    emit(&mut bytes, ends, Layer::Framing, out);
                }
            }
        }
    }
}

/// Where a chunked body is (RFC 9112 7.1).
#[derive(Debug, Clone, Default)]
pub(super) struct Chunks {
    at: At,
    /// The chunk's size while its digits are read, then how many of its bytes are left.
    left: u64,
}

/// The part of a chunked body that the next byte belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// The first digit of a chunk's size, which must be there.
    #[default]
    Size,
    MoreSize,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// The first byte of a trailer line; an empty line ends the body.
    Trailer,
    MoreTrailer,
    TrailerLf,
    LastLf,
    End,
}

impl Chunks {
    fn feed(
        &mut self,
        bytes: &mut &[u8],
        content: &mut Content,
        out: &mut impl FnMut(Layer, usize),
    ) -> Result<bool, Malformed> {
        while !bytes.is_empty() && self.at != At::End {
            if self.at == At::Data {
                content.feed(take(bytes, &mut self.left), out);
                if self.left == 0 {
                    self.at = At::DataCr;
                }
                continue;
            }
            let mut syntax = 0;
            let mut verdict = Ok(());
            while let Some(&byte) = bytes.get(syntax)
                && !matches!(self.at, At::Data | At::End)
            {
                verdict = self.syntax(byte);
                if verdict.is_err() {
                    break;
                }
                syntax += 1;
            }
            emit(bytes, syntax, Layer::Framing, out);
            verdict?;
        }
        Ok(self.at == At::End)
    }

    /// Reads one byte that is not data.
    fn syntax(&mut self, byte: u8) -> Result<(), Malformed> {
        self.at = match (self.at, byte) {
            (At::Size | At::MoreSize, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                if self.left > u64::MAX >> 4 {
                    return Err("a chunk size beyond 64 bits");
                }
                let digit = (byte as char).to_digit(16).map_or(0, u64::from);
                self.left = self.left << 4 | digit;
                At::MoreSize
            }
            (At::MoreSize, b';' | b' ' | b'\t') => At::Extension,
            (At::MoreSize | At::Extension, b'\r') => At::SizeLf,
            (At::SizeLf, b'\n') if self.left == 0 => At::Trailer,
            (At::SizeLf, b'\n') => At::Data,
            (At::DataCr, b'\r') => At::DataLf,
            (At::DataLf, b'\n') => At::Size,
            (At::Trailer, b'\r') => At::LastLf,
            (At::LastLf, b'\n') => At::End,
            (At::MoreTrailer, b'\r') => At::TrailerLf,
            (At::TrailerLf, b'\n') => At::Trailer,
            (At::Extension, _) if byte != b'\n' => At::Extension,
            (At::Trailer | At::MoreTrailer, _) if byte != b'\n' => At::MoreTrailer,
            _ => return Err("not a chunked body"),
        };
        Ok(())
    }
}
