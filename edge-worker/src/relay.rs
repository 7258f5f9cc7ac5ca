//! What of the origin's response changes on its way to the browser.

use deskgate_core::session::cookie::sets_ours;

use crate::lines::Lines;
use crate::watch::INTERVAL;

/// What our rules look at of a response. What it does not have is empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OriginResponse<'a> {
    pub(crate) cache_control: &'a str,
    pub(crate) content_length: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) location: &'a str,
    /// The address at the origin that answered.
    pub(crate) sent_to: &'a str,
    pub(crate) desk_url: &'a str,
    /// One line for each `Set-Cookie`.
    pub(crate) set_cookies: &'a str,
}

impl<'a> OriginResponse<'a> {
    /// From one line each, the cookies last. The platform lets no line break into any of them.
    pub(crate) fn parse(text: &'a str) -> Self {
        let mut rest = text;
        let mut line = || {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            rest = after;
            line
        };
        Self {
            cache_control: line(),
            content_length: line(),
            content_type: line(),
            location: line(),
            sent_to: line(),
            desk_url: line(),
            set_cookies: rest,
        }
    }
}

/// The changes, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relay {
    remove: Vec<&'static str>,
    set: Vec<(&'static str, String)>,
    /// Beside what the origin set.
    append: Vec<(&'static str, String)>,
    /// The answer may go on for long: seconds between two looks at the session behind it.
    watch: Option<u64>,
}

impl Relay {
    /// For the shim: the seconds, what is removed, how many headers are set; then these, and those that are
    /// appended. Empty when the answer goes on as it is.
    pub(crate) fn lines(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let mut lines =
            Lines::of(&self.watch.map(|seconds| seconds.to_string()).unwrap_or_default());
        lines.add_names(&self.remove);
        lines.add(&self.set.len().to_string());
        lines.add_headers(&self.set);
        lines.add_headers(&self.append);
        lines.into_text()
    }
}

/// Headers by which an origin tells caches, and not the browser, to keep a response.
const FOR_CACHES: [&str; 3] =
    ["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Surrogate-Control"];

/// Answers that are shorter arrive before a session that ended could be noticed.
const LONG_BYTES: u64 = 8 * 1024 * 1024;

/// What pages are made of, and what they ask for while they load.
const OF_PAGES: [&str; 5] =
    ["application/javascript", "application/json", "text/css", "text/html", "text/javascript"];

/// What the gate said about the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    /// As in [`crate::gate::Forward`].
    pub(crate) personal: bool,
    /// As in [`crate::gate::Forward`].
    pub(crate) watched: bool,
    /// The new session cookie that the answer brings.
    pub(crate) renewed: Option<String>,
}

/// Decides the changes.
pub(crate) fn relay(response: OriginResponse<'_>, passed: Passed) -> Relay {
    let mut relay = Relay::default();
    if let Some(others) = foreign_cookies(response.set_cookies) {
        relay.remove.push("Set-Cookie");
        relay.append.extend(others.map(|line| ("Set-Cookie", line.to_owned())));
    }
    if let Some(location) = outside(&response) {
        relay.set.push(("Location", location));
    }
    if passed.personal {
        let cache_control = match passed.renewed {
            // A cookie that was kept with a page would bring an old session back.
            Some(_) => "private, no-store".to_owned(),
            None => private(response.cache_control),
        };
        relay.set.push(("Cache-Control", cache_control));
        relay.remove.extend(FOR_CACHES);
        relay.append.push(("Vary", "Cookie".to_owned()));
    }
    relay.append.extend(passed.renewed.map(|cookie| ("Set-Cookie", cookie)));
    relay.watch = (passed.watched && may_be_long(&response)).then_some(INTERVAL.as_secs());
    relay
}

