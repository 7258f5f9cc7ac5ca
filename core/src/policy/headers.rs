//! Which headers of a client may reach the origin.
//!
//! Servers read header names loosely: CGI and WSGI turn `-` into `_`, some drop dots and spaces, all
//! ignore case. So names are compared after [`fold`], and everything that any server could read as a
//! header of ours, or as another gateway's statement about identity, is removed before ours is added.

use alloc::string::String;
use alloc::vec::Vec;

/// The header in which the origin token travels.
pub const ASSERTION_HEADER: &str = "Deskgate-Assertion";

/// Most names taken from one `Connection` header. A browser names one or two; more is an attack,
/// and then every header that the client sent is dropped except a few that only describe the body.
pub const MAX_CONNECTION_NAMES: usize = 16;

/// Families of names that state who is calling, or from where, or which other URL is meant.
/// Folded; a name is reserved when it is one of these, or when one that ends in `-` begins it.
///
/// Identity: ours; Cloudflare Access, Google IAP, AWS ALB, Azure, Pomerium, authentik, Authelia,
/// oauth2-proxy, Vouch, Grafana's and Rails' proxy modes, Shibboleth, mod_auth_mellon,
/// mod_auth_openidc, SiteMinder, WebSEAL, Oracle Access Manager, Kong, Tailscale, client certificates.
/// Routing: what frameworks read instead of the request line; `Proxy`, which CGI makes the `HTTP_PROXY`
/// that the application sends its own requests through (CVE-2016-5385); what Rack takes for the word of
/// nginx about which files to send (CVE-2025-61780).
const RESERVED: &[&str] = &[
    "auth-user",
    "cf-access-",
    "client-cert",
    "client-cert-",
    "deskgate-",
    "eppn",
    "forwarded",
    "http-",
    "impersonate-",
    "iv-",
    "mellon-",
    "oam-",
    "oidc-",
    "proxy",
    "redirect-",
    "remote-",
    "shib-",
    "sm-",
    "smuser",
    "ssl-client-",
    "tailscale-",
    "true-client-ip",
    "x-accel-",
    "x-amzn-oidc-",
    "x-arr-clientcert",
    "x-auth-email",
    "x-auth-groups",
    "x-auth-request-",
    "x-auth-user",
    "x-auth-username",
    "x-authenticated-",
    "x-authentik-",
    "x-client-cert",
    "x-client-cert-",
    "x-client-dn",
    "x-client-ip",
    "x-client-verify",
    "x-cluster-client-ip",
    "x-consumer-",
    "x-credential-",
    "x-deskgate-",
    "x-email",
    "x-forwarded",
    "x-forwarded-",
    "x-goog-authenticated-user-",
    "x-goog-iap-",
    "x-groups",
    "x-host",
    "x-http-host-override",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-ms-client-principal",
    "x-ms-client-principal-",
    "x-ms-token-",
    "x-original-",
    "x-pomerium-",
    "x-proxy-user",
    "x-real-ip",
    "x-remote-",
    "x-rewrite-",
    "x-sendfile-type",
    "x-shib-",
    "x-ssl-client-",
    "x-user",
    "x-user-email",
    "x-user-id",
    "x-user-name",
    "x-username",
    "x-vouch-",
    "x-webauth-",
];

/// Headers of one connection (RFC 9110, section 7.6.1), never forwarded.
const HOP_BY_HOP: &[&str] =
    &["connection", "keep-alive", "te", "trailer", "trailers", "transfer-encoding", "upgrade"];

/// What a client may not remove by naming it in `Connection`: without these the body or the request
/// would mean something else.
const NOT_REMOVABLE: &[&str] = &["content-length", "content-type", "cookie", "host"];

/// A name as the most lenient server reads it: ASCII lower case, `_` as `-`, dots and white space gone.
#[must_use]
pub fn fold(name: &str) -> String {
    name.bytes()
        .filter(|b| !matches!(b, b'.' | b' ' | b'\t'))
        .map(|b| if b == b'_' { '-' } else { char::from(b.to_ascii_lowercase()) })
        .collect()
}

