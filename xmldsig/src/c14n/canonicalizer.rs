//! One run of a canonicalization: the processing model of C14N 1.0, section 2.3.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::output::Output;
use super::{Canonicalization, Comments, Error, Method, base_uri};
use crate::xml::{Attribute, Declaration, Element, Event, Node, by_key, name_key, names};

/// A namespace node: prefix and namespace name.
#[derive(Clone, Copy)]
struct NamespaceNode<'doc> {
    key: u64,
    declaration: Declaration<'doc>,
}

impl<'doc> From<Declaration<'doc>> for NamespaceNode<'doc> {
    fn from(declaration: Declaration<'doc>) -> Self {
        let prefix = declaration.prefix;
        Self { key: name_key(prefix.as_bytes(), prefix.len()), declaration }
    }
}

impl NamespaceNode<'_> {
    fn by_prefix(&self, other: &Self) -> Ordering {
        by_key((self.key, self.declaration.prefix), (other.key, other.declaration.prefix))
    }
}

/// Names and values of the apex's attributes, of which some come from an ancestor, by namespace name and then
/// local name.
type Axis<'doc> = BTreeMap<(&'doc str, &'doc str), (&'doc str, Cow<'doc, str>)>;

pub(super) struct Canonicalizer<'a, 'doc> {
    how: &'a Canonicalization<'a>,
    output: Output<'a>,
    /// Namespace nodes that the open elements have rendered, the innermost last, and which element did. Never
    /// more than the declarations in scope, because a node is rendered again only after a new declaration.
    rendered: Vec<(NamespaceNode<'doc>, Element<'doc>)>,
    /// Of each declaration of the document, whether it is among them. Where it binds a prefix, nothing else can
    /// have been rendered for that prefix since: it would have had to be declared since.
    is_rendered: Vec<bool>,
    /// The axis of the element at work; kept to use its memory again.
    namespace_axis: Vec<NamespaceNode<'doc>>,
}

impl<'a, 'doc> Canonicalizer<'a, 'doc> {
    pub(super) fn new(how: &'a Canonicalization<'a>, output: Output<'a>) -> Self {
        Self {
            how,
            output,
            rendered: Vec::new(),
            is_rendered: Vec::new(),
            namespace_axis: Vec::new(),
        }
    }

    /// What no sink has got.
    pub(super) fn finish(self) -> Result<Vec<u8>, Error> {
        self.output.finish()
    }

    /// `apex` and its descendants, in document order.
    pub(super) fn subtree(
        &mut self,
        apex: Element<'doc>,
        without: Option<Element<'doc>>,
    ) -> Result<(), Error> {
        self.is_rendered.resize(apex.declared_in_document(), false);
        for event in apex.events(without) {
            match event {
                Event::Canonical(text) => self.output.piece(text),
                Event::Node(Node::Element(element)) => self.start_tag(element, element == apex),
                Event::Node(other) => self.leaf(other),
                Event::End(element) => self.end_tag(element),
            }
            self.output.node_ends()?;
        }
        Ok(())
    }

    /// A child of the document that is not the root: after the root on a line of its own, before it
    /// with the line end behind.
    pub(super) fn outside_root(&mut self, node: Node<'_>, is_after_root: bool) {
        if matches!(node, Node::Comment(_)) && self.how.comments == Comments::Omit {
            return;
        }
        if is_after_root {
            self.output.write("\n");
        }
        self.leaf(node);
        if !is_after_root {
            self.output.write("\n");
        }
    }

    fn leaf(&mut self, node: Node<'_>) {
        match node {
            Node::Text(text) => self.output.text(text),
            Node::Comment(comment) => {
                if self.how.comments == Comments::Keep {
                    self.output.write("<!--");
                    self.output.write(comment);
                    self.output.write("-->");
                }
            }
            Node::ProcessingInstruction { target, data } => {
                self.output.write("<?");
                self.output.write(target);
                if !data.is_empty() {
                    self.output.write(" ");
                    self.output.write(data);
                }
                self.output.write("?>");
            }
            // Elements have a beginning and an end; they never come here.
            Node::Element(_) => {}
        }
    }

    fn start_tag(&mut self, element: Element<'doc>, is_apex: bool) {
        self.output.write("<");
        self.output.write(element.name());
        self.namespace_nodes(element, is_apex);
        self.attribute_nodes(element, is_apex);
        self.output.write(">");
    }

    fn end_tag(&mut self, element: Element<'_>) {
        self.output.write("</");
        self.output.write(element.name());
        self.output.write(">");
        while let Some((node, _)) = self.rendered.pop_if(|(_, by)| *by == element) {
            self.note(&node, false);
        }
    }

