//! How a tree is kept: 28 bytes for a node and 24 for an attribute, with places in the input where a
//! slice would take three times as much. A message with many groups has a node for every 35 bytes, and
//! what is read into memory has to be written there first.

use alloc::borrow::Cow;
use alloc::string::String;
use core::ops::Range;

use super::order::{is_same, name_key};

/// Index of the declaration that stands for "no namespace".
pub(super) const NO_NAMESPACE: u32 = 0;

/// Index of the declaration of `xml`, which no document needs to declare.
pub(super) const XML_NAMESPACE: u32 = 1;

/// Longest input that a tree can be made of: two bits of a [`Value`] and three of a node say of which kind it is.
pub(super) const MAX_BYTES: usize = 1 << 29;

/// A number of bytes or things: there are never more of them than [`MAX_BYTES`].
pub(super) fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The same as an index.
pub(super) fn long(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self { start: short(start), end: short(end) }
    }

    /// Both ends are boundaries of characters, as the parser stops at ASCII only.
    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.byte_range()).unwrap_or_default()
    }

    pub(super) fn bytes_of(self, text: &str) -> &[u8] {
        text.as_bytes().get(self.byte_range()).unwrap_or_default()
    }

    pub(super) fn byte_range(self) -> Range<usize> {
        long(self.start)..long(self.end)
    }
}

/// A text as it is meant: where it stands, and in the two highest bits of its end in which form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    start: u32,
    end_and_form: u32,
}

impl Value {
    const WRITTEN: u32 = 1 << 30;
    const REPLACED: u32 = 1 << 31;

    /// It stands in the input, and canonical XML has it in the same way: of an attribute also the `=` before it
    /// and the quotes.
    pub(super) fn canonical(Span { start, end }: Span) -> Self {
        Self { start, end_and_form: end }
    }

    /// It stands in the input.
    fn written(Span { start, end }: Span) -> Self {
        Self { start, end_and_form: end | Self::WRITTEN }
    }

    /// Something in it was replaced; it stands among the [`Texts::replaced`].
    fn replaced(Span { start, end }: Span) -> Self {
        Self { start, end_and_form: end | Self::REPLACED }
    }

    pub(super) fn is_canonical(self) -> bool {
        self.end_and_form & (Self::WRITTEN | Self::REPLACED) == 0
    }

    /// The text, if it stands in the input.
    pub(super) fn written_in(self, input: &str) -> Option<&str> {
        (!self.is_replaced()).then(|| self.span().of(input))
    }

    fn is_replaced(self) -> bool {
        self.end_and_form & Self::REPLACED != 0
    }

    fn span(self) -> Span {
        Span { start: self.start, end: self.end_and_form & !(Self::WRITTEN | Self::REPLACED) }
    }
}

/// What the places refer to.
#[derive(Debug)]
pub(super) struct Texts<'i> {
    pub(super) input: &'i str,
    /// All texts in which something was replaced, one after the other.
    pub(super) replaced: String,
}

