//! Bytes to tree, in one pass without recursion.

use alloc::vec::Vec;

use super::characters::{first_invalid, is_white_space};
use super::cursor::Cursor;
use super::error::{Error, ErrorKind, Fault};
use super::scope::Scope;
use super::tree::{AttributeData, Content, Document, NodeData};
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
pub(super) struct OpenElement<'i> {
    pub(super) node: usize,
    /// The name as written, which the end tag must repeat.
    pub(super) name: &'i str,
    /// Namespaces in scope outside of the element.
    pub(super) outer_scope: usize,
}

#[derive(Debug)]
pub(super) struct Parser<'i, 'l> {
    pub(super) cursor: Cursor<'i>,
    pub(super) input: &'i str,
    pub(super) limits: &'l XmlLimits,
    nodes: Vec<NodeData<'i>>,
    pub(super) attributes: Vec<AttributeData<'i>>,
    pub(super) scope: Scope<'i>,
    pub(super) open: Vec<OpenElement<'i>>,
    pub(super) elements: usize,
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
    pub(super) fn quoted(&mut self, otherwise: ErrorKind) -> Result<(&'i str, bool), Fault> {
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

    /// Appends what ended just now as child of the innermost open element.
    pub(super) fn push(&mut self, byte: usize, content: Content<'i>) -> usize {
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
    pub(super) fn close(&mut self, node: usize) {
        let end = self.nodes.len();
        if let Some(closed) = self.nodes.get_mut(node) {
            closed.end = end;
            closed.bytes.end = self.cursor.byte();
        }
    }
}

pub(super) fn in_value((kind, at): ValueFault, value_byte: usize) -> Fault {
    kind.at(value_byte + at)
}

/// Where `]]>` is. `]` is rare in text, so one fast look for it is nearly always enough.
fn cdata_end(raw: &str) -> Option<usize> {
    memchr::memchr(b']', raw.as_bytes())?;
    raw.find("]]>")
}
