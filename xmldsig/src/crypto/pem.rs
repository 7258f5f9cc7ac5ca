//! Finding PEM blocks in what people paste (RFC 7468, the lax reading of section 2).

use alloc::format;
use alloc::string::String;

/// One block: what stands between its BEGIN and END lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'t> {
    /// `CERTIFICATE`, `PRIVATE KEY` and so on.
    pub label: &'t str,
    /// Base64 with white space, not decoded; old formats have header lines in it.
    pub body: &'t str,
    /// Where the body starts in the text, in bytes.
    pub offset: usize,
}

/// A BEGIN line whose END line is missing or has another label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished<'t> {
    /// Of the BEGIN line.
    pub label: &'t str,
    /// Everything after the BEGIN line.
    pub rest: &'t str,
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The blocks of `text` in order; text before, between and after them is skipped.
#[must_use]
pub fn blocks(text: &str) -> Blocks<'_> {
    Blocks { text, at: 0 }
}

/// One block with lines of 64 characters (RFC 7468, section 2).
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> String {
    let base64 = crate::base64::encode(der);
    let mut text = format!("{BEGIN}{label}{DASHES}\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text + END + label + DASHES + "\n"
}

/// See [`blocks`].
#[derive(Clone, Debug)]
pub struct Blocks<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Blocks<'t> {
    type Item = Result<Block<'t>, Unfinished<'t>>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        let begin = rest.find(BEGIN)? + BEGIN.len();
        let (label, after) = rest.get(begin..)?.split_once(DASHES).unwrap_or_default();
        let end = after.find(END).and_then(|at| Some((at, after.get(at + END.len()..)?)));
        let finished = end.and_then(|(at, tail)| {
            let tail = tail.strip_prefix(label)?.strip_prefix(DASHES)?;
            Some((after.get(..at)?, tail))
        });
        let Some((body, tail)) = finished else {
            self.at = self.text.len();
            return Some(Err(Unfinished { label, rest: after }));
        };
        let offset = self.text.len() - after.len();
        self.at = self.text.len() - tail.len();
        Some(Ok(Block { label, body, offset }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[track_caller]
    fn check(text: &str, expected: &[Result<(&str, &str), &str>]) {
        let found: Vec<_> = blocks(text)
            .map(|block| match block {
                Ok(block) => {
                    assert!(text[block.offset..].starts_with(block.body));
                    Ok((block.label, block.body.trim()))
                }
                Err(unfinished) => Err(unfinished.label),
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn blocks_are_found_in_any_text() {
        check("", &[]);
        check("QUJD", &[]);
        check("-----BEGIN A-----\nQUJD\n-----END A-----\n", &[Ok(("A", "QUJD"))]);
        check("-----BEGIN A-----QUJD-----END A-----", &[Ok(("A", "QUJD"))]);
        check(
            "Bag\r\n-----BEGIN A B-----\r\nQUJD\r\n-----END A B-----\r\n x -----BEGIN C-----Q-----END C-----",
            &[Ok(("A B", "QUJD")), Ok(("C", "Q"))],
        );
    }

    #[test]
    fn a_written_block_is_read_again() {
        for length in [0, 1, 47, 48, 49, 96, 1000] {
            let der: Vec<u8> = (0..=255).cycle().take(length).collect();
            let text = encode("X Y", &der);
            assert!(
                text.starts_with("-----BEGIN X Y-----\n") && text.ends_with("-----END X Y-----\n")
            );
            assert!(text.lines().all(|line| line.len() <= 64 && !line.is_empty()), "{text}");
            let block = blocks(&text).next().unwrap().unwrap();
            assert_eq!(crate::base64::decode(block.body).unwrap(), der);
        }
    }

    #[test]
    fn a_block_without_its_end_is_reported_once() {
        check("-----BEGIN A-----\nQUJD", &[Err("A")]);
        check("-----BEGIN A-----\nQUJD\n-----END B-----", &[Err("A")]);
        check("-----BEGIN A-----\nQUJD\n-----END A", &[Err("A")]);
        check("-----BEGIN A", &[Err("")]);
        check("-----BEGIN A-----Q-----END A----------BEGIN B-----", &[Ok(("A", "Q")), Err("B")]);
    }
}
