//! What `cargo xtask bench` measures of deskgate itself, for the native programs beside this file and for
//! the module in bench/wasm. Nothing of it ships.

pub mod connection;
pub mod generated;
pub mod limit;
// The program that counts instructions has it too.
#[path = "../../../core/benches/message/remembered.rs"]
pub mod remembered;
pub mod tokens;

use std::path::Path;
use std::{fs, io};

use deskgate_core::crypto::Crypto;
use deskgate_core::saml::VerifiedAssertion;

use connection::Connection;

/// A document of the folder that `bench/run.mjs` made.
#[derive(Debug)]
pub struct Document {
    /// The text.
    pub xml: String,
    /// As the form brings it.
    pub post_value: String,
    /// What the desk knows of its sender.
    pub connection: Connection,
}

/// Reads the document `name`.
///
/// # Errors
/// Of reading files.
pub fn read(folder: &Path, name: &str) -> io::Result<Document> {
    let text = |name: &str| fs::read_to_string(folder.join(name));
    let xml = text(&format!("{name}.xml"))?;
    let post_value = deskgate_core::base64::encode(xml.as_bytes());
    let connection = Connection::new(&text("idp.crt")?, Some(&text("decryption.key")?));
    Ok(Document { xml, post_value, connection })
}

impl Document {
    /// The whole validation of a document that is right, and what `then` says becomes of it.
    ///
    /// # Panics
    /// When it is refused.
    pub fn validate<T>(
        &self,
        crypto: &dyn Crypto,
        then: impl FnOnce(VerifiedAssertion<'_>) -> T,
    ) -> T {
        let verified = self.connection.validate(self.post_value.as_bytes(), crypto, then);
        verified.expect("a right response")
    }
}
