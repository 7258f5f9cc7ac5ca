//! Where canonical octets go.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Error;
use crate::crypto::Hasher;
use crate::limits::MAX_CANONICAL_BYTES;

/// Takes canonical octets, piece by piece.
pub trait Sink {
    /// Takes the next octets.
    fn write(&mut self, octets: &[u8]);
}

impl Sink for Vec<u8> {
    fn write(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

/// Digests without keeping the octets.
impl Sink for Box<dyn Hasher> {
    fn write(&mut self, octets: &[u8]) {
        self.update(octets);
    }
}

/// Names and delimiters are a few bytes each, and a sink may be a digest of the host, which is behind
/// an expensive call: so pieces are collected to this size.
const COLLECTED_BYTES: usize = 512;

/// Counts, collects and escapes on the way to the sink.
pub(super) struct Output<'s> {
    /// Without one all of it is collected.
    sink: Option<&'s mut dyn Sink>,
    collected: Vec<u8>,
    /// Octets that the sink has.
    delivered: usize,
}

impl<'s> Output<'s> {
    pub(super) fn new(sink: &'s mut dyn Sink) -> Self {
        // What one tag has more than this makes the vector grow once.
        let collected = Vec::with_capacity(COLLECTED_BYTES + COLLECTED_BYTES / 4);
        Self { sink: Some(sink), collected, delivered: 0 }
    }

    /// For a canonical form of about `bytes` bytes.
    pub(super) fn collecting(bytes: usize) -> Self {
        Self { sink: None, collected: Vec::with_capacity(bytes), delivered: 0 }
    }

    /// To be called after each node: a node cannot have more octets than the parser let it have.
    pub(super) fn node_ends(&mut self) -> Result<(), Error> {
        if self.collected.len() >= COLLECTED_BYTES {
            self.deliver();
        }
        let total = self.delivered + self.collected.len();
        if total > MAX_CANONICAL_BYTES { Err(Error::OutputTooLong) } else { Ok(()) }
    }

    /// What no sink has got.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.node_ends()?;
        self.deliver();
        Ok(self.collected)
    }

    fn deliver(&mut self) {
        if let Some(sink) = &mut self.sink
            && !self.collected.is_empty()
        {
            sink.write(&self.collected);
            self.delivered += self.collected.len();
            self.collected.clear();
        }
    }

    pub(super) fn write(&mut self, text: &str) {
        self.collected.extend_from_slice(text.as_bytes());
    }

    /// A piece of the input, which may be long.
    pub(super) fn piece(&mut self, text: &str) {
        if text.len() < COLLECTED_BYTES {
            return self.write(text);
        }
        self.deliver();
        match &mut self.sink {
            Some(sink) => {
                sink.write(text.as_bytes());
                self.delivered += text.len();
            }
            None => self.write(text),
        }
    }

    /// A text node (C14N 1.0, section 2.3).
    pub(super) fn text(&mut self, text: &str) {
        let octets = text.as_bytes();
        let is_plain = memchr::memchr3(b'&', b'<', b'>', octets).is_none()
            && memchr::memchr(b'\r', octets).is_none();
        if is_plain {
            self.piece(text);
        } else {
            self.escaped(text, |b| match b {
                b'&' => Some("&amp;"),
                b'<' => Some("&lt;"),
                b'>' => Some("&gt;"),
                b'\r' => Some("&#xD;"),
                _ => None,
            });
        }
    }

    /// An attribute node (C14N 1.0, section 2.3).
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        self.write(" ");
        self.write(name);
        self.write("=\"");
        self.attribute_value(value);
        self.write("\"");
    }

    /// The value of a namespace node: a URI, in which nothing but `&` can stand that is to be escaped.
    pub(super) fn namespace_name(&mut self, uri: &str) {
        if uri.as_bytes().contains(&b'&') {
            self.attribute_value(uri);
        } else {
            self.write(uri);
        }
    }

    /// The value of an attribute (C14N 1.0, section 2.3).
    fn attribute_value(&mut self, value: &str) {
        let octets = value.as_bytes();
        let is_plain = memchr::memchr3(b'&', b'<', b'"', octets).is_none()
            && memchr::memchr3(b'\t', b'\n', b'\r', octets).is_none();
        if is_plain {
            self.write(value);
        } else {
            self.escaped(value, |b| match b {
                b'&' => Some("&amp;"),
                b'<' => Some("&lt;"),
                b'"' => Some("&quot;"),
                b'\t' => Some("&#x9;"),
                b'\n' => Some("&#xA;"),
                b'\r' => Some("&#xD;"),
                _ => None,
            });
        }
    }

    fn escaped(&mut self, text: &str, reference: impl Fn(u8) -> Option<&'static str>) {
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|b| reference(*b).is_some())
            && let Some((run, [special, after @ ..])) = rest.split_at_checked(at)
        {
            self.collected.extend_from_slice(run);
            self.write(reference(*special).unwrap_or_default());
            rest = after;
        }
        self.collected.extend_from_slice(rest);
    }
}
