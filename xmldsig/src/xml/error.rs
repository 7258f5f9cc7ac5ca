//! What can be wrong with a document, and where.

use core::fmt;

use crate::diagnostic::{Diagnostic, Kind};

/// A place in the input, for a person with an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a place has these three coordinates")]
pub struct Position {
    /// Line, from 1. CRLF, LF and CR each end one.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
    /// Byte in the input, from 0.
    pub byte: usize,
}

impl Position {
    /// The place of byte `byte` in `input`. Takes time proportional to `byte`, so only for errors.
    pub(super) fn of(input: &[u8], byte: usize) -> Self {
        let (mut line, mut column, mut previous) = (1, 1, b' ');
        for &b in input.iter().take(byte) {
            match b {
                b'\n' if previous == b'\r' => {}
                b'\n' | b'\r' => (line, column) = (line + 1, 1),
                // Continuation bytes of UTF-8 belong to the character before.
                0x80..=0xBF => {}
                _ => column += 1,
            }
            previous = b;
        }
        Self { line, column, byte }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A document that is refused: what is wrong and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a reason and a place is all there is to say")]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where it begins.
    pub position: Position,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind, self.position)
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        self.kind.describe().code
    }

    fn kind(&self) -> Kind {
        self.kind.describe().kind
    }

    fn help(&self) -> &'static str {
        match self.kind.describe().kind {
            Kind::LimitExceeded => {
                "The document is larger than any real one of its kind. Check what the identity \
                 provider sends, for example the number of group claims."
            }
            Kind::Unsupported => {
                "The document uses a part of XML that is refused because attacks are built on it. \
                 Identity providers do not need it; look at what produced or changed the document."
            }
            _ => {
                "The document is not well-formed XML. It was cut off, changed on the way, or is \
                 not XML at all; compare it with what the sender sent, byte for byte."
            }
        }
    }
}

/// What is wrong with a document.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// An attribute value longer than `max_attribute_bytes`, or a namespace name longer than
    /// `max_namespace_bytes` of [`XmlLimits`](crate::limits::XmlLimits).
    AttributeTooLong,
    /// `]]>` in character data, which only ends a CDATA section (XML 2.4).
    CdataEndInText,
    /// `--` inside a comment (XML 2.5).
    DoubleHyphenInComment,
    /// A document type declaration. All of them are refused: entities, default attributes and IDs
    /// declared there make two readers see two documents (XML 2.8; CVE-2025-25291).
    Doctype,
    /// Two attributes of an element with the same expanded name (Namespaces 6.3).
    DuplicateAttribute,
    /// Two declarations of a prefix on one element (XML 3.1).
    DuplicateNamespaceDeclaration,
    /// An element where only character data is expected.
    ElementInText,
    /// `xmlns:p=""`: a prefix cannot be undeclared (Namespaces 5).
    EmptyNamespaceName,
    /// A character outside the production Char (XML 2.2).
    InvalidCharacter,
    /// A character reference that is malformed or names no Char (XML 4.1).
    InvalidCharacterReference,
    /// A name that is no NCName or QName (Namespaces 4).
    InvalidName,
    /// A namespace name that is no URI by its characters (RFC 3986, section 2). Canonicalizers that
    /// parse namespace names fail on it.
    InvalidNamespaceName,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// An XML declaration that does not follow its grammar (XML 2.8).
    InvalidXmlDeclaration,
    /// `<` inside an attribute value (XML 3.1).
    LessThanInAttribute,
    /// Markup that is none of tag, comment, CDATA section or processing instruction.
    MalformedMarkup,
    /// A tag that does not follow its grammar (XML 3.1).
    MalformedTag,
    /// An end tag without, or with another, start tag (XML 3).
    MismatchedEndTag,
    /// A second root element (XML 2.1; CVE-2022-39299).
    MultipleRoots,
    /// No root element (XML 2.1).
    NoRoot,
    /// A processing instruction where only character data is expected.
    ProcessingInstructionInText,
    /// A relative reference as namespace name. Canonicalization is undefined for it (C14N 1.0,
    /// section 1), and implementations that gave up with an empty result were attacked by that
    /// (CVE-2025-66568).
    RelativeNamespaceName,
    /// The prefixes `xml` and `xmlns`, or their namespaces, used otherwise than reserved
    /// (Namespaces 3).
    ReservedPrefix,
    /// Text before or after the root element (XML 2.1).
    TextOutsideRoot,
    /// Character data longer than [`max_text_bytes`](crate::limits::XmlLimits).
    TextTooLong,
    /// Elements nested deeper than [`max_depth`](crate::limits::XmlLimits).
    TooDeep,
    /// More bytes than [`max_bytes`](crate::limits::XmlLimits).
    TooLarge,
    /// More than [`max_attributes`](crate::limits::XmlLimits) on one element.
    TooManyAttributes,
    /// More than [`max_elements`](crate::limits::XmlLimits).
    TooManyElements,
    /// More than [`max_namespaces`](crate::limits::XmlLimits) declared on one element.
    TooManyNamespaces,
    /// More than [`max_namespaces_in_scope`](crate::limits::XmlLimits).
    TooManyNamespacesInScope,
    /// A prefix that no declaration in scope binds (Namespaces 5).
    UndeclaredPrefix,
    /// The document ends inside something.
    UnexpectedEnd,
    /// A reference to an entity that is not one of the five of XML 4.6.
    UnknownEntity,
    /// A declared encoding other than UTF-8, or US-ASCII with bytes above 127.
    UnsupportedEncoding,
    /// A version other than 1.0.
    UnsupportedVersion,
}

