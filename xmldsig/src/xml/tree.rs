//! The tree: one vector of nodes in document order, and `Copy` handles into it.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::error::{Error, ErrorKind, Position};
use super::order::is_same;
use super::parser;
use super::store::{
    AttributeData, Content, ElementName, InstructionData, NO_NAMESPACE, Name, NamespaceData,
    NodeData, Texts, XML_NAMESPACE, long, short,
};
use crate::limits::XmlLimits;

/// A well-formed document. Names and ordinary text are places in the input.
#[derive(Debug)]
pub struct Document<'i> {
    pub(super) texts: Texts<'i>,
    /// In document order: the first is the document itself, and the descendants of a node directly
    /// follow it. So neither reading nor dropping a tree recurses.
    pub(super) nodes: Vec<NodeData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) namespaces: Vec<NamespaceData<'i>>,
    pub(super) instructions: Vec<InstructionData>,
    pub(super) root: usize,
}

impl<'i> Document<'i> {
    /// Parses a document: XML 1.0 (fifth edition) with Namespaces 1.0, in UTF-8, without DTD.
    ///
    /// The result is well-formed and namespace-well-formed. Nothing in it is trusted.
    ///
    /// # Errors
    /// [`Error`] with the first thing that is wrong and its place; see [`ErrorKind`].
    pub fn parse(bytes: &'i [u8], limits: &XmlLimits) -> Result<Self, Error> {
        parser::parse(bytes, limits)
    }

    /// The input, a byte order mark included; byte ranges refer to it.
    #[must_use]
    pub const fn input(&self) -> &'i str {
        self.texts.input
    }

    /// The root element.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the parser makes no document without a root element")]
    pub fn root(&self) -> Element<'_> {
        self.element(self.root).expect("a document has a root element")
    }

    /// The root element, and the comments and processing instructions around it.
    #[must_use]
    pub fn children(&self) -> Children<'_> {
        Children { document: self, next: 1, end: self.nodes.len() }
    }

    /// All elements in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (self.root..self.nodes.len()).filter_map(|index| self.element(index))
    }

    /// Where the first processing instruction is, anywhere in the document. SAML messages have none;
    /// readers disagree about their effect on text.
    #[must_use]
    pub fn has_processing_instruction(&self) -> Option<Position> {
        // Its target follows `<?`.
        let first = self.instructions.first()?;
        Some(self.position(first.target.byte_range().start.saturating_sub(2)))
    }

    /// All attributes of all elements, namespace declarations excluded.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes { document: self, rest: self.attributes.iter() }
    }

    fn position(&self, byte: usize) -> Position {
        Position::of(self.texts.input.as_bytes(), byte)
    }

    fn element(&self, index: usize) -> Option<Element<'_>> {
        let node = self.nodes.get(index)?;
        node.is_element().then_some(Element { document: self, index, node })
    }

    fn node(&self, index: usize) -> Option<Node<'_>> {
        let node = self.nodes.get(index)?;
        Some(match node.content() {
            Content::Comment(text) => Node::Comment(self.texts.value(text)),
            Content::Document => return None,
            Content::Element(_) => Node::Element(Element { document: self, index, node }),
            Content::ProcessingInstruction(index) => {
                let instruction = self.instructions.get(long(index))?;
                let data = self.texts.value(instruction.data);
                Node::ProcessingInstruction {
                    target: instruction.target.of(self.texts.input),
                    data,
                }
            }
            Content::Text(value) => Node::Text(self.texts.value(value)),
        })
    }

    fn uri(&self, declaration: u32) -> &str {
        self.namespaces.get(long(declaration)).map_or("", |found| &found.uri)
    }

    fn declaration(&self, index: u32) -> Declaration<'_> {
        let found = self.namespaces.get(long(index));
        found.map_or(Declaration::NONE, |found| found.declaration(long(index)))
    }
}

/// A namespace declaration, or what binds a prefix without one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declaration<'doc> {
    /// Among all of the document.
    pub(crate) index: usize,
    /// Empty for the default namespace.
    pub(crate) prefix: &'doc str,
    /// Empty for `xmlns=""`.
    pub(crate) uri: &'doc str,
}

impl Declaration<'_> {
    /// What binds the empty prefix where there is no default namespace.
    const NONE: Self = Self { index: 0, prefix: "", uri: "" };

    /// Whether no document declares this: no namespace, and the namespace of the prefix `xml`.
    pub(crate) fn is_built_in(self) -> bool {
        self.index == long(NO_NAMESPACE) || self.index == long(XML_NAMESPACE)
    }
}

