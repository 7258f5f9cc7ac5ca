//! DER (X.690, section 10), read strictly and written: the few structures that keys and certificates are.
//!
//! Our own because the crates for it are generic over every type: they took a tenth of the Worker.

use alloc::vec::Vec;

/// Universal tags (X.680, section 8.4), and the bits of the others.
pub mod tag {
    /// `true` or `false`.
    pub const BOOLEAN: u8 = 0x01;
    /// A number with a sign.
    pub const INTEGER: u8 = 0x02;
    /// Bits, after the number of those that the last byte has too many.
    pub const BIT_STRING: u8 = 0x03;
    /// Bytes.
    pub const OCTET_STRING: u8 = 0x04;
    /// Nothing.
    pub const NULL: u8 = 0x05;
    /// See [`object_identifier`](crate::crypto::object_identifier).
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    /// Text.
    pub const UTF8_STRING: u8 = 0x0c;
    /// A time whose year has two digits.
    pub const UTC_TIME: u8 = 0x17;
    /// A time whose year has four digits.
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// Elements in the order of their definition.
    pub const SEQUENCE: u8 = 0x30;
    /// Elements without an order.
    pub const SET: u8 = 0x31;
    /// `[0]`, explicit; the numbers follow each other.
    pub const CONTEXT_0: u8 = 0xa0;
}

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// What it is: one of [`tag`], or another one of one byte.
    pub tag: u8,
    /// What stands after the length.
    pub content: &'a [u8],
    /// Tag and length included.
    pub whole: &'a [u8],
}

/// Reads one element after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Of elements that follow each other.
    #[must_use]
    pub const fn new(content: &'a [u8]) -> Self {
        Self(content)
    }

    /// The content of `der`, which is one element with this tag and nothing after it.
    #[must_use]
    pub fn of(der: &'a [u8], tag: u8) -> Option<Self> {
        let mut reader = Self(der);
        let content = reader.read(tag)?;
        reader.is_at_end().then_some(Self(content))
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_at_end(self) -> bool {
        self.0.is_empty()
    }

    /// The next element, whatever it is. Lengths are definite and as short as possible; tags have one byte.
    pub fn next_element(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (length, rest) = read_length(rest)?;
        let (content, after) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len().checked_sub(after.len())?)?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        self.0 = after;
        Some(Element { tag, content, whole })
    }

    /// The content of the next element, which has this tag.
    pub fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next_element().filter(|element| element.tag == tag).map(|element| element.content)
    }

    /// As [`Self::read`] when the next element has this tag; otherwise nothing is read.
    pub fn read_optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        if self.0.first() == Some(&tag) { self.read(tag).map(Some) } else { Some(None) }
    }

    /// An INTEGER that is not negative, without the zero that keeps it so.
    pub fn read_unsigned(&mut self) -> Option<&'a [u8]> {
        match self.read(tag::INTEGER)? {
            [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Some(rest),
            [0] => Some(&[0]),
            number @ [1..=0x7f, ..] => Some(number),
            _ => None,
        }
    }

    /// A BIT STRING of whole bytes.
    pub fn read_bytes_of_bits(&mut self) -> Option<&'a [u8]> {
        self.read(tag::BIT_STRING)?.strip_prefix(&[0])
    }
}

/// The length of an element, and what follows it. Four bytes of length are more than anybody sends.
#[must_use]
pub fn read_length(der: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = der.split_first()?;
    if first < 0x80 {
        return Some((first.into(), rest));
    }
    let (digits, rest) = rest.split_at_checked((first & 0x7f).into())?;
    if !matches!(digits.len(), 1..=4) || digits.first() == Some(&0) {
        return None;
    }
    let length = digits.iter().try_fold(0_usize, |length, digit| {
        length.checked_mul(256)?.checked_add(usize::from(*digit))
    })?;
    (length >= 0x80).then_some((length, rest))
}

/// One element made of these pieces of content.
#[must_use]
pub fn element(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let length: usize = content.iter().map(|piece| piece.len()).sum();
    let mut der = Vec::with_capacity(length.saturating_add(6));
    der.push(tag);
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => der.push(short),
        _ => {
            let digits = length.to_be_bytes();
            let zeros = digits.iter().take_while(|digit| **digit == 0).count();
            let digits = digits.get(zeros..).unwrap_or_default();
            der.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
            der.extend_from_slice(digits);
        }
    }
    for piece in content {
        der.extend_from_slice(piece);
    }
    der
}

/// An INTEGER that is not negative, given big-endian.
#[must_use]
pub fn unsigned(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|digit| **digit == 0).count();
    let number = number.get(zeros..).unwrap_or_default();
    // The first bit is the sign; zero has one digit.
    let needs_zero = number.first().is_none_or(|first| *first >= 0x80);
    element(tag::INTEGER, &[if needs_zero { &[0] } else { &[] }, number])
}

/// A BIT STRING of whole bytes.
#[must_use]
pub fn bits(bytes: &[u8]) -> Vec<u8> {
    element(tag::BIT_STRING, &[&[0], bytes])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[track_caller]
    fn refused(der: &[u8]) {
        assert_eq!(Reader::new(der).next_element(), None, "{der:x?}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let content = vec![7; length];
            let der = element(tag::OCTET_STRING, &[&content]);
            let mut reader = Reader::new(&der);
            let read = reader.next_element().unwrap();
            assert_eq!((read.tag, read.content), (tag::OCTET_STRING, content.as_slice()));
            assert_eq!(read.whole, der);
            assert!(reader.is_at_end());
            refused(&der[..der.len() - 1]);
        }
    }

    #[test]
    fn other_spellings_of_a_length_are_refused() {
        refused(&[0x04, 0x80, 0, 0]);
        refused(&[0x04, 0x81, 0x01, 7]);
        refused(&[&[0x04, 0x82, 0x00, 0x80][..], &[7; 0x80]].concat());
        refused(&[0x04, 0x85, 0, 0, 0, 0, 1, 7]);
        refused(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 7]);
        refused(&[0x1f, 0x01, 7]);
        refused(&[0x04]);
        refused(&[]);
    }

    #[test]
    fn numbers_have_one_spelling() {
        let read = |der: &[u8]| Reader::new(der).read_unsigned().map(<[u8]>::to_vec);
        for number in [&[0][..], &[1], &[0x7f], &[0x80], &[1, 0]] {
            assert_eq!(read(&unsigned(number)).as_deref(), Some(number));
        }
        assert_eq!(unsigned(&[0, 0, 1]), [2, 1, 1]);
        for der in [&[2, 0][..], &[2, 1, 0x80], &[2, 2, 0, 1], &[2, 2, 0, 0]] {
            assert_eq!(read(der), None, "{der:x?}");
        }
    }

    #[test]
    fn bits_that_are_no_whole_bytes_are_refused() {
        assert_eq!(Reader::new(&bits(b"a")).read_bytes_of_bits(), Some(&b"a"[..]));
        assert_eq!(Reader::new(&[3, 2, 1, 0]).read_bytes_of_bits(), None);
        assert_eq!(Reader::new(&[3, 0]).read_bytes_of_bits(), None);
    }
}
