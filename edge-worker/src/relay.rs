//! What of the origin's response changes on its way to the browser.

use deskgate_core::session::cookie::sets_ours;
use serde::Serialize;

use crate::watch::INTERVAL;

/// The headers of a response that our rules look at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OriginHeaders<'a> {
    pub(crate) cache_control: Option<&'a str>,
    pub(crate) content_length: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) location: Option<&'a str>,
    /// One line for each `Set-Cookie`.
    pub(crate) set_cookies: &'a str,
}

/// The changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Relay {
    remove: Vec<&'static str>,
    set: Vec<(&'static str, String)>,
    /// All `Set-Cookie` headers anew, when one has to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    set_cookies: Option<Vec<String>>,
    /// Adds to `Vary`.
    vary: Option<&'static str>,
    /// One more `Set-Cookie`.
    #[serde(skip_serializing_if = "Option::is_none")]
    renewed: Option<String>,
    /// The answer may go on for long: seconds between two looks at the session behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    watch: Option<u64>,
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

/// Decides the changes. `sent_to` is the address at
/// the origin, `desk_url` that of the desk.
pub(crate) fn relay(
    headers: OriginHeaders<'_>,
    passed: Passed,
    sent_to: &str,
    desk_url: &str,
) -> Relay {
    let mut relay = Relay { set_cookies: foreign_cookies(headers.set_cookies), ..Relay::default() };
    if let Some(location) = headers.location.and_then(|to| outside(to, sent_to, desk_url)) {
        relay.set.push(("Location", location));
    }
    if passed.personal {
        let cache_control = match passed.renewed {
            // A cookie that was kept with a page would bring an old session back.
            Some(_) => "private, no-store".to_owned(),
            None => private(headers.cache_control),
        };
        relay.set.push(("Cache-Control", cache_control));
        relay.remove.extend(FOR_CACHES);
        relay.vary = Some("Cookie");
    }
    relay.renewed = passed.renewed;
    relay.watch = (passed.watched && may_be_long(headers)).then_some(INTERVAL.as_secs());
    relay
}

/// Streams do not say how long they will be; nor do many pages, whose loading ends soon, and a watch would
/// make each of them a quarter dearer.
fn may_be_long(headers: OriginHeaders<'_>) -> bool {
    if let Some(length) = headers.content_length.and_then(|length| length.parse::<u64>().ok()) {
        return length > LONG_BYTES;
    }
    let essence = headers.content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    !OF_PAGES.iter().any(|of_pages| essence.trim().eq_ignore_ascii_case(of_pages))
}

/// A redirect to an address of the origin itself, as the browser has to ask for it: people cannot
/// reach the origin, and must not get there around the gate. `None`: it leads elsewhere.
fn outside(location: &str, sent_to: &str, desk_url: &str) -> Option<String> {
    let (scheme, rest) = sent_to.split_once("://")?;
    let host = rest.split('/').next()?;
    let path = location.strip_prefix(scheme)?.strip_prefix("://")?.strip_prefix(host)?;
    (path.is_empty() || path.starts_with(['/', '?', '#'])).then(|| format!("{desk_url}{path}"))
}

/// The origin may not set our cookies, in any spelling (attacks.md G-13). `None`: nothing to drop.
fn foreign_cookies(lines: &str) -> Option<Vec<String>> {
    let is_ours = |line: &&str| sets_ours(line);
    lines
        .lines()
        .any(|line| is_ours(&line))
        .then(|| lines.lines().filter(|line| !is_ours(line)).map(str::to_owned).collect())
}

/// What one person was shown is for that person's browser alone (attacks.md G-12): no shared cache
/// keeps it. Without a word of the origin nobody keeps it.
fn private(cache_control: Option<&str>) -> String {
    let Some(cache_control) = cache_control else { return "private, no-store".to_owned() };
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
    fn check_cache_control(origin: Option<&str>, expected: &str) {
        assert_eq!(private(origin), expected, "{origin:?}");
    }

    #[test]
    fn responses_to_somebody_signed_in_are_private() {
        check_cache_control(None, "private, no-store");
        check_cache_control(
            Some("public, max-age=31536000, immutable"),
            "private, max-age=31536000, immutable",
        );
        check_cache_control(Some("Public,S-MaxAge=60"), "private");
        check_cache_control(Some("no-store"), "private, no-store");
        check_cache_control(Some("private, max-age=0"), "private, max-age=0");
        check_cache_control(Some("max-age=5, stale-while-revalidate=60"), "private, max-age=5");
    }

    #[track_caller]
    fn check_location(location: &str, expected: Option<&str>) {
        let sent_to = "https://tickets.internal/login?a=b";
        let found = outside(location, sent_to, "https://help.contoso.com");
        assert_eq!(found.as_deref(), expected, "{location}");
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
        for cache_control in [None, Some("public, max-age=60"), Some("s-maxage=60")] {
            let headers =
                OriginHeaders { cache_control, set_cookies: "a=1", ..OriginHeaders::default() };
            let relay = relay(headers, PERSONAL, "https://o/x.css", "https://d");
            assert!(
                matches!(&relay.set[..], [("Cache-Control", value)] if value.starts_with("private")),
                "{relay:?}"
            );
            assert_eq!(relay.remove, FOR_CACHES);
            assert_eq!(relay.vary, Some("Cookie"));
        }
    }

    #[test]
    fn responses_on_public_paths_stay_as_they_are() {
        let headers = OriginHeaders {
            cache_control: Some("public"),
            set_cookies: "a=1",
            ..OriginHeaders::default()
        };
        assert_eq!(relay(headers, Passed::default(), "https://o/", "https://d"), Relay::default());
    }

    #[test]
    fn cookies_that_the_origin_sets_in_our_name_are_dropped() {
        let set_cookies = "a=1; Path=/\n__Host-deskgate=x\n__host_DESKGATE=y\nb=2";
        let headers = OriginHeaders { set_cookies, ..OriginHeaders::default() };
        for passed in [Passed::default(), PERSONAL] {
            let kept = relay(headers, passed, "https://o/", "https://d").set_cookies;
            assert_eq!(kept, Some(vec!["a=1; Path=/".to_owned(), "b=2".to_owned()]));
        }
    }

    /// G-12: a cache that kept it would hand one person's session to another, or an old one back.
    #[test]
    fn an_answer_that_brings_a_session_is_kept_by_nobody() {
        for cache_control in [None, Some("public, max-age=60"), Some("private, max-age=60")] {
            let headers = OriginHeaders { cache_control, ..OriginHeaders::default() };
            let renewed = Some("__Host-deskgate=t".to_owned());
            let passed = Passed { renewed: renewed.clone(), ..PERSONAL };
            let relay = relay(headers, passed, "https://o/x.css", "https://d");
            assert_eq!(relay.set, [("Cache-Control", "private, no-store".to_owned())]);
            assert_eq!((relay.remove, relay.renewed), (FOR_CACHES.to_vec(), renewed));
        }
    }

    #[test]
    fn what_may_go_on_for_long_is_looked_after() {
        let watch_of = |content_type, content_length, watched| {
            let headers =
                OriginHeaders { content_length, content_type, ..OriginHeaders::default() };
            relay(headers, Passed { watched, ..PERSONAL }, "https://o/", "https://d").watch
        };
        let watch = |content_length, watched| watch_of(None, content_length, watched);
        assert_eq!(watch(None, true), Some(INTERVAL.as_secs()));
        for long in ["text/event-stream", "application/x-ndjson", "application/octet-stream", ""] {
            assert_eq!(watch_of(Some(long), None, true), Some(INTERVAL.as_secs()), "{long}");
        }
        for page in ["text/html", "Text/HTML; charset=utf-8", "application/json"] {
            assert_eq!(watch_of(Some(page), None, true), None, "{page}");
            assert_eq!(watch_of(Some(page), Some("9000000"), true), Some(INTERVAL.as_secs()));
        }
        assert_eq!(watch(Some("9000000"), true), Some(INTERVAL.as_secs()));
        assert_eq!(watch(Some("x"), true), Some(INTERVAL.as_secs()));
        assert_eq!(watch(Some("8388608"), true), None);
        assert_eq!(watch(None, false), None);
    }
}