impl NamespaceData<'_> {
    fn declaration(&self, index: usize) -> Declaration<'_> {
        Declaration { index, prefix: self.prefix, uri: &self.uri }
    }
}

/// A child of an element or of the document.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "the data model of XPath 1.0 has no more kinds")]
pub enum Node<'doc> {
    /// A comment, without its delimiters.
    Comment(&'doc str),
    /// An element.
    Element(Element<'doc>),
    /// A processing instruction; data begins after the white space that follows the target.
    ProcessingInstruction {
        /// Its name.
        target: &'doc str,
        /// What follows.
        data: &'doc str,
    },
    /// A run of character data or a CDATA section, references replaced. One text can be several
    /// nodes, so values are read with [`Element::text`].
    Text(&'doc str),
}

/// An element of a document: a handle that is copied, and equal only to itself.
#[derive(Clone, Copy)]
pub struct Element<'doc> {
    document: &'doc Document<'doc>,
    index: usize,
    node: &'doc NodeData,
}

impl PartialEq for Element<'_> {
    /// The same element of the same document, not one that looks alike.
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.node, other.node)
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = self.namespace();
        write!(f, "<{{{namespace}}}{} at byte {}>", self.local_name(), self.node.byte())
    }
}

impl<'doc> Element<'doc> {
    /// The prefix as written; empty if there is none.
    #[must_use]
    pub fn prefix(self) -> &'doc str {
        self.qualified().prefix(self.name_at(), self.document.texts.input)
    }

    /// The name without prefix.
    #[must_use]
    pub fn local_name(self) -> &'doc str {
        self.qualified().local_name(self.name_at(), self.document.texts.input)
    }

    /// The name as written, with its prefix.
    pub(crate) fn name(self) -> &'doc str {
        self.qualified().whole(self.name_at(), self.document.texts.input)
    }

    fn qualified(self) -> Name {
        let ElementName { bytes, namespace } = self.node.element_name();
        let declared = self.document.namespaces.get(long(namespace));
        let prefix_bytes = short(declared.map_or(0, |found| found.prefix.len()));
        Name { bytes, prefix_bytes, namespace }
    }

    /// After the `<`.
    fn name_at(self) -> u32 {
        self.node.byte().saturating_add(1)
    }

    /// The namespace name; empty for an element in no namespace.
    #[must_use]
    pub fn namespace(self) -> &'doc str {
        self.document.uri(self.node.element_name().namespace)
    }

    /// Whether this is the expanded name.
    #[must_use]
    pub fn is(self, namespace: &str, local_name: &str) -> bool {
        self.qualified().is_local(self.name_at(), local_name, self.document.texts.input)
            && is_same_namespace(self.namespace(), namespace)
    }

    /// How many nodes there are in this element.
    #[must_use]
    pub fn descendants(self) -> usize {
        long(self.node.end).saturating_sub(self.index + 1)
    }

    /// The text of an element without attributes in which nothing but one text is, if it stands in `input`, which
    /// is [`Document::input`] and outlives the tree.
    pub(super) fn plain_text(self, input: &str) -> Option<&str> {
        let next = self.next_node()?;
        let Content::Text(value) = next.content() else { return None };
        let is_plain = next.end == self.node.end && next.attributes() == self.node.attributes();
        if !is_plain || !core::ptr::eq(input, self.document.texts.input) {
            return None;
        }
        value.written_in(input)
    }

    /// The attributes in the order of canonical XML (C14N 1.0, section 2.2), namespace declarations excluded.
    #[must_use]
    pub fn attributes(self) -> Attributes<'doc> {
        let all = &self.document.attributes;
        let end = self.next_node().map_or(all.len(), |next| long(next.attributes()));
        let own = all.get(long(self.node.attributes())..end).unwrap_or_default();
        Attributes { document: self.document, rest: own.iter() }
    }

    /// The value of the attribute of this name in no namespace. SAML, XML-DSig and XML-Enc have no
    /// others; `x:ID`, `id` and `Id` are never taken for `ID`.
    #[must_use]
    pub fn attribute(self, local_name: &str) -> Option<&'doc str> {
        let is_named =
            |a: &Attribute<'doc>| a.data.name.prefix_bytes == 0 && a.is_local(local_name);
        self.attributes().find(is_named).map(Attribute::value)
    }

    /// The namespaces declared on this very element in the order of the document: prefix (empty for
    /// the default namespace) and namespace name (empty for `xmlns=""`).
    pub fn namespace_declarations(self) -> impl Iterator<Item = (&'doc str, &'doc str)> {
        self.declarations().map(|declaration| (declaration.prefix, declaration.uri))
    }

    /// The same as [`Self::namespace_declarations`].
    pub(crate) fn declarations(self) -> impl Iterator<Item = Declaration<'doc>> {
        let all: &'doc [NamespaceData<'doc>] = &self.document.namespaces;
        let first = all.partition_point(|found| long(found.element) < self.index);
        let own = all.iter().enumerate().skip(first);
        own.take_while(move |(_, found)| long(found.element) == self.index)
            .map(|(index, found)| found.declaration(index))
    }

    /// What binds the prefix.
    pub(crate) fn declaration(self) -> Declaration<'doc> {
        self.document.declaration(self.node.element_name().namespace)
    }

    /// How many declarations the whole document has.
    pub(crate) fn declared_in_document(self) -> usize {
        self.document.namespaces.len()
    }

    /// In document order, wherever it hangs.
    fn next_node(self) -> Option<&'doc NodeData> {
        self.document.nodes.get(self.index + 1)
    }

    /// The namespace name that `prefix` has here. The empty prefix without a default namespace gives
    /// none. Looks at the declarations in scope only, which the parser has bounded.
    #[must_use]
    pub fn namespace_of_prefix(self, prefix: &str) -> Option<&'doc str> {
        if prefix == "xml" {
            return Some(super::names::XML);
        }
        let declared = self
            .ancestors_and_self()
            .find_map(|element| element.namespace_declarations().find(|(own, _)| *own == prefix));
        declared.map(|(_, uri)| uri).filter(|uri| !uri.is_empty())
    }

    /// This element, its parent, and so on to the root.
    pub(crate) fn ancestors_and_self(self) -> impl Iterator<Item = Self> {
        core::iter::successors(Some(self), |element| element.parent())
    }

    /// The element around this one; none for the root.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.document.element(long(self.node.parent))
    }

    /// All children in document order.
    #[must_use]
    pub fn children(self) -> Children<'doc> {
        Children { document: self.document, next: self.index + 1, end: long(self.node.end) }
    }

    /// The children that are elements.
    pub fn child_elements(self) -> impl Iterator<Item = Self> {
        self.children().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The whole character data of this element. A comment between does not end it.
    ///
    /// # Errors
    /// [`ErrorKind::ElementInText`] or [`ErrorKind::ProcessingInstructionInText`]: text was expected
    /// and something else is there as well. The place is that of this element.
    pub fn text(self) -> Result<Cow<'doc, str>, Error> {
        let mut joined = Cow::Borrowed("");
        for node in self.children() {
            let kind = match node {
                Node::Text(text) if joined.is_empty() => {
                    joined = Cow::Borrowed(text);
                    continue;
                }
                Node::Text(text) => {
                    joined.to_mut().push_str(text);
                    continue;
                }
                Node::Comment(_) => continue,
                Node::Element(_) => ErrorKind::ElementInText,
                Node::ProcessingInstruction { .. } => ErrorKind::ProcessingInstructionInText,
            };
            return Err(Error { kind, position: self.position() });
        }
        Ok(joined)
    }

    /// Where its start tag begins. Reads the input up to there, so meant for errors.
    #[must_use]
    pub fn position(self) -> Position {
        self.document.position(self.byte_range().start)
    }

    /// From the `<` of its start tag to the `>` of its end tag, in [`Document::input`].
    #[must_use]
    pub fn byte_range(self) -> Range<usize> {
        self.node.byte_range()
    }

    /// Whether `other` is inside this element, at any depth.
    pub(crate) fn contains(self, other: Self) -> bool {
        core::ptr::eq(self.document, other.document)
            && self.index < other.index
            && other.index < long(self.node.end)
    }

    /// This element and everything in it in document order, each element twice, `without` not at all.
    pub(crate) fn events(self, without: Option<Self>) -> Events<'doc> {
        Events {
            document: self.document,
            apex: self.index,
            next: self.index,
            end: long(self.node.end),
            without: without.map(|element| element.index),
            open: None,
        }
    }
}

