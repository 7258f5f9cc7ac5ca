//! What goes in and out of the Worker's rules: the head of a request, parsed forms, a response.

mod parameters;

pub(crate) use self::parameters::{Parameters, Repeated};

use crate::json::{Members, ToJson, Written};

/// A request without its body, as the platform parsed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestHead {
    /// `GET`, `POST`, ...; upper case for the standard methods.
    pub(crate) method: String,
    /// `https`, or `http` on loopback.
    pub(crate) scheme: String,
    /// Host and, unless it is the default, port: `help.contoso.com`, `127.0.0.1:8787`.
    pub(crate) host: String,
    /// The path as the URL parser of the platform leaves it: this very text is forwarded.
    pub(crate) path: String,
    /// The query with its `?`, or nothing.
    pub(crate) query: String,
    /// The client's address, from the platform and never from the client; may be empty in
    /// development.
    pub(crate) client_address: String,
    text: String,
    headers: Vec<Header>,
}

/// Where a header is in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    name_at: usize,
    colon_at: usize,
    end: usize,
}

impl RequestHead {
    /// From one line each for method, scheme, host, path, query and client address, then one line
    /// `name:value` for each header. The platform joins headers of one name by `, ` and lets no line break
    /// into any of them.
    pub(crate) fn parse(text: String) -> Self {
        let mut lines = text.split_inclusive('\n');
        let mut at = 0;
        let mut line = || {
            let line = lines.next().unwrap_or_default();
            at += line.len();
            line.trim_end_matches('\n').to_owned()
        };
        let (method, scheme, host) = (line(), line(), line());
        let (path, query, client_address) = (line(), line(), line());
        let headers = lines
            .filter_map(|line| {
                let name_at = at;
                at += line.len();
                let colon_at = name_at + line.find(':')?;
                Some(Header { name_at, colon_at, end: name_at + line.trim_end_matches('\n').len() })
            })
            .collect();
        let scheme = scheme.trim_end_matches(':').to_owned();
        Self { method, scheme, host, path, query, client_address, text, headers }
    }

    fn name(&self, header: Header) -> &str {
        self.text.get(header.name_at..header.colon_at).unwrap_or_default()
    }

    /// The value of the header of this lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|&&h| self.name(h).eq_ignore_ascii_case(name))?;
        self.text.get(found.colon_at + 1..found.end)
    }

    /// All header names as received.
    pub(crate) fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|&header| self.name(header))
    }

    /// Whether every header can be taken out again. workerd lets bytes above 0x7F into names, shows them as U+FFFD
    /// and then finds no such name, so that `Remote\xe9User`, which CGI makes `HTTP_REMOTE_USER`, would stay.
    pub(crate) fn has_names_that_can_be_removed(&self) -> bool {
        self.header_names().all(str::is_ascii)
    }

    /// Whether there is a body where none means anything (RFC 9110, section 9.3.1). The platform cannot send
    /// it on: `fetch` throws, and the origin would be blamed for not answering.
    pub(crate) fn has_body_without_meaning(&self) -> bool {
        matches!(&*self.method, "GET" | "HEAD")
            && (self.header("transfer-encoding").is_some()
                || self.header("content-length").is_some_and(|length| length != "0"))
    }

    /// The path and the query as they are forwarded.
    pub(crate) fn path_and_query(&self) -> String {
        format!("{}{}", self.path, self.query)
    }

    /// Scheme, host and port, as in an `Origin` header.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.host)
    }

    /// Whether the client asks to become a WebSocket, which begins with GET (RFC 6455, section 4.1): the platform
    /// would make one of any method, and the origin would see a GET for which nobody asked the rules.
    pub(crate) fn is_web_socket(&self) -> bool {
        self.method == "GET"
            && self.header("upgrade").is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
    }

    /// Whether the body is a form.
    pub(crate) fn is_form(&self) -> bool {
        let content_type = self.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or(content_type).trim();
        media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// The parameters of the query.
    pub(crate) fn parameters(&self) -> Parameters {
        Parameters::parse(self.query.trim_start_matches('?').as_bytes())
    }

    /// Whether a page of this very origin made the request: what every state-changing POST needs
    /// (attacks.md G-11). A browser sends at least one of the two headers with a POST.
    pub(crate) fn is_same_origin(&self) -> bool {
        match (self.header("sec-fetch-site"), self.header("origin")) {
            (Some("same-origin"), None) => true,
            (None | Some("same-origin"), Some(origin)) => origin == self.origin(),
            _ => false,
        }
    }
}