/// Streams do not say how long they will be; nor do many pages, whose loading ends soon, and a watch would
/// make each of them a quarter dearer.
fn may_be_long(response: &OriginResponse<'_>) -> bool {
    if let Ok(length) = response.content_length.parse::<u64>() {
        return length > LONG_BYTES;
    }
    let essence = response.content_type.split(';').next().unwrap_or_default();
    !OF_PAGES.iter().any(|of_pages| essence.trim().eq_ignore_ascii_case(of_pages))
}

/// A redirect to an address of the origin itself, as the browser has to ask for it: people cannot
/// reach the origin, and must not get there around the gate. `None`: it leads elsewhere.
fn outside(response: &OriginResponse<'_>) -> Option<String> {
    let (scheme, rest) = response.sent_to.split_once("://")?;
    let host = rest.split('/').next()?;
    let path = response.location.strip_prefix(scheme)?.strip_prefix("://")?.strip_prefix(host)?;
    (path.is_empty() || path.starts_with(['/', '?', '#']))
        .then(|| format!("{}{path}", response.desk_url))
}

/// The origin may not set our cookies, in any spelling (attacks.md G-13). `None`: nothing to drop.
fn foreign_cookies(lines: &str) -> Option<impl Iterator<Item = &str>> {
    lines.lines().any(sets_ours).then(|| lines.lines().filter(|line| !sets_ours(line)))
}

