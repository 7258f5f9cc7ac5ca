//! Bytes to tree, in one pass without recursion.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::characters::{first_invalid, is_white_space};
use super::cursor::Cursor;
use super::error::{Error, ErrorKind, Fault};
use super::scope::{Scope, duplicate_name};
use super::tree::{AttributeData, Content, Document, ElementData, NodeData};
use super::values::{self, ValueFault};
use crate::limits::XmlLimits;

/// Index of the node that stands for the document itself.
pub(super) const DOCUMENT_NODE: usize = 0;

/// See [`Document::parse`].
pub(super) fn parse<'i>(bytes: &'i [u8], limits: &XmlLimits) -> Result<Document<'i>, Error> {
    if bytes.len() > limits.max_bytes {
        return Err(ErrorKind::TooLarge.at(limits.max_bytes).in_input(bytes));
    }
    parse_within(bytes, limits).map_err(|fault| fault.in_input(bytes))
}

fn parse_within<'i>(bytes: &'i [u8], limits: &XmlLimits) -> Result<Document<'i>, Fault> {
    let input = core::str::from_utf8(bytes)
        .map_err(|error| ErrorKind::InvalidUtf8.at(error.valid_up_to()))?;
    if let Some(byte) = first_invalid(input) {
        return Err(ErrorKind::InvalidCharacter.at(byte));
    }
    Parser::new(input, limits).document()
}

/// An element whose end tag has not come yet.
#[derive(Debug)]
struct OpenElement<'i> {
    node: usize,
    /// The name as written, which the end tag must repeat.
    name: &'i str,
    /// Namespaces in scope outside of the element.
    outer_scope: usize,
}

#[derive(Debug)]
struct Parser<'i, 'l> {
    cursor: Cursor<'i>,
    input: &'i str,
    limits: &'l XmlLimits,
    nodes: Vec<NodeData<'i>>,
    attributes: Vec<AttributeData<'i>>,
    scope: Scope<'i>,
    open: Vec<OpenElement<'i>>,
    elements: usize,
    first_processing_instruction: Option<usize>,
}

impl<'i, 'l> Parser<'i, 'l> {
    fn new(input: &'i str, limits: &'l XmlLimits) -> Self {
        // SAML messages have a node for every 60 bytes or so, and an attribute for every 150.
        let mut nodes = Vec::with_capacity(input.len() / 64 + 8);
        nodes.push(NodeData {
            parent: DOCUMENT_NODE,
            end: 0,
            bytes: 0..input.len(),
            content: Content::Document,
        });
        Self {
            cursor: Cursor::new(input),
            input,
            limits,
            nodes,
            attributes: Vec::with_capacity(input.len() / 128 + 8),
            scope: Scope::new(),
            open: Vec::with_capacity(16),
            elements: 0,
            first_processing_instruction: None,
        }
    }