/// Encodes parameters for a query.
pub(crate) fn query_of(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// A response that the Worker makes itself. The shim gets its body apart from it, which may have the size of a
/// SAML response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Response {
    /// Never stored by anyone, which is right for everything but public documents.
    pub(crate) fn new(status: u16, content_type: &str, body: String) -> Self {
        let headers = vec![
            ("Content-Type", content_type.to_owned()),
            ("Cache-Control", "private, no-store".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Referrer-Policy", "same-origin".to_owned()),
            ("Cross-Origin-Resource-Policy", "same-origin".to_owned()),
        ];
        Self { status, headers, body }
    }

    pub(crate) fn json(status: u16, body: Written) -> Self {
        Self::new(status, "application/json", body.0)
    }

    /// To an absolute address. With 303 whatever was asked becomes a GET.
    pub(crate) fn redirect(status: u16, location: String) -> Self {
        Self::new(status, "text/plain; charset=utf-8", String::new()).with("Location", location)
    }

    /// Sets a header; one of the same name is replaced, except `Set-Cookie`.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        if name != "Set-Cookie" {
            self.headers.retain(|(found, _)| *found != name);
        }
        self.headers.push((name, value));
        self
    }

    /// For documents that are the same for everybody.
    #[must_use]
    pub(crate) fn cacheable(self, seconds: u32) -> Self {
        self.with("Cache-Control", format!("public, max-age={seconds}"))
            .with("Cross-Origin-Resource-Policy", "cross-origin".to_owned())
    }
}

impl ToJson for Response {
    fn to_json(&self, text: &mut String) {
        let Self { status, headers, body: _ } = self;
        let mut members = Members::open(text);
        members.add("status", status);
        members.add("headers", headers);
        members.close();
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A request to `https://help.contoso.com`.
    pub(crate) fn request(method: &str, path_and_query: &str, headers: &str) -> RequestHead {
        let at = path_and_query.find('?').unwrap_or(path_and_query.len());
        let (path, query) = path_and_query.split_at(at);
        RequestHead::parse(format!(
            "{method}\nhttps:\nhelp.contoso.com\n{path}\n{query}\n192.0.2.7\n{headers}"
        ))
    }

    #[test]
    fn a_header_is_found_in_any_case_and_keeps_its_colons() {
        let head = request("GET", "/", "accept:text/html\nX-Time:12:30\n");
        assert_eq!(head.header("x-time"), Some("12:30"));
        assert_eq!(head.header("cookie"), None);
    }

    #[test]
    fn a_body_means_nothing_with_get_and_head() {
        let has = |method, headers| request(method, "/", headers).has_body_without_meaning();
        assert!(has("GET", "content-length:1\n"));
        assert!(has("HEAD", "transfer-encoding:chunked\n"));
        assert!(!has("GET", "content-length:0\n"));
        assert!(!has("GET", ""));
        assert!(!has("POST", "content-length:1\n"));
        assert!(!has("DELETE", "transfer-encoding:chunked\n"));
    }

    #[test]
    fn only_a_get_becomes_a_web_socket() {
        let is = |method, headers| request(method, "/live", headers).is_web_socket();
        assert!(is("GET", "Upgrade:WebSocket\n"));
        assert!(!is("POST", "upgrade:websocket\n"));
        assert!(!is("HEAD", "upgrade:websocket\n"));
        assert!(!is("GET", "upgrade:h2c, websocket\n"));
    }

    #[test]
    fn only_a_page_of_the_same_origin_is_same_origin() {
        let check = |headers: &str, expected: bool| {
            assert_eq!(
                request("POST", "/deskgate/logout", headers).is_same_origin(),
                expected,
                "{headers}"
            );
        };
        check("origin:https://help.contoso.com\nsec-fetch-site:same-origin\n", true);
        check("origin:https://help.contoso.com\n", true);
        check("sec-fetch-site:same-origin\n", true);
        check("", false);
        check("origin:null\nsec-fetch-site:same-origin\n", false);
        check("origin:http://help.contoso.com\n", false);
        check("origin:https://help.contoso.com.evil.example\n", false);
        check("origin:https://help.contoso.com\nsec-fetch-site:cross-site\n", false);
        check("sec-fetch-site:same-site\n", false);
        check("sec-fetch-site:none\n", false);
    }
}
