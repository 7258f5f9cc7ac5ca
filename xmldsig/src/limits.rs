//! Named limits on what input may ask of us, checked before the work is done.

/// Limits of the XML parser. Memory and time stay below a constant times `max_bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlLimits {
    /// Bytes of the document.
    pub max_bytes: usize,
    /// Nested elements, the root counted as one.
    pub max_depth: usize,
    /// Elements in the document.
    pub max_elements: usize,
    /// Attributes on one element, namespace declarations not counted.
    pub max_attributes: usize,
    /// Bytes between the quotes of one attribute or namespace declaration, as written.
    pub max_attribute_bytes: usize,
    /// Bytes of one run of character data or one CDATA section, as written.
    pub max_text_bytes: usize,
    /// Bytes of a namespace name. It may be compared as often as it is used.
    pub max_namespace_bytes: usize,
    /// Namespace declarations on one element.
    pub max_namespaces: usize,
    /// Namespace declarations in scope at one place, those that hide each other counted as well.
    pub max_namespaces_in_scope: usize,
}

impl XmlLimits {
    /// For SAML messages. The largest real response seen has 18 KB; one with 1,000 group claims about
    /// 150 KB. Depth: Response/Assertion/.../X509Certificate is 9, so 32 leaves room for extensions.
    /// Identity providers declare up to a dozen namespaces, whose names have up to 90 bytes.
    pub const MESSAGE: Self = Self {
        max_bytes: 384 * 1024,
        max_depth: 32,
        max_elements: 10_000,
        max_attributes: 64,
        max_attribute_bytes: 64 * 1024,
        max_text_bytes: 256 * 1024,
        max_namespace_bytes: 256,
        max_namespaces: 32,
        max_namespaces_in_scope: 64,
    };

    /// For metadata that an administrator supplies: one entity, not a federation.
    pub const METADATA: Self =
        Self { max_bytes: 1024 * 1024, max_depth: 64, max_elements: 20_000, ..Self::MESSAGE };
}

/// Bytes of one canonical form: twice the largest document that the parser takes with
/// [`XmlLimits::METADATA`]. Canonical XML can be much longer than its input, because a long
/// namespace name may have to be written on every child.
pub const MAX_CANONICAL_BYTES: usize = 2 * 1024 * 1024;

/// Prefixes in one PrefixList of `InclusiveNamespaces`; real ones have up to five.
pub const MAX_PREFIX_LIST: usize = 64;
