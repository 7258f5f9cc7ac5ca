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
const COLLECTED_BYTES: usize = 4096;

/// Counts, collects and escapes on the way to the sink.
pub(super) struct Output<'s> {
    sink: &'s mut dyn Sink,
    collected: Vec<u8>,
    /// Octets that may still be written; nothing is written any more after it was not enough.
    left: Option<usize>,
}

impl<'s> Output<'s> {
    pub(super) fn new(sink: &'s mut dyn Sink) -> Self {
        let collected = Vec::with_capacity(COLLECTED_BYTES);
        Self { sink, collected, left: Some(MAX_CANONICAL_BYTES) }
    }

    /// Whether everything until now was within the limit. Looking once for each node is enough.
    pub(super) const fn check(&self) -> Result<(), Error> {
        if self.left.is_some() { Ok(()) } else { Err(Error::OutputTooLong) }
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        self.check()?;
        self.sink.write(&self.collected);
        Ok(())
    }

    pub(super) fn write(&mut self, text: &str) {
        self.octets(text.as_bytes());
    }

    fn octets(&mut self, octets: &[u8]) {
        self.left = self.left.and_then(|left| left.checked_sub(octets.len()));
        if self.left.is_none() {
            return;
        }
        if self.collected.len() + octets.len() > COLLECTED_BYTES {
            self.sink.write(&self.collected);
            self.collected.clear();
            if octets.len() > COLLECTED_BYTES {
                self.sink.write(octets);
                return;
            }
        }
        self.collected.extend_from_slice(octets);
    }

    /// A text node (C14N 1.0, section 2.3).
    pub(super) fn text(&mut self, text: &str) {
        self.escaped(text, |b| match b {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'>' => Some("&gt;"),
            b'\r' => Some("&#xD;"),
            _ => None,
        });
    }

    /// The value of an attribute or namespace node (C14N 1.0, section 2.3).
    pub(super) fn attribute_value(&mut self, value: &str) {
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

    fn escaped(&mut self, text: &str, reference: impl Fn(u8) -> Option<&'static str>) {
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|b| reference(*b).is_some())
            && let Some((run, [special, after @ ..])) = rest.split_at_checked(at)
        {
            self.octets(run);
            self.write(reference(*special).unwrap_or_default());
            rest = after;
        }
        self.octets(rest);
    }
}
