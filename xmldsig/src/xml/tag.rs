//! Tags: elements begin and end, attributes and prefixes get their meaning.

use alloc::borrow::Cow;

use super::attributes;
use super::characters::is_white_space;
use super::error::{ErrorKind, Fault};
use super::order::{is_same, repeated};
use super::parser::{OpenElement, Parser, in_value};
use super::store::{AttributeData, Content, ElementName, Name, Span, Value, long, short};
use super::values;

/// Where what a tag brings begins.
struct Own {
    attributes: usize,
    declarations: usize,
}

impl Parser<'_, '_> {
    /// `STag ::= '<' Name (S Attribute)* S? '>'`, `EmptyElemTag ::= '<' Name (S Attribute)* S? '/>'`
    /// (XML 3.1)
    pub(super) fn start_tag(&mut self) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        self.check_one_more_element(byte)?;
        self.cursor.skip(1);
        let name = self.cursor.q_name()?;
        let own = Own { attributes: self.attributes.len(), declarations: self.scope.declared() };
        let outer_scope = self.scope.depth();
        let mut is_canonical = true;
        let is_empty = loop {
            match self.cursor.rest() {
                [b'>', ..] => break false,
                [b'/', ..] => break true,
                [b' ', b, ..] if !is_white_space(*b) && !matches!(b, b'>' | b'/') => {
                    self.cursor.skip(1);
                }
                _ if self.cursor.skip_white_space() => {
                    is_canonical = false;
                    if matches!(self.cursor.peek(), None | Some(b'>' | b'/')) {
                        continue;
                    }
                }
                _ => return Err(self.cursor.unless_at_end(ErrorKind::MalformedTag)),
            }
            is_canonical &= self.attribute(&own)?;
        };
        if !self.cursor.eat(if is_empty { "/>" } else { ">" }) {
            return Err(self.cursor.unless_at_end(ErrorKind::MalformedTag));
        }
        let namespace = self.element_namespace(name, byte, &own)?;
        is_canonical &= self.bind_attributes(byte, &own)?;
        let is_inherited = self.open.last().is_some_and(|open| open.namespace == namespace);
        if is_empty || !is_canonical || !is_inherited {
            self.not_canonical_at(byte);
        }
        let content = Content::Element(ElementName { bytes: name.bytes, namespace });
        let node = self.push_with(byte, content, own.attributes);
        if is_empty {
            self.scope.leave(outer_scope);
        } else {
            let name_bytes = name.whole_bytes(short(byte + 1), self.texts.input);
            let prefix_bytes = long(name.prefix_bytes);
            self.open.push(OpenElement {
                node,
                name: name_bytes,
                prefix_bytes,
                namespace,
                outer_scope,
            });
        }
        Ok(())
    }

    fn check_one_more_element(&mut self, byte: usize) -> Result<(), Fault> {
        if self.open.len() >= self.limits.max_depth {
            return Err(ErrorKind::TooDeep.at(byte));
        }
        if self.elements >= self.limits.max_elements {
            return Err(ErrorKind::TooManyElements.at(byte));
        }
        self.elements += 1;
        Ok(())
    }

    /// `Attribute ::= NSAttName Eq AttValue | QName Eq AttValue` (Namespaces 4). Whether it is written as
    /// canonical XML has it.
    fn attribute(&mut self, own: &Own) -> Result<bool, Fault> {
        let byte = self.cursor.byte();
        let name = self.cursor.q_name()?;
        let is_tight = matches!(self.cursor.rest(), [b'=', b'"', ..]);
        if is_tight {
            self.cursor.skip(1);
        } else {
            self.cursor.eq(ErrorKind::MalformedTag)?;
        }
        let value_byte = self.cursor.byte() + 1;
        let (raw, is_plain) = self.quoted(ErrorKind::MalformedTag)?;
        if raw.len() > self.limits.max_attribute_bytes {
            return Err(ErrorKind::AttributeTooLong.at(value_byte));
        }
        let value = if is_plain {
            Cow::Borrowed(raw)
        } else {
            values::attribute_value(raw).map_err(|fault| in_value(fault, value_byte))?
        };
        let (at, input) = (short(byte), self.texts.input);
        let declared_prefix = match name.prefix_bytes {
            0 if name.is_local(at, "xmlns", input) => name.prefix(at, input),
            5 if name.prefix(at, input) == "xmlns" => name.local_name(at, input),
            _ => {
                if self.attributes.len() - own.attributes >= self.limits.max_attributes {
                    return Err(ErrorKind::TooManyAttributes.at(byte));
                }
                let is_canonical = is_tight && is_plain;
                let value = if is_canonical {
                    Value::canonical(Span::new(value_byte, value_byte + raw.len()))
                } else {
                    self.texts.keep(value, value_byte)
                };
                self.attributes.push(AttributeData { byte: at, name, value });
                return Ok(is_canonical && name.prefix_bytes == 0);
            }
        };
        if self.scope.declared() - own.declarations >= self.limits.max_namespaces {
            return Err(ErrorKind::TooManyNamespaces.at(byte));
        }
        self.scope.declare(self.next_node(), declared_prefix, value, byte, self.limits)?;
        Ok(false)
    }

    /// Binds the prefix of an element, when all declarations of its tag are known.
    fn element_namespace(&self, name: Name, byte: usize, own: &Own) -> Result<u32, Fault> {
        let prefix = name.prefix(short(byte + 1), self.texts.input);
        // Most elements have the prefix of the element around them, and declare nothing.
        if own.declarations == self.scope.declared()
            && let Some(open) = self.open.last()
            && open.name.get(..open.prefix_bytes).is_some_and(|p| is_same(p, prefix.as_bytes()))
        {
            return Ok(open.namespace);
        }
        // The prefix xmlns is never bound, so an element with it is refused here as well.
        let key = name.prefix_key(short(byte + 1), self.texts.input);
        self.scope.resolve(prefix, key).ok_or_else(|| undeclared(prefix).at(byte))
    }

    /// Binds the prefixes of the attributes of an element. Puts the attributes into the order of canonical XML,
    /// which also brings those together that are the same: in time n log n (RUSTSEC-2026-0194 was a quadratic
    /// check). Whether they were in that order.
    fn bind_attributes(&mut self, byte: usize, own: &Own) -> Result<bool, Fault> {
        // Most elements have neither.
        if own.attributes == self.attributes.len() && own.declarations == self.scope.declared() {
            return Ok(true);
        }
        let declared = self.scope.since(own.declarations);
        let prefixes = declared.iter().map(|declaration| declaration.prefix);
        if declared.len() > 1 && repeated(prefixes).is_some() {
            return Err(ErrorKind::DuplicateNamespaceDeclaration.at(byte));
        }
        let input = self.texts.input;
        let own = self.attributes.get_mut(own.attributes..).unwrap_or_default();
        for attribute in own.iter_mut().filter(|attribute| attribute.name.prefix_bytes != 0) {
            let prefix = attribute.name.prefix(attribute.byte, input);
            let key = attribute.name.prefix_key(attribute.byte, input);
            let namespace = self.scope.resolve(prefix, key);
            attribute.name.namespace =
                namespace.ok_or_else(|| undeclared(prefix).at(long(attribute.byte)))?;
        }
        attributes::sort(own, &self.scope, input)
            .map_err(|repeated| ErrorKind::DuplicateAttribute.at(long(repeated)))
    }

    /// `ETag ::= '</' Name S? '>'` (XML 3.1), with the name of the innermost open element.
    pub(super) fn end_tag(&mut self) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        let Some(open) = self.open.pop() else {
            return Err(ErrorKind::MismatchedEndTag.at(byte));
        };
        self.cursor.skip(2);
        let name = self.cursor.rest().get(..open.name.len()).unwrap_or_default();
        let is_repeated = is_same(name, open.name);
        self.cursor.skip(if is_repeated { name.len() } else { 0 });
        if !is_repeated || self.cursor.peek().is_some_and(|b| !is_tag_end(b)) {
            // A malformed or unfinished name is a better explanation than another name.
            self.cursor.q_name()?;
            return Err(ErrorKind::MismatchedEndTag.at(byte));
        }
        if self.cursor.skip_white_space() {
            self.not_canonical_at(byte);
        }
        if !self.cursor.eat(">") {
            return Err(self.cursor.unless_at_end(ErrorKind::MalformedTag));
        }
        self.scope.leave(open.outer_scope);
        self.close(open.node);
        Ok(())
    }
}

/// What may follow the name of an end tag.
const fn is_tag_end(b: u8) -> bool {
    is_white_space(b) || b == b'>'
}

/// A prefix without declaration; `xmlns` cannot have one.
fn undeclared(prefix: &str) -> ErrorKind {
    if prefix == "xmlns" { ErrorKind::ReservedPrefix } else { ErrorKind::UndeclaredPrefix }
}
