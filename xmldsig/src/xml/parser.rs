//! Bytes to tree, in one pass without recursion.

use alloc::string::String;
use alloc::vec::Vec;

use super::characters::{first_invalid, is_white_space};
use super::cursor::Cursor;
use super::error::{Error, ErrorKind, Fault};
use super::lanes::{Survey, plain_text, plain_value, survey};
use super::scope::Scope;
use super::store::{
    AttributeData, Content, InstructionData, MAX_BYTES, NodeData, Span, Texts, Value, long, short,
};
use super::tree::Document;
use super::values::{self, ValueFault};
use crate::limits::XmlLimits;

/// Index of the node that stands for the document itself.
const DOCUMENT_NODE: u32 = 0;

/// See [`Document::parse`].
pub(super) fn parse<'i>(bytes: &'i [u8], limits: &XmlLimits) -> Result<Document<'i>, Error> {
    if bytes.len() > limits.max_bytes.min(MAX_BYTES) {
        return Err(ErrorKind::TooLarge.at(limits.max_bytes).in_input(bytes));
    }
    parse_within(bytes, limits).map_err(|fault| fault.in_input(bytes))
}

fn parse_within<'i>(bytes: &'i [u8], limits: &XmlLimits) -> Result<Document<'i>, Fault> {
    // Which byte is wrong only the library of the language says.
    let input = simdutf8::basic::from_utf8(bytes)
        .or_else(|_| core::str::from_utf8(bytes))
        .map_err(|error| ErrorKind::InvalidUtf8.at(error.valid_up_to()))?;
    // Done once for the whole document, so that no later step needs to think of characters.
    let Survey { tags, holds_suspects } = survey(bytes);
    if holds_suspects && let Some(byte) = first_invalid(input) {
        return Err(ErrorKind::InvalidCharacter.at(byte));
    }
    Parser::new(input, tags, limits).document()
}

/// An element whose end tag has not come yet.
#[derive(Debug)]
pub(super) struct OpenElement<'i> {
    pub(super) node: u32,
    /// Its name as written, which the end tag must repeat.
    pub(super) name: &'i [u8],
    pub(super) prefix_bytes: usize,
    /// What binds its prefix.
    pub(super) namespace: u32,
    /// Namespaces in scope outside of the element.
    pub(super) outer_scope: usize,
}

#[derive(Debug)]
pub(super) struct Parser<'i, 'l> {
    pub(super) cursor: Cursor<'i>,
    pub(super) texts: Texts<'i>,
    pub(super) limits: &'l XmlLimits,
    nodes: Vec<NodeData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) scope: Scope<'i>,
    instructions: Vec<InstructionData>,
    pub(super) open: Vec<OpenElement<'i>>,
    pub(super) elements: usize,
    /// See [`Self::not_canonical_at`].
    last_not_canonical: usize,
}

