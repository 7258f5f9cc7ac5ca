//! Paths that want a recent sign-in: settings of the helpdesk, exports, the list of agents.
//!
//! A public path must not be read by a server as another one, so there every doubt protects. Here every
//! doubt asks for a sign-in: a path is covered as soon as some server could read it so.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use percent_encoding::percent_decode_str;

use crate::policy::paths::{MAX_PUBLIC_PATH_BYTES, is_plain};

/// Most rules of one desk. Each request with a session is compared with all of them.
pub const MAX_FRESH_PATHS: usize = 16;

/// How often a path may have been encoded. No chain of servers is known that decodes more often.
const MAX_DECODINGS: usize = 3;

/// A path with everything below, and how old a sign-in may be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreshPath {
    path: String,
    max_age: Duration,
    segments: Vec<String>,
}

impl FreshPath {
    /// From configuration; `None` when `path` is no plain absolute path.
    #[must_use]
    pub fn new(path: &str, max_age: Duration) -> Option<Self> {
        if path.len() > MAX_PUBLIC_PATH_BYTES || !is_plain(path) || path.contains(['%', '*', '?']) {
            return None;
        }
        Some(Self { path: path.to_owned(), max_age, segments: segments(path)? })
    }

    /// The path as configured.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How long ago a person may have signed in at the identity provider.
    #[must_use]
    pub const fn max_age(&self) -> Duration {
        self.max_age
    }

    /// Anywhere in the path: PHP answers at `/index.php/admin/` as it does at `/admin/`.
    fn covers(&self, segments: &[String]) -> bool {
        let wanted = self.segments.as_slice();
        wanted.is_empty() || segments.windows(wanted.len()).any(|found| found == wanted)
    }
}

/// How old a sign-in may be to reach `path`, which is the path exactly as it will be sent to the origin,
/// without the query; `None` for as old as the session.
#[must_use]
pub fn max_age(rules: &[FreshPath], path: &str) -> Option<Duration> {
    if rules.is_empty() {
        return None;
    }
    let segments = segments(path);
    let covers = |rule: &&FreshPath| segments.as_deref().is_none_or(|found| rule.covers(found));
    rules.iter().filter(covers).map(FreshPath::max_age).min()
}

/// What the most lenient server makes of a path; `None` where that could be anything.
fn segments(path: &str) -> Option<Vec<String>> {
    let mut text = path.to_owned();
    for _ in 0..MAX_DECODINGS {
        text = percent_decode_str(&text).decode_utf8().ok()?.into_owned();
    }
    if text.contains('%') || text.chars().any(char::is_control) {
        return None;
    }
    let text: String = text.chars().map(|c| if c == '\\' { '/' } else { folded(c) }).collect();
    let mut segments = Vec::new();
    for segment in text.split('/') {
        // Path parameters, and the dots and spaces that Windows drops at the end.
        let name = segment.split(';').next().unwrap_or_default();
        if name.starts_with("..") {
            return None;
        }
        let name = name.trim_end_matches(['.', ' ']);
        if !name.is_empty() {
            segments.push(name.to_owned());
        }
    }
    Some(segments)
}

/// A rule is ASCII, so of all letters those count that become ASCII in the other case. The table of all of
/// Unicode would be 9 KB of the Worker after gzip for these four.
const fn folded(c: char) -> char {
    match c {
        '\u{130}' | '\u{131}' => 'i',
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    const HOUR: Duration = Duration::from_secs(3600);
    const QUARTER: Duration = Duration::from_secs(900);

    #[track_caller]
    fn check(path: &str, expected: Option<Duration>) {
        let rules = [("/admin/", QUARTER), ("/api/export", HOUR)];
        let rules = rules.map(|(path, max_age)| FreshPath::new(path, max_age).unwrap());
        assert_eq!(max_age(&rules, path), expected, "{path}");
    }

    #[test]
    fn a_path_is_covered_with_everything_below() {
        for path in ["/admin", "/admin/", "/admin/users/1", "/index.php/admin/users"] {
            check(path, Some(QUARTER));
        }
        check("/api/export", Some(HOUR));
        check("/api/export/all.csv", Some(HOUR));
        check("/api/export/admin", Some(QUARTER));
        for path in
            ["/", "/administrator", "/tickets/1", "/api", "/api/x/export", "/a%20b", "/%C3%A9"]
        {
            check(path, None);
        }
    }

    #[test]
    fn no_spelling_that_a_server_could_read_as_the_path_goes_around() {
        for path in [
            "/Admin/",
            "//admin",
            "/./admin/",
            "/x/../admin",
            "/..;/admin",
            "/%61dmin",
            "/%2561dmin",
            "/%252561dmin",
            "/admin%2fusers",
            "/admin;x=1/users",
            "\\admin",
            "/%5cadmin",
            "/admin.",
            "/admin%20/users",
            "/x%00/admin",
            "/%2e%2e/admin",
            "/x/%2e%2e%2fadmin",
            "/%c0%af",
            "/%25252561dmin",
            "/100%25",
            "/adm%C4%B0n",
            "/adm%C4%B1n",
        ] {
            check(path, Some(QUARTER));
        }
    }

    #[test]
    fn every_letter_that_becomes_ascii_in_the_other_case_counts_as_that() {
        for c in '\0'..=char::MAX {
            let cases = [c.to_lowercase().to_string(), c.to_uppercase().to_string()];
            for case in cases.iter().filter(|case| case.len() == 1) {
                assert_eq!(folded(c).to_string(), case.to_ascii_lowercase(), "{c:?}");
            }
        }
        let keys = [FreshPath::new("/keys/", HOUR).unwrap()];
        for path in ["/KEYS", "/%E2%84%AAeys", "/key%C5%BF/1"] {
            assert_eq!(max_age(&keys, path), Some(HOUR), "{path}");
        }
        assert_eq!(max_age(&keys, "/%C4%B7eys"), None);
    }

    #[test]
    fn a_rule_is_a_plain_path() {
        for path in ["", "admin", "/admin//", "/a/../b", "/%61", "/admin/*", "/admin?x", "/a;b"] {
            assert_eq!(FreshPath::new(path, HOUR), None, "{path}");
        }
        let everything = [FreshPath::new("/", HOUR).unwrap()];
        assert_eq!(max_age(&everything, "/tickets"), Some(HOUR));
        assert_eq!(max_age(&[], "/%00"), None);
    }
}
