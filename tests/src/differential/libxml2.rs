//! libxml2, through the script `tests/differential/libxml2.py`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::case::{Answer, Case};
use crate::vectors::repository;

/// Why libxml2 refuses a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// `xmlErrorDomain`: 1 the parser, 3 namespaces, 23 validity.
    pub(super) domain: u32,
    /// `xmlParserErrors`.
    pub(super) code: u32,
}

/// A running script.
#[derive(Debug)]
pub(super) struct Libxml2 {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Libxml2 {
    /// Starts it with Debian's own Python, which sees Debian's library.
    ///
    /// # Panics
    /// When there is no Python; `cargo xtask differential` makes sure of it.
    pub(super) fn start() -> Self {
        let mut child = Command::new("/usr/bin/python3")
            .arg(repository("tests/differential/libxml2.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, input, output }
    }

    /// Hands over a batch; the script works on it while we do.
    ///
    /// # Panics
    /// When the script is gone, as in [`Libxml2::answers`].
    pub(super) fn ask(&mut self, cases: &[Case]) {
        let mut batch = format!("{}\n", cases.len()).into_bytes();
        for case in cases {
            let Case { text, apex, without, prefixes } = case;
            let prefixes = prefixes.join(",");
            let header = format!("{} {apex} {without} {prefixes}\n", text.len());
            batch.extend_from_slice(header.as_bytes());
            batch.extend_from_slice(text);
        }
        let input = self.input.as_mut().expect("open until the end");
        input.write_all(&batch).and_then(|()| input.flush()).expect("libxml2.py reads");
    }

    /// The answers to the batch of `count` documents that was asked last.
    pub(super) fn answers(&mut self, count: usize) -> Vec<Answer<Refusal>> {
        (0..count).map(|_| self.answer()).collect()
    }

    fn answer(&mut self) -> Answer<Refusal> {
        let line = self.line();
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["FORMS", count] => {
                let count: usize = count.parse().expect("a number of forms");
                Answer::Forms((0..count).map(|_| self.octets()).collect())
            }
            ["REFUSED", domain, code] => Answer::Refused(Refusal {
                domain: domain.parse().expect("a domain"),
                code: code.parse().expect("a code"),
            }),
            _ => panic!("libxml2.py answers {line:?}"),
        }
    }

    fn octets(&mut self) -> Vec<u8> {
        let length = self.line().parse().expect("a length");
        let mut octets = vec![0; length];
        self.output.read_exact(&mut octets).expect("libxml2.py answers");
        octets
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("libxml2.py answers");
        line.truncate(line.trim_end().len());
        line
    }
}

impl Drop for Libxml2 {
    fn drop(&mut self) {
        // The script ends with its input.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