impl Texts<'_> {
    pub(super) fn value(&self, value: Value) -> &str {
        value.span().of(if value.is_replaced() { &self.replaced } else { self.input })
    }

    /// Keeps `text`, which stands at `byte` if nothing in it was replaced.
    pub(super) fn keep(&mut self, text: Cow<'_, str>, byte: usize) -> Value {
        match text {
            Cow::Borrowed(written) => Value::written(Span::new(byte, byte + written.len())),
            Cow::Owned(text) => {
                let start = self.replaced.len();
                self.replaced.push_str(&text);
                Value::replaced(Span::new(start, self.replaced.len()))
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct NodeData {
    pub(super) parent: u32,
    /// One past the index of the last descendant: where the next sibling is, if there is one.
    pub(super) end: u32,
    pub(super) bytes: Span,
    attributes_and_kind: u32,
    /// Length of the name and index of its declaration, or a [`Value`], or an index.
    content: [u32; 2],
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    Comment(Value),
    Document,
    /// Its name begins one byte after the node.
    Element(ElementName),
    /// Index among the processing instructions, which are rare and larger.
    ProcessingInstruction(u32),
    Text(Value),
}

/// The qualified name of an element. Its prefix is the one that the declaration binds.
#[derive(Clone, Copy, Debug)]
pub(super) struct ElementName {
    /// Of all of it.
    pub(super) bytes: u32,
    /// Index of the declaration that binds the prefix, or [`NO_NAMESPACE`].
    pub(super) namespace: u32,
}

impl NodeData {
    const KIND_SHIFT: u32 = 29;
    const ELEMENT: u32 = 0;
    /// An element that is written, with all that is in it, as canonical XML has it if the element around it is
    /// part of the canonical form: see `Parser::not_canonical_at`.
    const CANONICAL_ELEMENT: u32 = 1;
    const TEXT: u32 = 2;
    const COMMENT: u32 = 3;
    const PROCESSING_INSTRUCTION: u32 = 4;
    const DOCUMENT: u32 = 5;

    /// A node without descendants, before which there are so many attributes.
    pub(super) fn new(
        index: u32,
        parent: u32,
        bytes: Span,
        attributes: usize,
        content: Content,
    ) -> Self {
        let (kind, content) = match content {
            Content::Comment(value) => (Self::COMMENT, [value.start, value.end_and_form]),
            Content::Document => (Self::DOCUMENT, [0, 0]),
            Content::Element(name) => (Self::ELEMENT, [name.bytes, name.namespace]),
            Content::ProcessingInstruction(index) => (Self::PROCESSING_INSTRUCTION, [index, 0]),
            Content::Text(value) => (Self::TEXT, [value.start, value.end_and_form]),
        };
        let attributes_and_kind = short(attributes) | kind << Self::KIND_SHIFT;
        Self { parent, end: index.saturating_add(1), bytes, attributes_and_kind, content }
    }

    fn kind(&self) -> u32 {
        self.attributes_and_kind >> Self::KIND_SHIFT
    }

    #[inline]
    pub(super) fn content(&self) -> Content {
        let [start, end_and_form] = self.content;
        match self.kind() {
            Self::ELEMENT | Self::CANONICAL_ELEMENT => Content::Element(self.element_name()),
            Self::TEXT => Content::Text(Value { start, end_and_form }),
            Self::COMMENT => Content::Comment(Value { start, end_and_form }),
            Self::PROCESSING_INSTRUCTION => Content::ProcessingInstruction(start),
            _ => Content::Document,
        }
    }

    pub(super) fn is_element(&self) -> bool {
        self.kind() <= Self::CANONICAL_ELEMENT
    }

    /// The name, if this is an element.
    pub(super) fn element_name(&self) -> ElementName {
        let [bytes, namespace] = self.content;
        ElementName { bytes, namespace }
    }

    /// Whether canonical XML has all of it as it is written.
    pub(super) fn is_canonical(&self) -> bool {
        let is_canonical_text =
            || matches!(self.content(), Content::Text(text) if text.is_canonical());
        self.kind() == Self::CANONICAL_ELEMENT || is_canonical_text()
    }

    /// How many attributes stand before this node. Those up to the next node are its own.
    pub(super) fn attributes(&self) -> u32 {
        self.attributes_and_kind & !(u32::MAX << Self::KIND_SHIFT)
    }

    /// Where it begins.
    pub(super) fn byte(&self) -> u32 {
        self.bytes.start
    }

    pub(super) fn byte_range(&self) -> Range<usize> {
        self.bytes.byte_range()
    }

    pub(super) fn text<'d>(&self, input: &'d str) -> &'d str {
        self.bytes.of(input)
    }

    /// An element or the document ends before the byte and the node.
    pub(super) fn ends(&mut self, byte: usize, node: u32, is_canonical: bool) {
        self.bytes.end = short(byte);
        self.end = node;
        if is_canonical && self.kind() == Self::ELEMENT {
            self.attributes_and_kind |= Self::CANONICAL_ELEMENT << Self::KIND_SHIFT;
        }
    }
}

/// A qualified name at a known place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    /// Of all of it.
    pub(super) bytes: u32,
    /// Of the prefix, without the colon.
    pub(super) prefix_bytes: u32,
    /// Index of the declaration that binds the prefix, or [`NO_NAMESPACE`].
    pub(super) namespace: u32,
}