/// What one person was shown is for that person's browser alone (attacks.md G-12): no shared cache
/// keeps it. Without a word of the origin nobody keeps it.
fn private(cache_control: &str) -> String {
    if cache_control.is_empty() {
        return "private, no-store".to_owned();
    }
    let is_for_shared_caches = |directive: &str| {
        let name = directive.split('=').next().unwrap_or(directive).trim();
        ["public", "private", "s-maxage", "proxy-revalidate", "stale-while-revalidate"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    };
    let kept = cache_control
        .split(',')
        .map(str::trim)
        .filter(|directive| !directive.is_empty() && !is_for_shared_caches(directive));
    core::iter::once("private").chain(kept).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSONAL: Passed = Passed { personal: true, watched: true, renewed: None };

    #[track_caller]
    fn check_cache_control(origin: &str, expected: &str) {
        assert_eq!(private(origin), expected, "{origin}");
    }

    #[test]
    fn responses_to_somebody_signed_in_are_private() {
        check_cache_control("", "private, no-store");
        check_cache_control(
            "public, max-age=31536000, immutable",
            "private, max-age=31536000, immutable",
        );
        check_cache_control("Public,S-MaxAge=60", "private");
        check_cache_control("no-store", "private, no-store");
        check_cache_control("private, max-age=0", "private, max-age=0");
        check_cache_control("max-age=5, stale-while-revalidate=60", "private, max-age=5");
    }

    #[track_caller]
    fn check_location(location: &str, expected: Option<&str>) {
        let sent_to = "https://tickets.internal/login?a=b";
        let desk_url = "https://help.contoso.com";
        let response = OriginResponse { location, sent_to, desk_url, ..OriginResponse::default() };
        assert_eq!(outside(&response).as_deref(), expected, "{location}");
    }

    #[test]
    fn redirects_to_the_origin_lead_to_the_desk() {
        let desk = "https://help.contoso.com/tickets?x=https://tickets.internal";
        check_location("https://tickets.internal/tickets?x=https://tickets.internal", Some(desk));
        check_location("https://tickets.internal", Some("https://help.contoso.com"));
        check_location("/tickets", None);
        check_location("https://tickets.internal.evil.example/", None);
        check_location("https://tickets.internal@evil.example/", None);
        check_location("http://tickets.internal/", None);
        check_location("https://elsewhere.example/", None);
    }

    /// Whatever the origin says, and whatever the extension of the path.
    #[test]
    fn no_shared_cache_keeps_what_somebody_signed_in_was_shown() {
        for cache_control in ["", "public, max-age=60", "s-maxage=60"] {
            let response =
                OriginResponse { cache_control, set_cookies: "a=1", ..OriginResponse::default() };
            let relay = relay(response, PERSONAL);
            assert!(
                matches!(&relay.set[..], [("Cache-Control", value)] if value.starts_with("private")),
                "{relay:?}"
            );
            assert_eq!(relay.remove, FOR_CACHES);
            assert_eq!(relay.append, [("Vary", "Cookie".to_owned())]);
        }
    }

    #[test]
    fn a_response_is_read_line_by_line_and_its_cookies_to_the_end() {
        let text = "no-store\n12\n\n/next\nhttps://o/a\nhttps://d\na=1\nb=2\n";
        let response = OriginResponse::parse(text);
        assert_eq!((response.cache_control, response.content_length), ("no-store", "12"));
        assert_eq!((response.content_type, response.location), ("", "/next"));
        assert_eq!((response.sent_to, response.desk_url), ("https://o/a", "https://d"));
        assert_eq!(response.set_cookies.lines().collect::<Vec<_>>(), ["a=1", "b=2"]);
    }

    #[test]
    fn responses_on_public_paths_stay_as_they_are() {
        let response = OriginResponse {
            cache_control: "public",
            set_cookies: "a=1",
            ..OriginResponse::default()
        };
        let relay = relay(response, Passed::default());
        assert_eq!((relay.lines().as_str(), relay), ("", Relay::default()));
    }

    #[test]
    fn cookies_that_the_origin_sets_in_our_name_are_dropped() {
        let set_cookies = "a=1; Path=/\n__Host-deskgate=x\n__host_DESKGATE=y\nb=2";
        let response = OriginResponse { set_cookies, ..OriginResponse::default() };
        for passed in [Passed::default(), PERSONAL] {
            let relay = relay(response, passed);
            assert!(relay.remove.contains(&"Set-Cookie"));
            let kept: Vec<_> = relay.append.iter().filter(|(name, _)| *name != "Vary").collect();
            let expected = ["a=1; Path=/", "b=2"].map(|line| ("Set-Cookie", line.to_owned()));
            assert_eq!(kept, expected.iter().collect::<Vec<_>>());
        }
    }

    /// G-12: a cache that kept it would hand one person's session to another, or an old one back.
    #[test]
    fn an_answer_that_brings_a_session_is_kept_by_nobody() {
        for cache_control in ["", "public, max-age=60", "private, max-age=60"] {
            let response = OriginResponse { cache_control, ..OriginResponse::default() };
            let renewed = Some("__Host-deskgate=t".to_owned());
            let passed = Passed { renewed, watched: false, ..PERSONAL };
            assert_eq!(
                relay(response, passed).lines(),
                "\nCDN-Cache-Control Cloudflare-CDN-Cache-Control Surrogate-Control\n1\n\
                 Cache-Control\nprivate, no-store\nVary\nCookie\nSet-Cookie\n__Host-deskgate=t"
            );
        }
    }

    #[test]
    fn what_may_go_on_for_long_is_looked_after() {
        let watch_of = |content_type, content_length, watched| {
            let response =
                OriginResponse { content_length, content_type, ..OriginResponse::default() };
            relay(response, Passed { watched, ..PERSONAL }).watch
        };
        let watch = |content_length, watched| watch_of("", content_length, watched);
        assert_eq!(watch("", true), Some(INTERVAL.as_secs()));
        for long in ["text/event-stream", "application/x-ndjson", "application/octet-stream", ""] {
            assert_eq!(watch_of(long, "", true), Some(INTERVAL.as_secs()), "{long}");
        }
        for page in ["text/html", "Text/HTML; charset=utf-8", "application/json"] {
            assert_eq!(watch_of(page, "", true), None, "{page}");
            assert_eq!(watch_of(page, "9000000", true), Some(INTERVAL.as_secs()));
        }
        assert_eq!(watch("9000000", true), Some(INTERVAL.as_secs()));
        assert_eq!(watch("x", true), Some(INTERVAL.as_secs()));
        assert_eq!(watch("8388608", true), None);
        assert_eq!(watch("", false), None);
    }
}
