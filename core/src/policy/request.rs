//! How a request without a session is answered: by a login, or by an error that a script understands.

/// What the request itself says about who waits for the answer. Header values as sent, if sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestFacts<'a> {
    /// The method, case-sensitive. Overriding headers play no role.
    pub method: &'a str,
    /// `Accept`.
    pub accept: Option<&'a str>,
    /// `Sec-Fetch-Dest`.
    pub sec_fetch_dest: Option<&'a str>,
    /// `Sec-Fetch-Mode`.
    pub sec_fetch_mode: Option<&'a str>,
    /// `Sec-Purpose`.
    pub sec_purpose: Option<&'a str>,
    /// `Upgrade`.
    pub upgrade: Option<&'a str>,
    /// `X-Requested-With`.
    pub x_requested_with: Option<&'a str>,
}

/// The answer to a request without a session. None of them reaches the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutSession {
    /// A person opened a page: redirect to the login, and back to this path afterwards.
    Login,
    /// A person sent a form. It cannot be repeated after a redirect, so a page says that the session
    /// ended, and offers the login.
    LostForm,
    /// A script, an image, a WebSocket or a prefetch: 401 with a JSON body. A redirect would end in
    /// a cross-origin error that hides the reason.
    Unauthorized,
}

impl RequestFacts<'_> {
    /// Decides the answer. The result never opens anything, so client-sent headers may decide it.
    #[must_use]
    pub fn without_session(&self) -> WithoutSession {
        if !self.is_navigation() {
            return WithoutSession::Unauthorized;
        }
        match self.method {
            "GET" | "HEAD" => WithoutSession::Login,
            "POST" => WithoutSession::LostForm,
            _ => WithoutSession::Unauthorized,
        }
    }

    /// Fetch Metadata where the browser sends it (all current ones do), else the older signs.
    fn is_navigation(&self) -> bool {
        let prefetch = self.sec_purpose.is_some_and(|purpose| purpose.starts_with("prefetch"));
        if self.upgrade.is_some() || prefetch {
            return false;
        }
        match (self.sec_fetch_mode, self.sec_fetch_dest) {
            (Some("navigate"), dest) => !matches!(dest, Some("object" | "embed")),
            (Some(_), _) => false,
            (None, _) => self.x_requested_with.is_none() && self.accept.is_some_and(accepts_html),
        }
    }
}

/// Whether `Accept` names HTML itself; `*/*` alone is what scripts and command-line tools send.
fn accepts_html(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let media_type = range.split(';').next().unwrap_or(range).trim();
        media_type.eq_ignore_ascii_case("text/html")
            || media_type.eq_ignore_ascii_case("application/xhtml+xml")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: Option<&str> =
        Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    const GET: RequestFacts<'_> = RequestFacts {
        method: "GET",
        accept: None,
        sec_fetch_dest: None,
        sec_fetch_mode: None,
        sec_purpose: None,
        upgrade: None,
        x_requested_with: None,
    };

    #[track_caller]
    fn check(facts: RequestFacts<'_>, expected: WithoutSession) {
        assert_eq!(facts.without_session(), expected, "{facts:?}");
    }

    #[test]
    fn a_page_opened_in_a_browser_goes_to_the_login() {
        let navigate = RequestFacts { sec_fetch_mode: Some("navigate"), accept: HTML, ..GET };
        check(RequestFacts { sec_fetch_dest: Some("document"), ..navigate }, WithoutSession::Login);
        check(RequestFacts { sec_fetch_dest: Some("iframe"), ..navigate }, WithoutSession::Login);
        check(RequestFacts { method: "HEAD", ..navigate }, WithoutSession::Login);
        check(RequestFacts { accept: HTML, ..GET }, WithoutSession::Login);
        check(RequestFacts { accept: Some("Text/HTML;q=0.5"), ..GET }, WithoutSession::Login);
    }

    #[test]
    fn a_form_that_was_sent_is_told_that_the_session_ended() {
        let post = RequestFacts { method: "POST", accept: HTML, ..GET };
        check(post, WithoutSession::LostForm);
        check(RequestFacts { sec_fetch_mode: Some("navigate"), ..post }, WithoutSession::LostForm);
    }

    #[test]
    fn scripts_and_subresources_get_a_401() {
        for mode in ["cors", "no-cors", "same-origin", "websocket"] {
            check(
                RequestFacts { sec_fetch_mode: Some(mode), accept: HTML, ..GET },
                WithoutSession::Unauthorized,
            );
        }
        let navigate = RequestFacts { sec_fetch_mode: Some("navigate"), accept: HTML, ..GET };
        check(
            RequestFacts { sec_fetch_dest: Some("embed"), ..navigate },
            WithoutSession::Unauthorized,
        );
        check(
            RequestFacts { upgrade: Some("websocket"), ..navigate },
            WithoutSession::Unauthorized,
        );
        check(
            RequestFacts { sec_purpose: Some("prefetch;prerender"), ..navigate },
            WithoutSession::Unauthorized,
        );
        check(RequestFacts { method: "DELETE", ..navigate }, WithoutSession::Unauthorized);
        check(
            RequestFacts { accept: HTML, x_requested_with: Some("XMLHttpRequest"), ..GET },
            WithoutSession::Unauthorized,
        );
        for accept in [None, Some("*/*"), Some("application/json"), Some("text/htmlx")] {
            check(RequestFacts { accept, ..GET }, WithoutSession::Unauthorized);
        }
    }
}
