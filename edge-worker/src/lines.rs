//! What crosses to the shim for every request that passes: lines, which it splits, because reading and
//! writing JSON took longer than everything else that happens here.

use memchr::memchr;

/// Texts of one line each.
#[derive(Debug)]
pub(crate) struct Lines(String);

impl Lines {
    pub(crate) fn of(first: &str) -> Self {
        let mut text = String::with_capacity(2048);
        text.push_str(first);
        Self(text)
    }

    /// Adds a line. Nothing that we write has a line break; one would begin a header of its own, so the text
    /// ends there.
    pub(crate) fn add(&mut self, text: &str) {
        self.0.push('\n');
        let end = memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        self.0.push_str(text.get(..end).unwrap_or_default());
    }

    /// Adds names of headers, which have no spaces, as one line.
    pub(crate) fn add_names<S: AsRef<str>>(&mut self, names: &[S]) {
        self.0.push('\n');
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                self.0.push(' ');
            }
            self.0.push_str(name.as_ref());
        }
    }

    /// Adds headers: a line for the name, one for the value.
    pub(crate) fn add_headers<S: AsRef<str>>(&mut self, headers: &[(&'static str, S)]) {
        for (name, value) in headers {
            self.add(name);
            self.add(value.as_ref());
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_begins_no_header() {
        let mut lines = Lines::of("forward");
        lines.add_names(&["expect", "host"]);
        lines.add_names::<&str>(&[]);
        lines.add_headers(&[("X-A", "1\nRemote-User\nadmin"), ("X-B", "\n"), ("X-C", "2")]);
        let text = lines.into_text();
        let found: Vec<_> = text.split('\n').collect();
        assert_eq!(found, ["forward", "expect host", "", "X-A", "1", "X-B", "", "X-C", "2"]);
    }
}