/// The children of an element or document, in document order.
#[derive(Clone, Debug)]
pub struct Children<'doc> {
    document: &'doc Document<'doc>,
    next: usize,
    end: usize,
}

impl<'doc> Children<'doc> {
    /// The next child, if it is an element.
    pub(super) fn next_element(&mut self) -> Option<Element<'doc>> {
        let element = self.document.element(self.next).filter(|_| self.next < self.end)?;
        self.next = long(element.node.end);
        Some(element)
    }
}

impl<'doc> Iterator for Children<'doc> {
    type Item = Node<'doc>;

    fn next(&mut self) -> Option<Node<'doc>> {
        if self.next >= self.end {
            return None;
        }
        let index = self.next;
        self.next = long(self.document.nodes.get(index)?.end);
        self.document.node(index)
    }
}

/// A step of a walk through a subtree.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'doc> {
    /// A node with all that is in it, which canonical XML has as it is written in the document, unless what it
    /// begins with is the apex.
    Canonical(&'doc str),
    /// An element begins, or one of the other nodes is there.
    Node(Node<'doc>),
    /// An element ends.
    End(Element<'doc>),
}

/// See [`Element::events`].
#[derive(Debug)]
pub(crate) struct Events<'doc> {
    document: &'doc Document<'doc>,
    apex: usize,
    next: usize,
    end: usize,
    without: Option<usize>,
    /// The innermost.
    open: Option<Element<'doc>>,
}

impl<'doc> Events<'doc> {
    /// The text of the next node, if it is canonical as it stands there.
    fn canonical(&self, node: &NodeData) -> Option<&'doc str> {
        if !node.is_canonical() {
            return None;
        }
        let is_whole =
            self.without.is_none_or(|without| without < self.next || without >= long(node.end));
        let is_apex = self.open.is_none();
        (is_whole && !is_apex).then(|| node.text(self.document.texts.input))
    }
}