/// Whether a server could read this name as one that only the gate may set. Any spelling.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    is_reserved_folded(&fold(name))
}

fn is_reserved_folded(folded: &str) -> bool {
    // Comparing first bytes first spares nearly every header seventy comparisons of texts.
    let first = folded.bytes().next();
    RESERVED.iter().filter(|reserved| reserved.bytes().next() == first).any(|reserved| {
        if reserved.ends_with('-') { folded.starts_with(reserved) } else { folded == *reserved }
    })
}

fn is_hop_by_hop_folded(folded: &str) -> bool {
    HOP_BY_HOP.contains(&folded) || folded.starts_with("proxy-")
}

/// Letters, digits, `-` and `_`. RFC 9110, section 5.1, allows more, but CGI as Apache makes it turns
/// every other character into `_` too, so that `Deskgate.Assertion` would be `HTTP_DESKGATE_ASSERTION`.
/// nginx drops such names by default for the same reason.
fn is_read_alike_everywhere(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    !name.is_empty() && name.bytes().all(is_plain)
}

/// Whether the request asks to become a WebSocket; then `Upgrade` has a meaning beyond this hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// An ordinary request.
    None,
    /// `Upgrade: websocket`, which the gate passes on.
    WebSocket,
}

/// The rules for the headers of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRules {
    upgrade: Upgrade,
    named_by_connection: Named,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    These(Vec<String>),
    TooMany,
}

impl HeaderRules {
    /// For a request with this `Connection` header, several of them joined by commas.
    #[must_use]
    pub fn new(connection: Option<&str>, upgrade: Upgrade) -> Self {
        let mut names = Vec::new();
        for name in connection.unwrap_or("").split(',') {
            if names.len() == MAX_CONNECTION_NAMES {
                return Self { upgrade, named_by_connection: Named::TooMany };
            }
            let name = fold(name);
            if !name.is_empty() {
                names.push(name);
            }
        }
        Self { upgrade, named_by_connection: Named::These(names) }
    }

    /// Whether the client's header of this name is passed on to the origin.
    ///
    /// The gate adds its own headers afterwards, by setting, never by appending.
    #[must_use]
    pub fn forwards(&self, name: &str) -> bool {
        if !is_read_alike_everywhere(name) {
            return false;
        }
        let folded = fold(name);
        if folded == "upgrade" && self.upgrade == Upgrade::WebSocket {
            return true;
        }
        !is_hop_by_hop_folded(&folded)
            && !is_reserved_folded(&folded)
            && !self.removed_by_connection(&folded)
    }

