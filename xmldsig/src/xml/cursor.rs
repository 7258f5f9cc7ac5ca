//! A place in the input that only moves forward.

use super::characters::{is_ascii_name_start, is_name_char, is_name_start, is_white_space};
use super::error::{ErrorKind, Fault};
use super::lanes::ascii_name;
use super::store::Name;

/// Reads the input from front to back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'i> {
    input: &'i str,
    byte: usize,
}

impl<'i> Cursor<'i> {
    pub(super) const fn new(input: &'i str) -> Self {
        Self { input, byte: 0 }
    }

    pub(super) const fn byte(&self) -> usize {
        self.byte
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.byte >= self.input.len()
    }

    /// The bytes not read yet.
    pub(super) fn rest(&self) -> &'i [u8] {
        self.input.as_bytes().get(self.byte..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.input.as_bytes().get(self.byte).copied()
    }

    pub(super) fn starts_with(&self, literal: &str) -> bool {
        self.rest().starts_with(literal.as_bytes())
    }

    /// Moves over `bytes` bytes that were looked at.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.byte += bytes;
    }

    /// Moves over `literal`, if it is next.
    pub(super) fn eat(&mut self, literal: &str) -> bool {
        let is_next = self.starts_with(literal);
        if is_next {
            self.byte += literal.len();
        }
        is_next
    }

    /// The text between two places.
    ///
    /// # Errors
    /// Both are boundaries of characters because the parser stops at ASCII only; if that were ever
    /// wrong, the document is refused.
    pub(super) fn slice(&self, from: usize, to: usize) -> Result<&'i str, Fault> {
        self.input.get(from..to).ok_or_else(|| ErrorKind::MalformedMarkup.at(from))
    }

    /// Takes the next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Result<&'i str, Fault> {
        let from = self.byte;
        let taken = self.slice(from, from + length)?;
        self.byte += length;
        Ok(taken)
    }

    /// Takes everything before `end`, and moves over `end`.
    pub(super) fn take_until(&mut self, end: &str) -> Result<&'i str, Fault> {
        let rest = self.slice(self.byte, self.input.len())?;
        let Some((taken, _)) = rest.split_once(end) else {
            return Err(ErrorKind::UnexpectedEnd.at(self.input.len()));
        };
        self.byte += taken.len() + end.len();
        Ok(taken)
    }

    /// Moves over white space; whether there was any.
    pub(super) fn skip_white_space(&mut self) -> bool {
        let from = self.byte;
        while self.peek().is_some_and(is_white_space) {
            self.byte += 1;
        }
        self.byte > from
    }

    /// `Eq ::= S? '=' S?` (XML 3.1)
    pub(super) fn eq(&mut self, otherwise: ErrorKind) -> Result<(), Fault> {
        self.skip_white_space();
        if !self.eat("=") {
            return Err(self.unless_at_end(otherwise));
        }
        self.skip_white_space();
        Ok(())
    }

    /// `kind` here, or that the document ended too early when that is the real cause.
    pub(super) fn unless_at_end(&self, kind: ErrorKind) -> Fault {
        if self.is_at_end() { ErrorKind::UnexpectedEnd.at(self.byte) } else { kind.at(self.byte) }
    }

    /// Moves over `NCName ::= Name - (Char* ':' Char*)` (Namespaces 3).
    pub(super) fn nc_name(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        let ascii = ascii_name(rest);
        let is_ascii_name = rest.first().is_some_and(|b| is_ascii_name_start(*b));
        match rest.get(ascii) {
            Some(0x80..) => self.nc_name_beyond_ascii(),
            _ if is_ascii_name => {
                self.byte += ascii;
                Ok(())
            }
            _ => Err(self.unless_at_end(ErrorKind::InvalidName)),
        }
    }

    fn nc_name_beyond_ascii(&mut self) -> Result<(), Fault> {
        let rest = self.slice(self.byte, self.input.len())?;
        let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        if !rest.starts_with(is_name_start) {
            return Err(ErrorKind::InvalidName.at(self.byte));
        }
        self.byte += length;
        Ok(())
    }

    /// `QName ::= (Prefix ':')? LocalPart` (Namespaces 4); an absent prefix is empty.
    pub(super) fn q_name(&mut self) -> Result<Name, Fault> {
        let from = self.byte;
        self.nc_name()?;
        let prefix_bytes = self.byte - from;
        if self.peek() != Some(b':') {
            return Ok(Name::new(prefix_bytes, 0));
        }
        self.byte += 1;
        self.nc_name()?;
        Ok(Name::new(self.byte - from, prefix_bytes))
    }
}
