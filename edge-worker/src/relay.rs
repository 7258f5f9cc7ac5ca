//! What of the origin's response changes on its way to the browser.

use deskgate_core::session::cookie::sets_ours;
use serde::Serialize;

/// The headers of a response that our rules look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginHeaders<'a> {
    pub(crate) cache_control: Option<&'a str>,
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
}

/// Headers by which an origin tells caches, and not the browser, to keep a response.
const FOR_CACHES: [&str; 3] =
    ["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Surrogate-Control"];

/// Decides the changes. `personal` as in [`crate::gate::Forward`]; `sent_to` is the address at
/// the origin, `desk_url` that of the desk.
pub(crate) fn relay(
    headers: OriginHeaders<'_>,
    personal: bool,
    sent_to: &str,
    desk_url: &str,
) -> Relay {
    let mut relay = Relay { set_cookies: foreign_cookies(headers.set_cookies), ..Relay::default() };
    if let Some(location) = headers.location.and_then(|to| outside(to, sent_to, desk_url)) {
        relay.set.push(("Location", location));
    }
    if personal {
        relay.set.push(("Cache-Control", private(headers.cache_control)));
        relay.remove.extend(FOR_CACHES);
        relay.vary = Some("Cookie");
    }
    relay
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
            let headers = OriginHeaders { cache_control, location: None, set_cookies: "a=1" };
            let relay = relay(headers, true, "https://o/x.css", "https://d");
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
        let headers =
            OriginHeaders { cache_control: Some("public"), location: None, set_cookies: "a=1" };
        assert_eq!(relay(headers, false, "https://o/", "https://d"), Relay::default());
    }

    #[test]
    fn cookies_that_the_origin_sets_in_our_name_are_dropped() {
        let set_cookies = "a=1; Path=/\n__Host-deskgate=x\n__host_DESKGATE=y\nb=2";
        let headers = OriginHeaders { cache_control: None, location: None, set_cookies };
        for personal in [false, true] {
            let kept = relay(headers, personal, "https://o/", "https://d").set_cookies;
            assert_eq!(kept, Some(vec!["a=1; Path=/".to_owned(), "b=2".to_owned()]));
        }
    }
}
