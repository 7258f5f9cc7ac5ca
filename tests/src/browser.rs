//! A browser reduced to what matters here: cookies with their SameSite rule, and no redirect followed
//! unasked.

use std::net::SocketAddr;

use serde_json::Value;

use crate::wire::{Framing, Headers, Wire, header};

/// Someone with a cookie jar.
#[derive(Clone, Debug)]
pub struct Browser {
    address: SocketAddr,
    host: String,
    cookies: Vec<Cookie>,
}

/// A cookie as it is sent back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// Whether a cross-site POST carries it: only with `SameSite=None`.
    pub cross_site: bool,
}

/// A request to be sent once.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    target: String,
    headers: Headers,
    body: Vec<u8>,
    cross_site: bool,
}

/// A response, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers as they were sent.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// A response whose body is read piece by piece.
#[derive(Debug)]
pub struct OpenReply {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    wire: Wire,
    framing: Framing,
}

impl Request {
    /// A request without body that accepts everything, as a script sends it.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Headers::new(),
            body: Vec::new(),
            cross_site: false,
        }
    }

    /// What a browser sends when a person opens an address.
    #[must_use]
    pub fn navigation(target: &str) -> Self {
        Self::new("GET", target)
            .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document")
            .header("Upgrade-Insecure-Requests", "1")
    }

    /// What a browser sends when a page of the desk posts a form to the desk.
    #[must_use]
    pub fn form(target: &str, fields: &[(&str, &str)]) -> Self {
        Self::new("POST", target)
            .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form_encode(fields).as_bytes())
    }

    /// Adds a header, spelled as given.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: &[u8]) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    /// Started by a page of another site: Lax cookies stay away from a POST.
    #[must_use]
    pub fn cross_site(mut self) -> Self {
        self.cross_site = true;
        self
    }
}

impl Browser {
    /// Someone who has never been here, connected to `address`.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, host: address.to_string(), cookies: Vec::new() }
    }

    /// The same person, asking for another host name at the same address.
    #[must_use]
    pub fn at_host(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    /// The cookie jar.
    pub fn cookies(&mut self) -> &mut Vec<Cookie> {
        &mut self.cookies
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|cookie| cookie.name == name).map(|cookie| cookie.value.as_str())
    }

    /// Opens an address as a person does.
    ///
    /// # Panics
    /// When there is no answer.
    #[track_caller]
    pub fn open(&mut self, target: &str) -> Reply {
        self.send(&Request::navigation(target))
    }

    /// Sends a request and reads the whole response.
    ///
    /// # Panics
    /// When there is no answer.
    #[track_caller]
    pub fn send(&mut self, request: &Request) -> Reply {
        match self.try_send(request) {
            Ok(reply) => reply,
            Err(error) => panic!("no answer to {} {}: {error}", request.method, request.target),
        }
    }

    /// Sends a request and reads the whole response.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn try_send(&mut self, request: &Request) -> std::io::Result<Reply> {
        let mut open = self.begin(request)?;
        let body = open.wire.read_body(open.framing)?;
        Ok(Reply { status: open.status, headers: std::mem::take(&mut open.headers), body })
    }

    /// Sends a request and reads the head of the response.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn begin(&mut self, request: &Request) -> std::io::Result<OpenReply> {
        let mut wire = self.write_request(request)?;
        wire.write(&request.body)?;
        self.read_reply(wire, &request.method)
    }

    /// Connects and sends the head; the caller sends the body.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn write_request(&self, request: &Request) -> std::io::Result<Wire> {
        let mut wire = Wire::connect(self.address)?;
        let start = format!("{} {} HTTP/1.1", request.method, request.target);
        let mut headers = vec![("Host".to_owned(), self.host.clone())];
        headers.extend(request.headers.iter().cloned());
        if request.method == "POST" && header(&headers, "origin").is_none() {
            let (origin, site) = if request.cross_site {
                ("https://login.example.com".to_owned(), "cross-site")
            } else {
                (format!("http://{}", self.host), "same-origin")
            };
            headers.push(("Origin".to_owned(), origin));
            headers.push(("Sec-Fetch-Site".to_owned(), site.to_owned()));
        }
        if let Some(cookie) = self.cookie_header(request) {
            headers.push(("Cookie".to_owned(), cookie));
        }
        let chunked = header(&headers, "transfer-encoding").is_some();
        if !request.body.is_empty() || (request.method == "POST" && !chunked) {
            headers.push(("Content-Length".to_owned(), request.body.len().to_string()));
        }
        wire.write_head(&start, &headers)?;
        Ok(wire)
    }

    /// Reads the head of the response to a request of `method` and keeps its cookies.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn read_reply(&mut self, mut wire: Wire, method: &str) -> std::io::Result<OpenReply> {
        let head = wire.read_head()?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        let status = head.start[1].parse().map_err(|_| std::io::ErrorKind::InvalidData)?;
        for (name, value) in &head.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                self.keep_cookie(value);
            }
        }
        Ok(OpenReply {
            status,
            framing: head.response_framing(method),
            headers: head.headers,
            wire,
        })
    }

    fn cookie_header(&self, request: &Request) -> Option<String> {
        let withheld = request.cross_site && request.method != "GET";
        let sent: Vec<String> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.cross_site || !withheld)
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!sent.is_empty()).then(|| sent.join("; "))
    }

    fn keep_cookie(&mut self, set_cookie: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap_or_default();
        let attributes: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        self.cookies.retain(|cookie| cookie.name != name);
        if !attributes.iter().any(|attribute| attribute == "max-age=0") {
            self.cookies.push(Cookie {
                name: name.to_owned(),
                value: value.to_owned(),
                cross_site: attributes.iter().any(|attribute| attribute == "samesite=none"),
            });
        }
    }
}

impl OpenReply {
    /// The next piece of the body as it arrives; empty at the end.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn piece(&mut self) -> std::io::Result<Vec<u8>> {
        self.wire.read_piece(&mut self.framing)
    }

    /// The connection, for a WebSocket.
    #[must_use]
    pub fn into_wire(self) -> Wire {
        self.wire
    }
}

impl Reply {
    /// The value of the first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// Where a redirect points.
    ///
    /// # Panics
    /// When this is not a redirect.
    #[must_use]
    #[track_caller]
    pub fn location(&self) -> &str {
        assert!(matches!(self.status, 301 | 302 | 303 | 307 | 308), "no redirect: {self}");
        self.header("location").unwrap_or_else(|| panic!("no Location: {self}"))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is something else.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "status {}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        write!(f, "\n{}", self.text())
    }
}

/// application/x-www-form-urlencoded.
#[must_use]
pub fn form_encode(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

/// Percent-encodes all but unreserved characters.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