/// One row of the table of errors.
struct Description {
    code: &'static str,
    kind: Kind,
    message: &'static str,
}

impl ErrorKind {
    const fn describe(self) -> Description {
        use Kind::{LimitExceeded, Malformed, Unsupported};
        let (kind, code, message) = match self {
            Self::AttributeTooLong => {
                (LimitExceeded, "xml.attribute_too_long", "attribute value is too long")
            }
            Self::CdataEndInText => (Malformed, "xml.cdata_end_in_text", "]]> in character data"),
            Self::DoubleHyphenInComment => {
                (Malformed, "xml.double_hyphen_in_comment", "-- inside a comment")
            }
            Self::Doctype => (Unsupported, "xml.doctype", "document type declaration"),
            Self::DuplicateAttribute => {
                (Malformed, "xml.duplicate_attribute", "attribute occurs twice on one element")
            }
            Self::DuplicateNamespaceDeclaration => (
                Malformed,
                "xml.duplicate_namespace_declaration",
                "prefix is declared twice on one element",
            ),
            Self::ElementInText => {
                (Malformed, "xml.element_in_text", "element where only text is expected")
            }
            Self::EmptyNamespaceName => {
                (Malformed, "xml.empty_namespace_name", "prefix is bound to nothing")
            }
            Self::InvalidCharacter => {
                (Malformed, "xml.invalid_character", "character that XML does not allow")
            }
            Self::InvalidCharacterReference => (
                Malformed,
                "xml.invalid_character_reference",
                "character reference that is malformed or not allowed",
            ),
            Self::InvalidName => (Malformed, "xml.invalid_name", "invalid name"),
            Self::InvalidNamespaceName => {
                (Malformed, "xml.invalid_namespace_name", "namespace name is not a URI")
            }
            Self::InvalidUtf8 => (Malformed, "xml.invalid_utf8", "bytes are not UTF-8"),
            Self::InvalidXmlDeclaration => {
                (Malformed, "xml.invalid_xml_declaration", "malformed XML declaration")
            }
            Self::LessThanInAttribute => {
                (Malformed, "xml.less_than_in_attribute", "< inside an attribute value")
            }
            Self::MalformedMarkup => (Malformed, "xml.malformed_markup", "malformed markup"),
            Self::MalformedTag => (Malformed, "xml.malformed_tag", "malformed tag"),
            Self::MismatchedEndTag => {
                (Malformed, "xml.mismatched_end_tag", "end tag does not match its start tag")
            }
            Self::MultipleRoots => (Malformed, "xml.multiple_roots", "more than one root element"),
            Self::NoRoot => (Malformed, "xml.no_root", "no root element"),
            Self::ProcessingInstructionInText => (
                Unsupported,
                "xml.processing_instruction_in_text",
                "processing instruction where only text is expected",
            ),
            Self::RelativeNamespaceName => {
                (Unsupported, "xml.relative_namespace_name", "namespace name is a relative URI")
            }
            Self::ReservedPrefix => {
                (Malformed, "xml.reserved_prefix", "reserved prefix or namespace is misused")
            }
            Self::TextOutsideRoot => {
                (Malformed, "xml.text_outside_root", "text outside the root element")
            }
            Self::TextTooLong => (LimitExceeded, "xml.text_too_long", "text is too long"),
            Self::TooDeep => (LimitExceeded, "xml.too_deep", "elements are nested too deep"),
            Self::TooLarge => (LimitExceeded, "xml.too_large", "document is too large"),
            Self::TooManyAttributes => {
                (LimitExceeded, "xml.too_many_attributes", "too many attributes on one element")
            }
            Self::TooManyElements => (LimitExceeded, "xml.too_many_elements", "too many elements"),
            Self::TooManyNamespaces => (
                LimitExceeded,
                "xml.too_many_namespaces",
                "too many namespace declarations on one element",
            ),
            Self::TooManyNamespacesInScope => (
                LimitExceeded,
                "xml.too_many_namespaces_in_scope",
                "too many namespace declarations in scope",
            ),
            Self::UndeclaredPrefix => {
                (Malformed, "xml.undeclared_prefix", "prefix is not declared")
            }
            Self::UnexpectedEnd => (Malformed, "xml.unexpected_end", "document ends too early"),
            Self::UnknownEntity => (Unsupported, "xml.unknown_entity", "unknown entity"),
            Self::UnsupportedEncoding => {
                (Unsupported, "xml.unsupported_encoding", "encoding is not UTF-8")
            }
            Self::UnsupportedVersion => {
                (Unsupported, "xml.unsupported_version", "XML version is not 1.0")
            }
        };
        Description { code, kind, message }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe().message)
    }
}

/// An error inside the parser, before its line and column are worked out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    pub(super) byte: usize,
}

impl ErrorKind {
    pub(super) const fn at(self, byte: usize) -> Fault {
        Fault { kind: self, byte }
    }
}

impl Fault {
    pub(super) fn in_input(self, input: &[u8]) -> Error {
        Error { kind: self.kind, position: Position::of(input, self.byte) }
    }
}
