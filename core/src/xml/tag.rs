//! Tags: elements begin and end, attributes and prefixes get their meaning.

use alloc::borrow::Cow;

use super::characters::is_white_space;
use super::error::{ErrorKind, Fault};
use super::order::ExpandedName;
use super::parser::{OpenElement, Parser, in_value};
use super::scope::repeats_a_prefix;
use super::store::{AttributeData, Content, Name, long, short};
use super::values;

impl Parser<'_, '_> {
    /// `STag ::= '<' Name (S Attribute)* S? '>'`, `EmptyElemTag ::= '<' Name (S Attribute)* S? '/>'`
    /// (XML 3.1)
    pub(super) fn start_tag(&mut self) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        self.check_one_more_element(byte)?;
        self.cursor.take(1)?;
        let (prefix, local_name) = self.cursor.q_name()?;
        let name = self.cursor.slice(byte + 1, self.cursor.byte())?;
        let (attributes, declarations) = (self.attributes.len(), self.scope.declared());
        let outer_scope = self.scope.depth();
        let is_empty = loop {
            let is_separated = self.cursor.skip_white_space();
            match self.cursor.peek() {
                Some(b'>') => break false,
                Some(b'/') => break true,
                Some(_) if is_separated => self.attribute(attributes, declarations)?,
                _ => return Err(self.cursor.unless_at_end(ErrorKind::MalformedTag)),
            }
        };
        if !self.cursor.eat(if is_empty { "/>" } else { ">" }) {
            return Err(self.cursor.unless_at_end(ErrorKind::MalformedTag));
        }
        let namespace = self.resolve_names(prefix, byte, attributes, declarations)?;
        let name_data = Name { namespace, ..Name::new(prefix, local_name) };
        let node = self.push_with(byte, Content::Element(name_data), attributes);
        if is_empty {
            self.scope.leave(outer_scope);
        } else {
            self.open.push(OpenElement { node, name, outer_scope });
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

    /// `Attribute ::= NSAttName Eq AttValue | QName Eq AttValue` (Namespaces 4), on the element whose
    /// attributes and declarations begin at the given indices.
    fn attribute(&mut self, attributes: usize, declarations: usize) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        let (prefix, local_name) = self.cursor.q_name()?;
        self.cursor.eq(ErrorKind::MalformedTag)?;
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
        let declared_prefix = match (prefix, local_name) {
            ("", "xmlns") => prefix,
            ("xmlns", declared) => declared,
            _ => {
                if self.attributes.len() - attributes >= self.limits.max_attributes {
                    return Err(ErrorKind::TooManyAttributes.at(byte));
                }
                let name = Name::new(prefix, local_name);
                let value = self.texts.keep(value, value_byte);
                self.attributes.push(AttributeData { byte: short(byte), name, value });
                return Ok(());
            }
        };
        if self.scope.declared() - declarations >= self.limits.max_namespaces {
            return Err(ErrorKind::TooManyNamespaces.at(byte));
        }
        self.scope.declare(self.next_node(), declared_prefix, value, byte, self.limits)
    }

    /// Binds the prefixes of an element and its attributes, when all declarations of its tag are known. Puts
    /// the attributes into the order of canonical XML, which also brings those together that are the same:
    /// in time n log n (RUSTSEC-2026-0194 was a quadratic check).
    fn resolve_names(
        &mut self,
        prefix: &str,
        byte: usize,
        attributes: usize,
        declarations: usize,
    ) -> Result<u32, Fault> {
        // The prefix xmlns is never bound, so an element with it is refused here as well.
        let namespace = self.scope.resolve(prefix).ok_or_else(|| undeclared(prefix).at(byte))?;
        let declared = self.scope.since(declarations).iter();
        if repeats_a_prefix(declared.map(|declaration| declaration.prefix)) {
            return Err(ErrorKind::DuplicateNamespaceDeclaration.at(byte));
        }
        let input = self.texts.input;
        let own = self.attributes.get_mut(attributes..).unwrap_or_default();
        for attribute in own.iter_mut().filter(|attribute| attribute.name.prefix_bytes != 0) {
            let prefix = attribute.name.prefix(attribute.byte, input);
            let namespace = self.scope.resolve(prefix);
            attribute.name.namespace =
                namespace.ok_or_else(|| undeclared(prefix).at(long(attribute.byte)))?;
        }
        let expanded_name = |attribute: &AttributeData| {
            let local_name = attribute.name.local_name(attribute.byte, input);
            ExpandedName::new(self.scope.uri(attribute.name.namespace), local_name)
        };
        if own.is_sorted_by(|one, next| expanded_name(one) < expanded_name(next)) {
            return Ok(namespace);
        }
        own.sort_by_cached_key(expanded_name);
        match own.array_windows().find(|[one, next]| expanded_name(one) == expanded_name(next)) {
            Some([_, repeated]) => Err(ErrorKind::DuplicateAttribute.at(long(repeated.byte))),
            None => Ok(namespace),
        }
    }

    /// `ETag ::= '</' Name S? '>'` (XML 3.1), with the name of the innermost open element.
    pub(super) fn end_tag(&mut self) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        let Some(open) = self.open.pop() else {
            return Err(ErrorKind::MismatchedEndTag.at(byte));
        };
        self.cursor.take(2)?;
        if !self.cursor.eat(open.name) || self.cursor.peek().is_some_and(|b| !is_tag_end(b)) {
            // A malformed or unfinished name is a better explanation than another name.
            self.cursor.q_name()?;
            return Err(ErrorKind::MismatchedEndTag.at(byte));
        }
        self.cursor.skip_white_space();
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
