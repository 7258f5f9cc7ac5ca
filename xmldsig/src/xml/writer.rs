//! Writes the few documents that deskgate sends: requests, metadata, responses of the bridge.

use alloc::string::String;
use alloc::vec::Vec;

use super::characters::is_char;

/// Builds a document from start to end. Names are literals of the program, never input; values are
/// escaped, so that a reader gets back exactly what was given.
///
/// A character that XML cannot express becomes U+FFFD. Values that came out of a verified document
/// have none.
///
/// ```
/// let mut xml = deskgate_xmldsig::xml::Writer::new();
/// xml.start("a").attribute("b", "<\n").start("c").text("1 < 2").end();
/// assert_eq!(xml.finish(), "<a b=\"&lt;&#xA;\"><c>1 &lt; 2</c></a>");
/// ```
#[derive(Debug, Default)]
pub struct Writer {
    output: String,
    open: Vec<&'static str>,
    /// The last start tag has no `>` yet.
    in_tag: bool,
}

impl Writer {
    /// An empty document, without XML declaration.
    #[must_use]
    pub const fn new() -> Self {
        Self { output: String::new(), open: Vec::new(), in_tag: false }
    }

    /// Begins an element; the name may have a prefix.
    pub fn start(&mut self, name: &'static str) -> &mut Self {
        self.close_tag();
        self.output.push('<');
        self.output.push_str(name);
        self.open.push(name);
        self.in_tag = true;
        self
    }

    /// An attribute or namespace declaration of the element just begun; later it would be text, so it
    /// must follow [`Writer::start`].
    pub fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        debug_assert!(self.in_tag, "an attribute belongs into a start tag");
        if self.in_tag {
            self.output.push(' ');
            self.output.push_str(name);
            self.output.push_str("=\"");
            self.escaped(value, true);
            self.output.push('"');
        }
        self
    }

    /// Character data.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.close_tag();
        self.escaped(text, false);
        self
    }

    /// A whole element that a writer made before, with every namespace that it uses.
    pub fn element(&mut self, written: &str) -> &mut Self {
        self.close_tag();
        self.output.push_str(written);
        self
    }

    /// Ends the innermost element.
    pub fn end(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            if self.in_tag {
                self.output.push_str("/>");
                self.in_tag = false;
            } else {
                self.output.push_str("</");
                self.output.push_str(name);
                self.output.push('>');
            }
        }
        self
    }

    /// Ends all elements that are still open; the document.
    #[must_use]
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.output
    }

    fn close_tag(&mut self) {
        if self.in_tag {
            self.output.push('>');
            self.in_tag = false;
        }
    }

    /// References for markup, and for white space that a reader would normalize (XML 2.11, 3.3.3).
    fn escaped(&mut self, value: &str, in_attribute: bool) {
        for c in value.chars() {
            match c {
                '&' => self.output.push_str("&amp;"),
                '<' => self.output.push_str("&lt;"),
                '>' => self.output.push_str("&gt;"),
                '"' if in_attribute => self.output.push_str("&quot;"),
                '\t' if in_attribute => self.output.push_str("&#x9;"),
                '\n' if in_attribute => self.output.push_str("&#xA;"),
                '\r' => self.output.push_str("&#xD;"),
                _ if is_char(c) => self.output.push(c),
                _ => self.output.push(char::REPLACEMENT_CHARACTER),
            }
        }
    }
}
