//! The program xmlsec1.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use deskgate_core::c14n::Method;

use super::signatures::Peer;
use crate::vectors::repository;

/// The element that is signed, for xmlsec1, which knows no schema.
const ID_ATTRIBUTE: &str = "urn:deskgate:differential:Signed";
/// xmlsec1 takes the first Signature of a document unless told otherwise.
const SIGNATURE: &str = "//*[local-name()='Signed']/*[local-name()='Signature']";

/// xmlsec1, and a folder for the files that it reads.
#[derive(Debug)]
pub(super) struct Xmlsec1<'a> {
    pub(super) folder: &'a Path,
}

impl Peer for Xmlsec1<'_> {
    fn name(&self) -> &'static str {
        "xmlsec1"
    }

    fn reads_all_xml(&self) -> bool {
        true
    }

    fn methods(&self) -> &'static [Method] {
        &[Method::Exclusive10, Method::Inclusive10, Method::Inclusive11]
    }

    fn sign(&mut self, document: &str, key: &str) -> Result<String, String> {
        let key = key_file(key, "key");
        let output = self.run(&["--sign", "--privkey-pem"], &key, document);
        if output.status.success() {
            return String::from_utf8(output.stdout).map_err(|error| error.to_string());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Without `--enabled-key-data key-name` xmlsec1 would trust a key inside the document.
    fn verifies(&mut self, document: &str, key: &str) -> bool {
        let key = key_file(key, "crt");
        let options = ["--verify", "--enabled-key-data", "key-name", "--pubkey-cert-pem"];
        self.run(&options, &key, document).status.success()
    }
}

impl Xmlsec1<'_> {
    fn run(&self, options: &[&str], key: &Path, document: &str) -> Output {
        let file = self.folder.join("signature.xml");
        std::fs::write(&file, document).expect("the target folder is writable");
        Command::new("xmlsec1")
            .args(options)
            .arg(key)
            .args(["--id-attr:ID", ID_ATTRIBUTE, "--node-xpath", SIGNATURE])
            .arg(file)
            // Keeps xmlsec1 from reading the certificates of the system, and from trusting them.
            .env("SSL_CERT_FILE", "/dev/null")
            .output()
            .expect("xmlsec1 starts")
    }
}

/// A key of the project, or its certificate.
pub(super) fn key_file(name: &str, ending: &str) -> PathBuf {
    repository(&format!("tests/vectors/keys/{name}.{ending}"))
}