    /// RFC 9110, section 7.6.1: an intermediary removes what `Connection` names. Done before our own
    /// headers are added, so that a client cannot have those removed (CVE-2024-45410).
    fn removed_by_connection(&self, folded: &str) -> bool {
        if NOT_REMOVABLE.contains(&folded) {
            return false;
        }
        match &self.named_by_connection {
            Named::These(names) => names.iter().any(|name| name == folded),
            Named::TooMany => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_headers_are_reserved_in_every_spelling() {
        for name in [
            "Deskgate-Assertion",
            "deskgate-assertion",
            "DESKGATE_ASSERTION",
            "Deskgate_Assertion",
            "deskgate.-assertion",
            "desk.gate-assertion",
            "Deskgate-Anything",
            "X-Deskgate-User",
            "X-Forwarded-User",
            "X_Forwarded_User",
            "x_forwarded-for",
            "X-Forwarded-Host",
            "Forwarded",
            "X-Forwarded",
            "Remote-User",
            "REMOTE_USER",
            "HTTP_REMOTE_USER",
            "X-Remote-User",
            "x_remote_email",
            "X-WEBAUTH-USER",
            "X-Auth-Request-Email",
            "X-authentik-username",
            "Cf-Access-Jwt-Assertion",
            "cf_access_authenticated_user_email",
            "X-Goog-IAP-JWT-Assertion",
            "X-Amzn-Oidc-Data",
            "X-MS-CLIENT-PRINCIPAL-NAME",
            "X-Pomerium-Jwt-Assertion",
            "X-Vouch-User",
            "Shib-Session-ID",
            "MELLON_NAME_ID",
            "OIDC_CLAIM_email",
            "REDIRECT_REMOTE_USER",
            "X-SSL-Client-S-DN",
            "Client-Cert",
            "X-Original-URL",
            "X-Rewrite-URL",
            "x_original_url",
            "X-HTTP-Method-Override",
            "X-Real-IP",
            "True-Client-IP",
            "X-Host",
            "Proxy",
            "SM_USER",
            "SMUSER",
            "iv-user",
            "OAM_REMOTE_USER",
            "X-Auth-User",
            "X-User-Name",
            "X-Consumer-Username",
            "Tailscale-User-Login",
            "Impersonate-User",
            "X-Sendfile-Type",
            "X-Accel-Mapping",
        ] {
            assert!(is_reserved(name), "{name}");
            assert!(!HeaderRules::new(None, Upgrade::None).forwards(name), "{name}");
        }
    }

    #[test]
    fn ordinary_headers_are_forwarded() {
        for name in [
            "Accept",
            "accept-language",
            "Authorization",
            "Content-Type",
            "Content-Length",
            "Cookie",
            "Host",
            "If-None-Match",
            "Origin",
            "Range",
            "Referer",
            "User-Agent",
            "X-CSRF-Token",
            "X-Requested-With",
            "Sec-WebSocket-Key",
            "CF-Connecting-IP",
            "X-User-Agent",
            "X-Token",
            "X-Auth-Token",
            "HTTP2-Settings",
        ] {
            assert!(HeaderRules::new(None, Upgrade::None).forwards(name), "{name}");
        }
    }

    #[test]
    fn hop_by_hop_headers_stay_on_their_hop() {
        for name in [
            "Connection",
            "keep-alive",
            "Proxy-Authorization",
            "proxy_connection",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "transfer_encoding",
            "Upgrade",
        ] {
            assert!(!HeaderRules::new(None, Upgrade::None).forwards(name), "{name}");
        }
        let web_socket = HeaderRules::new(Some("Upgrade"), Upgrade::WebSocket);
        assert!(web_socket.forwards("Upgrade"));
        assert!(web_socket.forwards("Sec-WebSocket-Version"));
        assert!(!web_socket.forwards("Connection"));
        assert!(!web_socket.forwards("Deskgate-Assertion"));
    }

    #[test]
    fn what_connection_names_is_removed_except_what_frames_the_request() {
        let rules = HeaderRules::new(Some("close, X-Trace , x_span"), Upgrade::None);
        for name in ["X-Trace", "x_trace", "X-Span"] {
            assert!(!rules.forwards(name), "{name}");
        }
        assert!(rules.forwards("Accept"));
        let rules = HeaderRules::new(Some("cookie, Content-Length,host"), Upgrade::None);
        for name in ["Cookie", "Content-Length", "Host"] {
            assert!(rules.forwards(name), "{name}");
        }
    }

    #[test]
    fn a_connection_header_that_names_too_much_removes_everything_else() {
        let many = "a,".repeat(MAX_CONNECTION_NAMES + 1);
        let rules = HeaderRules::new(Some(&many), Upgrade::None);
        assert!(!rules.forwards("Accept"));
        assert!(rules.forwards("Cookie"));
    }

    #[test]
    fn names_that_servers_read_differently_are_not_forwarded() {
        for name in [
            "",
            "X Y",
            "X:Y",
            "X-\u{e9}",
            "X-Y\r\nRemote-User",
            "X-Y\u{0}",
            "(X)",
            "Deskgate.Assertion",
            "Deskgate!Assertion",
            "Deskgate~Assertion",
            "Remote'User",
        ] {
            assert!(!HeaderRules::new(None, Upgrade::None).forwards(name), "{name}");
        }
    }
}