impl<'i, 'l> Parser<'i, 'l> {
    /// `tags` is the number of `<` in the input.
    fn new(input: &'i str, tags: usize, limits: &'l XmlLimits) -> Self {
        // Most nodes are an element or its text, and most elements have two tags, but a signed assertion also has
        // sixteen elements around others. What is reserved stays in proportion to the input, whatever it is.
        let mut nodes = Vec::with_capacity(tags.saturating_sub(16).min(input.len() / 32) + 8);
        let all = Span::new(0, input.len());
        nodes.push(NodeData::new(DOCUMENT_NODE, DOCUMENT_NODE, all, 0, Content::Document));
        Self {
            cursor: Cursor::new(input),
            texts: Texts { input, replaced: String::new() },
            limits,
            nodes,
            attributes: Vec::with_capacity(32),
            scope: Scope::new(input),
            instructions: Vec::new(),
            open: Vec::with_capacity(8),
            elements: 0,
            last_not_canonical: 0,
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
        self.nodes.shrink_to_fit();
        Ok(Document {
            texts: self.texts,
            nodes: self.nodes,
            attributes: self.attributes,
            namespaces: self.scope.into_declarations(),
            instructions: self.instructions,
            root,
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
                || encoding.eq_ignore_ascii_case("US-ASCII") && self.texts.input.is_ascii();
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
        self.cursor.skip(1);
        let rest = self.cursor.rest();
        let plain = if quote == b'"' { plain_value(rest) } else { 0 };
        let is_plain = quote == b'"' && rest.get(plain) == Some(&b'"');
        let length =
            if is_plain { plain } else { memchr::memchr(quote, rest).unwrap_or(rest.len()) };
        let value = rest.get(..length).unwrap_or_default();
        if !is_plain && let Some(at) = memchr::memchr(b'<', value) {
            return Err(ErrorKind::LessThanInAttribute.at(self.cursor.byte() + at));
        }
        if length == rest.len() {
            return Err(ErrorKind::UnexpectedEnd.at(self.texts.input.len()));
        }
        let value = self.cursor.take(length)?;
        self.cursor.skip(1);
        Ok((value, is_plain))
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
        let byte = self.cursor.byte();
        let plain = plain_text(rest);
        if rest.get(plain) == Some(&b'<') && plain <= self.limits.max_text_bytes {
            if plain > 0 {
                self.cursor.skip(plain);
                let value = Value::canonical(Span::new(byte, byte + plain));
                self.push(byte, Content::Text(value));
            }
            return Ok(());
        }
        let length = memchr::memchr(b'<', rest).unwrap_or(rest.len());
        if length == 0 {
            return Ok(());
        }
        let raw = self.text_within_limit(length)?;
        if let Some(end) = cdata_end(raw) {
            return Err(ErrorKind::CdataEndInText.at(byte + end));
        }
        let text = values::character_data(raw).map_err(|fault| in_value(fault, byte))?;
        let value = self.texts.keep(text, byte);
        self.push(byte, Content::Text(value));
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
            let value = self.texts.keep(values::with_line_ends(raw), byte + "<![CDATA[".len());
            self.push(byte, Content::Text(value));
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
        let comment = self.texts.keep(values::with_line_ends(raw), byte + "<!--".len());
        self.push(byte, Content::Comment(comment));
        Ok(())
    }

    /// `PI ::= '<?' PITarget (S (Char* - (Char* '?>' Char*)))? '?>'` (XML 2.6); the target has no
    /// colon (Namespaces 7) and is not "xml" in any case.
    fn processing_instruction(&mut self) -> Result<(), Fault> {
        let byte = self.cursor.byte();
        self.cursor.eat("<?");
        let target_byte = self.cursor.byte();
        self.cursor.nc_name()?;
        let target = self.cursor.slice(target_byte, self.cursor.byte())?;
        if target.eq_ignore_ascii_case("xml") {
            return Err(ErrorKind::InvalidXmlDeclaration.at(byte));
        }
        if !self.cursor.skip_white_space() && !self.cursor.starts_with("?>") {
            return Err(self.cursor.unless_at_end(ErrorKind::MalformedMarkup));
        }
        let data_byte = self.cursor.byte();
        let data = values::with_line_ends(self.cursor.take_until("?>")?);
        let data = self.texts.keep(data, data_byte);
        let target = Span::new(target_byte, target_byte + target.len());
        let index = short(self.instructions.len());
        self.instructions.push(InstructionData { target, data });
        self.push(byte, Content::ProcessingInstruction(index));
        Ok(())
    }

    /// Index of the node that is appended next.
    pub(super) fn next_node(&self) -> u32 {
        short(self.nodes.len())
    }

    /// Appends what ended just now as child of the innermost open element.
    fn push(&mut self, byte: usize, content: Content) -> u32 {
        if !matches!(content, Content::Text(text) if text.is_canonical()) {
            self.not_canonical_at(byte);
        }
        self.push_with(byte, content, self.attributes.len())
    }

    /// Notes that what begins here is written in another way than canonical XML has it, or that the canonical
    /// form depends on what is around it. An element is canonical with all that is in it, if there was
    /// nothing of that kind since it began.
    ///
    /// What may be canonical is text without anything to replace; end tags without white space; and start
    /// tags with the namespace of the element around them, which therefore is rendered already, without
    /// declarations, and with attributes without prefix in their order, one space before each and in double
    /// quotes. CDATA sections are not, nor are empty-element tags, nor comments and processing instructions.
    pub(super) fn not_canonical_at(&mut self, byte: usize) {
        self.last_not_canonical = byte;
    }

    /// The same for an element, whose attributes begin at the given index.
    pub(super) fn push_with(&mut self, byte: usize, content: Content, attributes: usize) -> u32 {
        let node = self.next_node();
        let parent = self.open.last().map_or(DOCUMENT_NODE, |open| open.node);
        let bytes = Span::new(byte, self.cursor.byte());
        self.nodes.push(NodeData::new(node, parent, bytes, attributes, content));
        node
    }

    /// All nodes since `node` are its descendants.
    pub(super) fn close(&mut self, node: u32) {
        let end = short(self.nodes.len());
        if let Some(closed) = self.nodes.get_mut(long(node)) {
            let is_canonical = self.last_not_canonical < long(closed.byte());
            closed.ends(self.cursor.byte(), end, is_canonical);
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
