//! The URNs of SAML 2.0 (SAML Core 8, SAML Bindings 3, SAML Profiles 3).

/// `Version` of every message and assertion (SAML Core 4.1).
pub const VERSION: &str = "2.0";

/// Top-level StatusCode of an accepted sign-in (SAML Core 3.2.2.2).
pub const STATUS_SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// Top-level StatusCode: it is the requester's doing (SAML Core 3.2.2.2).
pub const STATUS_REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
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
/// NameID that names a person the same way for ever, to one service provider (SAML Core 8.3.7).
pub const NAME_ID_PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

/// AuthnContextClassRef of a password (SAML Authn Context 3.4.8).
pub const AUTHN_PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
/// AuthnContextClassRef of a password over TLS (SAML Authn Context 3.4.9).
pub const AUTHN_PASSWORD_TRANSPORT: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
/// AuthnContextClassRef that says nothing (SAML Authn Context 3.4.25).
pub const AUTHN_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

/// `SAMLEncoding` of the HTTP-Redirect binding (SAML Bindings 3.4.4.1).
pub const ENCODING_DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// What a NameID without Format is (SAML Core 8.3.1).
pub const NAME_ID_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// HTTP-POST binding (SAML Bindings 3.5).
pub const BINDING_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
/// HTTP-Redirect binding (SAML Bindings 3.4).
pub const BINDING_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// `protocolSupportEnumeration` of SAML 2.0 (SAML Metadata 2.4.1).
pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
