//! Reads the third-party vectors beside the checkout; the project does not contain them.

use std::fs;
use std::path::PathBuf;

use crate::skip::skip;

/// One row of `MANIFEST.tsv`.
#[derive(Debug)]
pub struct Row {
    /// Such as `CN-0001`.
    pub id: String,
    /// Such as `c14n`.
    pub kind: String,
    /// The document, below the corpus.
    pub local: String,
    /// A verdict, or the file with the expected octets.
    pub expected: String,
    /// The error of the row's own library, or why.
    pub reason: String,
    /// What the verdict is about.
    pub scope: String,
    /// `same`, or how a strict verifier differs from an upstream that accepts.
    pub strict_profile: String,
    /// What to do with the document.
    pub settings: serde_json::Value,
}

/// The corpus: in the folder that `DESKGATE_SHARED` names, or in `shared` beside the workspace.
#[derive(Debug)]
pub struct Corpus(PathBuf);

impl Corpus {
    /// Says so when the corpus is absent, so that a green run does not look like more than it is.
    pub fn open(test: &str) -> Option<Self> {
        let shared = std::env::var_os("DESKGATE_SHARED").map_or_else(
            || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")),
            PathBuf::from,
        );
        let folder = shared.join("corpus");
        if folder.join("MANIFEST.tsv").is_file() {
            return Some(Self(folder));
        }
        skip(test, "../shared/corpus is absent")
    }

    /// A file of the corpus.
    pub fn read(&self, local: &str) -> Vec<u8> {
        let path = self.path(local);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Where a file of the corpus is.
    pub fn path(&self, local: &str) -> PathBuf {
        self.0.join(local)
    }

    /// The names of the files in a folder, sorted.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).expect("a folder of the corpus");
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("UTF-8");
        let mut names: Vec<String> = entries.map(|entry| name(entry.expect("an entry"))).collect();
        names.sort();
        names
    }

    /// The rows whose ID begins with `prefix`.
    pub fn rows(&self, prefix: &str) -> Vec<Row> {
        let manifest = String::from_utf8(self.read("MANIFEST.tsv")).expect("UTF-8");
        let mut lines = manifest.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let header = lines.next().expect("a header line");
        let column = |name| header.iter().position(|column| *column == name).expect("the column");
        let (id, local) = (column("id"), column("local"));
        let (expected, settings) = (column("expected"), column("settings"));
        let (reason, scope) = (column("reason"), column("scope"));
        let (strict_profile, kind) = (column("strict_profile"), column("kind"));
        let rows = lines.filter(|fields| fields[id].starts_with(prefix));
        rows.map(|fields| Row {
            id: fields[id].into(),
            kind: fields[kind].into(),
            local: fields[local].into(),
            expected: fields[expected].into(),
            reason: fields[reason].into(),
            scope: fields[scope].into(),
            strict_profile: fields[strict_profile].into(),
            settings: serde_json::from_str(fields[settings]).expect("JSON settings"),
        })
        .collect()
    }
}
