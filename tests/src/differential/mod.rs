//! deskgate against programs that nobody here wrote: canonical forms against libxml2, signatures
//! against xmlsec1 and xml-crypto, on generated documents.
//!
//! A document is made from the seed of the run and its own number alone, so a run can be repeated and
//! does not depend on how the programs at the other end are fed.

mod base;
pub mod canonical;
mod case;
mod generator;
mod libxml2;
mod refusal;
pub mod signatures;
mod xml_crypto;
mod xmlsec1;

use std::path::Path;
use std::time::Instant;

/// What a run compares.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Documents whose canonical forms are compared.
    pub documents: u64,
    /// Where the generator begins.
    pub seed: u64,
    /// When no new batch begins any more.
    pub until: Option<Instant>,
}

impl Plan {
    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// How a comparison went.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Counts, one per line, the first line the most important one.
    pub counts: Vec<String>,
    /// What differs; empty when all is well.
    pub differences: Vec<String>,
}

/// Writes what a developer needs to see of a difference.
///
/// # Panics
/// When the folder cannot be written.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(folder).expect("the target folder is writable");
    std::fs::write(&path, bytes).expect("the target folder is writable");
    path.display().to_string()
}