    /// `document ::= prolog element Misc*` (XML 2.1), where the prolog has no doctypedecl.
    fn document(mut self) -> Result<Document<'i>, Fault> {
        self.cursor.eat("\u{FEFF}");
        self.xml_declaration()?;
        self.misc()?;
        self.outside_root(ErrorKind::NoRoot)?;
        let root = self.nodes.len();
        self.start_tag()?;
        while !self.open.is_empty() {
            self.character_data()?;
            self.markup()?;
        }
        self.misc()?;
        if !self.cursor.is_at_end() {
            self.outside_root(ErrorKind::MultipleRoots)?;
            return Err(ErrorKind::MultipleRoots.at(self.cursor.byte()));
        }
        self.close(DOCUMENT_NODE);
        Ok(Document {
            input: self.input,
            nodes: self.nodes,
            attributes: self.attributes,
            namespaces: self.scope.into_declarations(),
            root,
            first_processing_instruction: self.first_processing_instruction,
        })
    }

    /// Whether a start tag is next, where only the root element may be.
    fn outside_root(&self, at_end: ErrorKind) -> Result<(), Fault> {
        let kind = match self.cursor.rest() {
            [] => at_end,
            [b'<', b'!', ..] => self.declaration_kind(),
            [b'<', b'/', ..] => ErrorKind::MismatchedEndTag,
            [b'<', ..] => return Ok(()),
            _ => ErrorKind::TextOutsideRoot,
        };
        Err(kind.at(self.cursor.byte()))
    }

    /// What `<!` begins that is neither a comment nor a CDATA section.
    fn declaration_kind(&self) -> ErrorKind {
        if self.cursor.starts_with("<!DOCTYPE") {
            ErrorKind::Doctype
        } else {
            ErrorKind::MalformedMarkup
        }
    }

    /// `XMLDecl ::= '<?xml' VersionInfo EncodingDecl? SDDecl? S? '?>'` (XML 2.8)
    fn xml_declaration(&mut self) -> Result<(), Fault> {
        const MALFORMED: ErrorKind = ErrorKind::InvalidXmlDeclaration;
        let is_declaration = self.cursor.starts_with("<?xml")
            && self.cursor.rest().get(5).is_some_and(|b| is_white_space(*b));
        if !is_declaration {
            return Ok(());
        }
        let byte = self.cursor.byte();
        self.cursor.eat("<?xml");
        match self.pseudo_attribute("version")? {
            None => return Err(MALFORMED.at(byte)),
            Some("1.0") => {}
            Some(_) => return Err(ErrorKind::UnsupportedVersion.at(byte)),
        }
        if let Some(encoding) = self.pseudo_attribute("encoding")? {
            let is_supported = encoding.eq_ignore_ascii_case("UTF-8")
                || encoding.eq_ignore_ascii_case("US-ASCII") && self.input.is_ascii();
            if !is_supported {
                return Err(ErrorKind::UnsupportedEncoding.at(byte));
            }
        }
        if !matches!(self.pseudo_attribute("standalone")?, None | Some("yes" | "no")) {
            return Err(MALFORMED.at(byte));
        }
        self.cursor.skip_white_space();
        if self.cursor.eat("?>") { Ok(()) } else { Err(self.cursor.unless_at_end(MALFORMED)) }
    }

    /// `S name Eq ("'" value "'" | '"' value '"')`, if it is next.
    fn pseudo_attribute(&mut self, name: &str) -> Result<Option<&'i str>, Fault> {
        let before = self.cursor;
        if !(self.cursor.skip_white_space() && self.cursor.eat(name)) {
            self.cursor = before;
            return Ok(None);
        }
        self.cursor.eq(ErrorKind::InvalidXmlDeclaration)?;
        let (value, _) = self.quoted(ErrorKind::InvalidXmlDeclaration)?;
        Ok(Some(value))
    }

    /// The text between a pair of quotes, and whether attribute-value normalization has nothing to do.
    fn quoted(&mut self, otherwise: ErrorKind) -> Result<(&'i str, bool), Fault> {
        let Some(quote @ (b'"' | b'\'')) = self.cursor.peek() else {
            return Err(self.cursor.unless_at_end(otherwise));
        };
        self.cursor.take(1)?;
        let mut is_plain = true;
        for (length, &b) in self.cursor.rest().iter().enumerate() {
            match b {
                _ if b == quote => {
                    let value = self.cursor.take(length)?;
                    self.cursor.take(1)?;
                    return Ok((value, is_plain));
                }
                b'<' => return Err(ErrorKind::LessThanInAttribute.at(self.cursor.byte() + length)),
                b'&' | b'\t' | b'\n' | b'\r' => is_plain = false,
                _ => {}
            }
        }
        Err(ErrorKind::UnexpectedEnd.at(self.input.len()))
    }

    /// `Misc ::= Comment | PI | S` (XML 2.8), any number of them.
    fn misc(&mut self) -> Result<(), Fault> {
        loop {
            self.cursor.skip_white_space();
            if self.cursor.starts_with("<!--") {
                self.comment()?;
            } else if self.cursor.starts_with("<?") {
                self.processing_instruction()?;
            } else {
                return Ok(());
            }
        }
    }

    /// One piece of `content` (XML 3.1) that begins with `<`.
    fn markup(&mut self) -> Result<(), Fault> {
        match self.cursor.rest() {
            [b'<', b'/', ..] => self.end_tag(),
            [b'<', b'?', ..] => self.processing_instruction(),
            [b'<', b'!', b'-', b'-', ..] => self.comment(),
            [b'<', b'!', ..] if self.cursor.starts_with("<![CDATA[") => self.cdata_section(),
            [b'<', b'!', ..] => Err(self.declaration_kind().at(self.cursor.byte())),
            [] => Err(ErrorKind::UnexpectedEnd.at(self.cursor.byte())),
            _ => self.start_tag(),
        }
    }

    /// `CharData ::= [^<&]* - ([^<&]* ']]>' [^<&]*)` and references between (XML 2.4, 4.1).
    fn character_data(&mut self) -> Result<(), Fault> {
        let rest = self.cursor.rest();
        let length = memchr::memchr(b'<', rest).unwrap_or(rest.len());
        if length == 0 {
            return Ok(());
        }
        let byte = self.cursor.byte();
        let raw = self.text_within_limit(length)?;
        if let Some(end) = cdata_end(raw) {
            return Err(ErrorKind::CdataEndInText.at(byte + end));
        }
        let text = values::character_data(raw).map_err(|fault| in_value(fault, byte))?;
        self.push(byte, Content::Text(text));
        Ok(())
    }

    fn text_within_limit(&mut self, length: usize) -> Result<&'i str, Fault> {
        if length > self.limits.max_text_bytes {
            return Err(ErrorKind::TextTooLong.at(self.cursor.byte()));
        }
        self.cursor.take(length)
    }

    /// `CDSect ::= '<![CDATA[' CData ']]>'` (XML 2.7): text like any other from here on.
    fn cdata_section(&mut self) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        self.cursor.eat("<![CDATA[");
        let raw = self.cursor.take_until("]]>")?;
        if raw.len() > self.limits.max_text_bytes {
            return Err(ErrorKind::TextTooLong.at(byte));
        }
        if !raw.is_empty() {
            self.push(byte, Content::Text(values::with_line_ends(raw)));
        }
        Ok(())
    }

    /// `Comment ::= '<!--' ((Char - '-') | ('-' (Char - '-')))* '-->'` (XML 2.5)
    fn comment(&mut self) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        self.cursor.eat("<!--");
        let raw = self.cursor.take_until("--")?;
        if !self.cursor.eat(">") {
            return Err(self.cursor.unless_at_end(ErrorKind::DoubleHyphenInComment));
        }
        self.push(byte, Content::Comment(values::with_line_ends(raw)));
        Ok(())
    }

    /// `PI ::= '<?' PITarget (S (Char* - (Char* '?>' Char*)))? '?>'` (XML 2.6); the target has no
    /// colon (Namespaces 7) and is not "xml" in any case.
    fn processing_instruction(&mut self) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        self.cursor.eat("<?");
        let target = self.cursor.nc_name()?;
        if target.eq_ignore_ascii_case("xml") {
            return Err(ErrorKind::InvalidXmlDeclaration.at(byte));
        }
        if !self.cursor.skip_white_space() && !self.cursor.starts_with("?>") {
            return Err(self.cursor.unless_at_end(ErrorKind::MalformedMarkup));
        }
        let data = values::with_line_ends(self.cursor.take_until("?>")?);
        self.first_processing_instruction.get_or_insert(byte);
        self.push(byte, Content::ProcessingInstruction { target, data });
        Ok(())
    }

    /// `STag ::= '<' Name (S Attribute)* S? '>'`, `EmptyElemTag ::= '<' Name (S Attribute)* S? '/>'`
    /// (XML 3.1)
    fn start_tag(&mut self) -> Result<(), Fault> {
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
        let node = self.push(
            byte,
            Content::Element(ElementData {
                prefix,
                local_name,
                namespace,
                attributes: attributes..self.attributes.len(),
                declarations: declarations..self.scope.declared(),
            }),
        );
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
                let namespace = None;
                self.attributes.push(AttributeData { prefix, local_name, namespace, value, byte });
                return Ok(());
            }
        };
        if self.scope.declared() - declarations >= self.limits.max_namespaces {
            return Err(ErrorKind::TooManyNamespaces.at(byte));
        }
        self.scope.declare(declared_prefix, value, byte, self.limits)
    }

    /// Binds the prefixes of an element and its attributes, when all declarations of its tag are known.
    fn resolve_names(
        &mut self,
        prefix: &str,
        byte: usize,
        attributes: usize,
        declarations: usize,
    ) -> Result<Option<usize>, Fault> {
        // The prefix xmlns is never bound, so an element with it is refused here as well.
        let namespace = self.scope.resolve(prefix);
        if namespace.is_none() && !prefix.is_empty() {
            return Err(undeclared(prefix).at(byte));
        }
        let declared = self.scope.since(declarations).iter();
        if duplicate_name(declared.map(|declaration| ("", declaration.prefix))).is_some() {
            return Err(ErrorKind::DuplicateNamespaceDeclaration.at(byte));
        }
        let own = self.attributes.get_mut(attributes..).unwrap_or_default();
        for attribute in own.iter_mut().filter(|attribute| !attribute.prefix.is_empty()) {
            attribute.namespace = self.scope.resolve(attribute.prefix);
            if attribute.namespace.is_none() {
                return Err(undeclared(attribute.prefix).at(attribute.byte));
            }
        }
        let expanded_names = own.iter().map(|a| (self.scope.uri(a.namespace), a.local_name));
        match duplicate_name(expanded_names).and_then(|index| own.get(index)) {
            Some(repeated) => Err(ErrorKind::DuplicateAttribute.at(repeated.byte)),
            None => Ok(namespace),
        }
    }

    /// `ETag ::= '</' Name S? '>'` (XML 3.1), with the name of the innermost open element.
    fn end_tag(&mut self) -> Result<(), Fault> {
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

    /// Appends what ended just now as child of the innermost open element.
    fn push(&mut self, byte: usize, content: Content<'i>) -> usize {
        let node = self.nodes.len();
        let parent = self.open.last().map_or(DOCUMENT_NODE, |open| open.node);
        self.nodes.push(NodeData {
            parent,
            end: node + 1,
            bytes: byte..self.cursor.byte(),
            content,
        });
        node
    }

    /// All nodes since `node` are its descendants.
    fn close(&mut self, node: usize) {
        let end = self.nodes.len();
        if let Some(closed) = self.nodes.get_mut(node) {
            closed.end = end;
            closed.bytes.end = self.cursor.byte();
        }
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

fn in_value((kind, at): ValueFault, value_byte: usize) -> Fault {
    kind.at(value_byte + at)
}

/// Where `]]>` is. `]` is rare in text, so one fast look for it is nearly always enough.
fn cdata_end(raw: &str) -> Option<usize> {
    memchr::memchr(b']', raw.as_bytes())?;
    raw.find("]]>")
}