impl Name {
    /// Of `bytes` bytes, of which `prefix_bytes` are the prefix.
    pub(super) fn new(bytes: usize, prefix_bytes: usize) -> Self {
        Self { bytes: short(bytes), prefix_bytes: short(prefix_bytes), namespace: NO_NAMESPACE }
    }

    /// As written.
    pub(super) fn whole(self, at: u32, input: &str) -> &str {
        Span { start: at, end: at.saturating_add(self.bytes) }.of(input)
    }

    /// The same without being a text.
    pub(super) fn whole_bytes(self, at: u32, input: &str) -> &[u8] {
        Span { start: at, end: at.saturating_add(self.bytes) }.bytes_of(input)
    }

    /// The prefix, empty if there is none. It is an empty piece of the input then and not a
    /// literal, because prefixes are compared all the time and glibc's memcmp takes 40 ns to compare nothing
    /// at the address of an empty literal: reading there, even under a mask of AVX-512, is a fault that the
    /// processor has to suppress.
    pub(super) fn prefix(self, at: u32, input: &str) -> &str {
        Span { start: at, end: at.saturating_add(self.prefix_bytes) }.of(input)
    }

    pub(super) fn local_name(self, at: u32, input: &str) -> &str {
        self.local_span(at).of(input)
    }

    /// The first bytes of the local name; see [`name_key`].
    pub(super) fn local_key(self, at: u32, input: &str) -> u64 {
        let Range { start, end } = self.local_span(at).byte_range();
        name_key(input.as_bytes().get(start..).unwrap_or_default(), end.saturating_sub(start))
    }

    /// The same of the prefix.
    pub(super) fn prefix_key(self, at: u32, input: &str) -> u64 {
        name_key(input.as_bytes().get(long(at)..).unwrap_or_default(), long(self.prefix_bytes))
    }

    /// Whether the local name is this one. Most are of another length.
    #[inline]
    pub(super) fn is_local(self, at: u32, local_name: &str, input: &str) -> bool {
        let bytes = self.bytes.saturating_sub(self.before_local());
        long(bytes) == local_name.len()
            && is_same(self.local_span(at).bytes_of(input), local_name.as_bytes())
    }

    fn local_span(self, at: u32) -> Span {
        let start = at.saturating_add(self.before_local());
        Span { start, end: at.saturating_add(self.bytes) }
    }

    /// Bytes of the prefix and the colon.
    fn before_local(self) -> u32 {
        let colon = if self.prefix_bytes == 0 { 0 } else { 1 };
        self.prefix_bytes.saturating_add(colon)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct AttributeData {
    /// Where it begins, with its name.
    pub(super) byte: u32,
    pub(super) name: Name,
    pub(super) value: Value,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct InstructionData {
    pub(super) target: Span,
    pub(super) data: Value,
}

#[derive(Debug)]
pub(super) struct NamespaceData<'i> {
    /// The node that declares it.
    pub(super) element: u32,
    pub(super) prefix: &'i str,
    pub(super) uri: Cow<'i, str>,
}

impl AttributeData {
    /// All of it, if canonical XML has it as it is written.
    pub(super) fn canonical<'d>(&self, input: &'d str) -> Option<&'d str> {
        let end = self.value.span().end.saturating_add(1);
        self.value.is_canonical().then(|| Span { start: self.byte, end }.of(input))
    }
}
