//! xml-crypto, through the script `tests/differential/xml_crypto.mjs`.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use deskgate_core::c14n::Method;
use serde_json::json;

use super::signatures::Peer;
use super::xmlsec1::key_file;
use crate::vectors::repository;

/// A running script.
#[derive(Debug)]
pub(super) struct XmlCrypto {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl XmlCrypto {
    /// Starts it.
    ///
    /// # Panics
    /// When there is no Node.js; `cargo xtask differential` makes sure of it.
    pub(super) fn start() -> Self {
        let mut child = Command::new("node")
            .arg(repository("tests/differential/xml_crypto.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, input, output }
    }

    fn ask(&mut self, action: &str, document: &str, key: &str, ending: &str) -> String {
        let key = fs::read_to_string(key_file(key, ending)).expect("a key of the project");
        let mut question = json!({ "key": key });
        question[action] = document.into();
        let input = self.input.as_mut().expect("open until the end");
        writeln!(input, "{question}").and_then(|()| input.flush()).expect("the script reads");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("the script answers");
        serde_json::from_str(&answer).expect("a JSON string")
    }
}

impl Peer for XmlCrypto {
    fn name(&self) -> &'static str {
        "xml-crypto"
    }

    /// Its parser knows no names beyond the BMP.
    fn reads_all_xml(&self) -> bool {
        false
    }

    /// Its inclusive canonicalization does not inherit `xml:lang`, nor all namespaces.
    fn methods(&self) -> &'static [Method] {
        &[Method::Exclusive10]
    }

    fn sign(&mut self, document: &str, key: &str) -> Result<String, String> {
        let answer = self.ask("sign", document, key, "key");
        if answer.starts_with("refused: ") { Err(answer) } else { Ok(answer) }
    }

    fn verifies(&mut self, document: &str, key: &str) -> bool {
        self.ask("verify", document, key, "crt") == "verifies"
    }
}

impl Drop for XmlCrypto {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