impl<'doc> Iterator for Events<'doc> {
    type Item = Event<'doc>;

    fn next(&mut self) -> Option<Event<'doc>> {
        let is_end = self.open.is_some_and(|open| long(open.node.end) == self.next);
        if !is_end && self.without == Some(self.next) {
            self.next = long(self.document.nodes.get(self.next)?.end);
        }
        if let Some(open) = self.open.filter(|open| long(open.node.end) == self.next) {
            self.open = open.parent().filter(|_| open.index != self.apex);
            return Some(Event::End(open));
        }
        if self.next >= self.end {
            return None;
        }
        let node = self.document.nodes.get(self.next)?;
        if let Some(text) = self.canonical(node) {
            self.next = long(node.end);
            return Some(Event::Canonical(text));
        }
        let node = self.document.node(self.next)?;
        self.next += 1;
        if let Node::Element(element) = node {
            self.open = Some(element);
        }
        Some(Event::Node(node))
    }
}

/// An attribute; a handle that is copied.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'doc> {
    document: &'doc Document<'doc>,
    data: &'doc AttributeData,
}

impl<'doc> Attribute<'doc> {
    /// The prefix as written; empty if there is none.
    #[must_use]
    pub fn prefix(self) -> &'doc str {
        self.data.name.prefix(self.data.byte, self.document.texts.input)
    }

    /// The name without prefix.
    #[must_use]
    pub fn local_name(self) -> &'doc str {
        self.data.name.local_name(self.data.byte, self.document.texts.input)
    }

    /// Whether the local name is this one.
    #[must_use]
    pub fn is_local(self, local_name: &str) -> bool {
        self.data.name.is_local(self.data.byte, local_name, self.document.texts.input)
    }

    /// Whether there is no namespace.
    #[must_use]
    pub fn has_no_namespace(self) -> bool {
        self.data.name.namespace == NO_NAMESPACE
    }

    /// The name as written, with its prefix.
    pub(crate) fn name(self) -> &'doc str {
        self.data.name.whole(self.data.byte, self.document.texts.input)
    }

    /// What binds the prefix, if there is one.
    pub(crate) fn declaration(self) -> Option<Declaration<'doc>> {
        let name = self.data.name;
        (name.prefix_bytes != 0).then(|| self.document.declaration(name.namespace))
    }

    /// All of it as written, if that is how canonical XML has it.
    pub(crate) fn canonical(self) -> Option<&'doc str> {
        self.data.canonical(self.document.texts.input)
    }

    /// The namespace name; empty without prefix, because the default namespace is not for attributes.
    #[must_use]
    pub fn namespace(self) -> &'doc str {
        self.document.uri(self.data.name.namespace)
    }

    /// The normalized value.
    #[must_use]
    pub fn value(self) -> &'doc str {
        self.document.texts.value(self.data.value)
    }
}

/// The attributes of an element.
#[derive(Clone, Debug)]
pub struct Attributes<'doc> {
    document: &'doc Document<'doc>,
    rest: core::slice::Iter<'doc, AttributeData>,
}

impl<'doc> Iterator for Attributes<'doc> {
    type Item = Attribute<'doc>;

    fn next(&mut self) -> Option<Attribute<'doc>> {
        self.rest.next().map(|data| Attribute { document: self.document, data })
    }
}

/// Well-known namespace names were replaced by the constant that has them; see `names::known`.
fn is_same_namespace(one: &str, other: &str) -> bool {
    core::ptr::eq(one, other) || is_same(one.as_bytes(), other.as_bytes())
}
