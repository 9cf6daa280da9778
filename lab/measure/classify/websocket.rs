//! WebSocket frames (RFC 6455 5.2), one direction. No extension is negotiated, so the reserved bits are zero.

use super::{Layer, Malformed, emit, take};

/// Reads the frames of one direction. A frame's first byte already decides its layers.
#[derive(Debug, Clone)]
pub(super) struct Frames {
    at: At,
    /// The payload's length while its bytes are read, then how many of its bytes are left.
    left: u64,
    header: Layer,
    payload: Layer,
    /// RFC 6455 5.1: a client masks every frame, a server none.
    masked: bool,
    /// Whether the frame is a control frame.
    control: bool,
    /// Whether a fragmented data message goes on in a later frame.
    in_message: bool,
    /// Whether the hello, the client's first data message, is still to come or under way.
    hello: bool,
}

/// The part of a frame that the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// FIN, reserved bits, opcode.
    First,
    /// MASK, the short length.
    Second,
    /// So many bytes of the extended length are left.
    Length(u8),
    /// So many bytes of the masking key are left.
    Mask(u8),
    Payload,
}

impl Frames {
    /// The frames that a client sends: masked, and its hello first.
    pub fn from_client() -> Self {
        Self::new(true)
    }

    /// The frames that a server sends.
    pub fn from_server() -> Self {
        Self::new(false)
    }

    fn new(client: bool) -> Self {
        Self {
            at: At::First,
            left: 0,
            header: Layer::Framing,
            payload: Layer::Framing,
            masked: client,
            control: false,
            in_message: false,
            hello: client,
        }
    }

    /// Classifies all of `bytes`, or takes off what could be read.
    pub fn feed(
        &mut self,
        bytes: &mut &[u8],
        out: &mut impl FnMut(Layer, usize),
    ) -> Result<(), Malformed> {
        while !bytes.is_empty() {
            if self.at == At::Payload {
                out(self.payload, take(bytes, &mut self.left).len());
                if self.left == 0 {
                    self.at = At::First;
                }
                continue;
            }
            let mut header = 0;
            let mut verdict = Ok(());
            while let Some(&byte) = bytes.get(header) {
                verdict = self.header(byte);
                if verdict.is_err() {
                    break;
                }
                header += 1;
                if matches!(self.at, At::First | At::Payload) {
                    break;
                }
            }
            emit(bytes, header, self.header, out);
            verdict?;
        }
        Ok(())
    }

    /// Reads one byte of a frame's header.
    fn header(&mut self, byte: u8) -> Result<(), Malformed> {
        self.at = match self.at {
            At::First | At::Payload => {
                self.first(byte)?;
                At::Second
            }
            At::Second => {
                if (byte & 0x80 != 0) != self.masked {
                    return Err("a frame masked by the server, or not masked by the client");
                }
                self.left = u64::from(byte & 0x7f);
                match self.left {
                    // RFC 6455 5.5: control frames are short and whole.
                    126.. if self.control => return Err("a control frame of more than 125 bytes"),
                    126 => self.length(2),
                    127 => self.length(8),
                    _ => self.mask(),
                }
            }
            At::Length(bytes) => {
                self.left = self.left << 8 | u64::from(byte);
                match bytes {
                    1 if self.left > i64::MAX as u64 => {
                        return Err("a frame longer than 63 bits");
                    }
                    1 => self.mask(),
                    _ => At::Length(bytes - 1),
                }
            }
            At::Mask(1) => self.body(),
            At::Mask(bytes) => At::Mask(bytes - 1),
        };
        Ok(())
    }

    fn first(&mut self, byte: u8) -> Result<(), Malformed> {
        let last = byte & 0x80 != 0;
        let opcode = byte & 0x0f;
        if byte & 0x70 != 0 {
            return Err("a frame with reserved bits");
        }
        self.control = opcode & 0x08 != 0;
        (self.header, self.payload) = match opcode {
            0x0 if !self.in_message => return Err("a continuation of no message"),
            0x1 | 0x2 if self.in_message => return Err("a message inside a message"),
            0x0..=0x2 if self.hello => (Layer::Setup, Layer::Setup),
            0x0..=0x2 => (Layer::Framing, Layer::Payload),
            0x8..=0xa if !last => return Err("a control frame in fragments"),
            0x8 => (Layer::Setup, Layer::Setup),
            0x9 | 0xa => (Layer::Framing, Layer::Framing),
            _ => return Err("a frame with a reserved opcode"),
        };
        if !self.control {
            self.in_message = !last;
            self.hello &= !last;
        }
        Ok(())
    }

    /// What follows the short length: an extended length of so many bytes.
    fn length(&mut self, bytes: u8) -> At {
        self.left = 0;
        At::Length(bytes)
    }

    /// What follows the length.
    fn mask(&self) -> At {
        if self.masked {
            At::Mask(4)
        } else {
            self.body()
        }
    }

    /// What follows the header.
    fn body(&self) -> At {
        if self.left == 0 {
            At::First
        } else {
            At::Payload
        }
    }
}