    /// Renders the namespace axis, sorted by prefix: what the method selects and the nearest ancestor
    /// in the output has not rendered with the same value.
    fn namespace_nodes(&mut self, element: Element<'doc>, is_apex: bool) {
        let mut axis = core::mem::take(&mut self.namespace_axis);
        match self.how.method {
            Method::Exclusive10 => {
                for declaration in visibly_utilized(element) {
                    if !self.has_rendered(&declaration) {
                        axis.push(NamespaceNode::from(declaration));
                    }
                }
                if !self.how.prefix_list.is_empty() {
                    self.listed(element, is_apex, &mut axis);
                }
            }
            // The output parent has rendered all of its scope, so only what is new is looked at.
            Method::Inclusive10 | Method::Inclusive11 if !is_apex => {
                axis.extend(element.declarations().map(NamespaceNode::from));
            }
            Method::Inclusive10 | Method::Inclusive11 => {
                let in_scope = element.ancestors_and_self().flat_map(Element::declarations);
                axis.extend(in_scope.map(NamespaceNode::from));
            }
        }
        // The innermost declaration of a prefix comes first, and a stable sort keeps it so.
        if axis.len() > 1 {
            axis.sort_by(NamespaceNode::by_prefix);
            axis.dedup_by(|later, first| later.by_prefix(first) == Ordering::Equal);
        }
        for node in axis.drain(..) {
            // The declaration of the prefix xml is never rendered.
            let Declaration { prefix, uri, .. } = node.declaration;
            if prefix != "xml" && !self.is_superfluous(&node) {
                self.output.write(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
                self.output.write(prefix);
                self.output.write("=\"");
                self.output.namespace_name(uri);
                self.output.write("\"");
                self.note(&node, true);
                self.rendered.push((node, element));
            }
        }
        self.namespace_axis = axis;
    }

    /// Whether the output already says this at this place. It says nothing at the apex, where `xmlns=""`
    /// would be superfluous.
    fn is_superfluous(&self, node: &NamespaceNode<'_>) -> bool {
        let mut rendered = self.rendered.iter().rev().map(|(node, _)| node);
        let nearest = rendered.find(|found| found.by_prefix(node) == Ordering::Equal);
        let uri = node.declaration.uri;
        nearest.map_or(uri.is_empty(), |found| {
            core::ptr::eq(found.declaration.uri, uri) || found.declaration.uri == uri
        })
    }

    /// Whether this very declaration needs nothing more to be said here.
    fn has_rendered(&self, declaration: &Declaration<'_>) -> bool {
        let is_rendered = self.is_rendered.get(declaration.index);
        declaration.is_built_in() || is_rendered.is_some_and(|is_rendered| *is_rendered)
    }

    fn note(&mut self, node: &NamespaceNode<'_>, is_rendered: bool) {
        if let Some(known) = self.is_rendered.get_mut(node.declaration.index) {
            *known = is_rendered;
        }
    }

    /// What the PrefixList selects: treated as in Canonical XML (Exclusive C14N, section 3), so for the
    /// apex what is in scope, and below it what is declared.
    #[cold]
    fn listed(&self, element: Element<'doc>, is_apex: bool, axis: &mut Vec<NamespaceNode<'doc>>) {
        let list = &self.how.prefix_list;
        let is_listed = |prefix: &str| {
            list.iter()
                .any(|name| if prefix.is_empty() { *name == "#default" } else { *name == prefix })
        };
        let outer = element.ancestors_and_self().take(if is_apex { usize::MAX } else { 1 });
        let declarations = outer.flat_map(Element::declarations);
        axis.extend(declarations.filter(|found| is_listed(found.prefix)).map(NamespaceNode::from));
    }

    /// Renders the attribute axis, sorted by namespace name and then local name.
    fn attribute_nodes(&mut self, element: Element<'doc>, is_apex: bool) {
        if is_apex && self.how.method != Method::Exclusive10 {
            return self.attribute_nodes_of_apex(element);
        }
        for attribute in element.attributes() {
            match attribute.canonical() {
                Some(written) => {
                    self.output.write(" ");
                    self.output.write(written);
                }
                None => self.output.attribute(attribute.name(), attribute.value()),
            }
        }
    }

    /// The same with what the apex inherits. Cold, as everything is that the usual response does not need: the
    /// first validation of an isolate waits until all of what it calls is compiled.
    #[cold]
    fn attribute_nodes_of_apex(&mut self, apex: Element<'doc>) {
        let is_1_1 = self.how.method == Method::Inclusive11;
        let base = if is_1_1 { joined_base(apex) } else { None };
        let is_inherited = |attribute: &Attribute<'_>| {
            attribute.namespace() == names::XML
                && (!is_1_1 || matches!(attribute.local_name(), "lang" | "space"))
        };
        let own = apex.attributes().filter(|attribute| base.is_none() || !is_base(attribute));
        // The nearest first (C14N 1.0, section 2.4; C14N 1.1, section 2.4 for the simple inheritable ones).
        let omitted = apex.ancestors_and_self().skip(1).flat_map(Element::attributes);
        let mut axis = Axis::new();
        // An element's own attribute comes before an inherited one.
        for attribute in own.chain(omitted.filter(is_inherited)) {
            let value = (attribute.name(), Cow::Borrowed(attribute.value()));
            axis.entry((attribute.namespace(), attribute.local_name())).or_insert(value);
        }
        if let Some(base) = base.filter(|base| !base.is_empty()) {
            axis.insert((names::XML, "base"), ("xml:base", base));
        }
        for (name, value) in axis.values() {
            self.output.attribute(name, value);
        }
    }
}

/// The prefixes of the element and of its attributes (Exclusive C14N, section 1.1). An attribute
/// without prefix does not use the default namespace.
fn visibly_utilized(element: Element<'_>) -> impl Iterator<Item = Declaration<'_>> {
    let of_attributes = element.attributes().filter_map(Attribute::declaration);
    core::iter::once(element.declaration()).chain(of_attributes)
}

fn is_base(attribute: &Attribute<'_>) -> bool {
    attribute.local_name() == "base" && attribute.namespace() == names::XML
}

/// `xml:base` fixup (C14N 1.1, section 2.4): the values on the omitted ancestors and on the apex become
/// one. An empty result is not rendered. Without omitted values there is none, and the apex stays as it is.
fn joined_base<'doc>(apex: Element<'doc>) -> Option<Cow<'doc, str>> {
    let base_of = |element: Element<'doc>| element.attributes().find(is_base).map(Attribute::value);
    let mut omitted = apex.ancestors_and_self().skip(1).filter_map(base_of).peekable();
    omitted.peek()?;
    let innermost = base_of(apex).or_else(|| omitted.next()).unwrap_or_default();
    Some(omitted.fold(Cow::Borrowed(innermost), |reference, base| {
        Cow::Owned(base_uri::join(base, &reference))
    }))
}
