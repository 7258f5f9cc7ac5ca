//! The URNs of SAML 2.0 (SAML Core 8, SAML Bindings 3, SAML Profiles 3).

/// `Version` of every message and assertion (SAML Core 4.1).
pub const VERSION: &str = "2.0";

/// Top-level StatusCode of an accepted sign-in (SAML Core 3.2.2.2).
pub const STATUS_SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// Top-level StatusCode of a request that the responder failed to carry out (SAML Core 3.2.2.2).
pub const STATUS_RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
/// Second-level StatusCode of a logout that some service provider did not hear of (SAML Core 3.2.2.2).
pub const STATUS_PARTIAL_LOGOUT: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";

/// SubjectConfirmation Method of the web browser profile (SAML Profiles 3.3).
pub const CONFIRMATION_BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// Format of an Issuer (SAML Core 8.3.6), the only one allowed there.
pub const NAME_ID_ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
/// NameID that is an e-mail address (SAML Core 8.3.2).
pub const NAME_ID_EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

/// What a NameID without Format is (SAML Core 8.3.1).
pub const NAME_ID_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// HTTP-POST binding (SAML Bindings 3.5).
pub const BINDING_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
/// HTTP-Redirect binding (SAML Bindings 3.4).
pub const BINDING_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// `protocolSupportEnumeration` of SAML 2.0 (SAML Metadata 2.4.1).
pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
