//! What the mutations start from: messages that our own code and vectors made, and, where the
//! third-party corpus lies beside the checkout, its files too.

use std::path::{Path, PathBuf};
use std::{fs, io};

use deskgate_core::base64;

use crate::Target;
use crate::targets::{authn_request, logout};
use crate::trusted::DIGEST;

/// A file of the repository that this crate was compiled in.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The text of a file of tests/vectors.
pub(crate) fn vector(path: &str) -> String {
    let path = repository("tests/vectors").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The contents of all files in a folder, in the order of their names.
fn folder(path: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read(path).ok()).collect()
}

fn responses() -> Vec<Vec<u8>> {
    let mut files = folder(&repository("tests/vectors/responses"));
    files.retain(|file| file.starts_with(b"<"));
    // What is big makes every mutant slow and no other path.
    files.retain(|file| file.len() < 16 * 1024);
    files
}

/// The seeds of a target that are part of the repository.
#[must_use]
pub fn of(target: &Target) -> Vec<Vec<u8>> {
    let mut seeds = folder(&repository("fuzz/seeds").join(target.name));
    seeds.extend(match target.name {
        "parse" | "dsig" | "response" => responses(),
        "canonicalize" => responses()
            .into_iter()
            .enumerate()
            .map(|(index, xml)| [vec![u8::try_from(index).unwrap_or(0)], xml].concat())
            .collect(),
        "rules" => responses().iter().flat_map(|xml| credulous(xml)).collect(),
        "certificate" => [
            folder(&repository("core/src/x509/testdata")),
            folder(&repository("tests/vectors/keys")),
        ]
        .concat(),
        "jws" => tokens(),
        "authn_request" => authn_request::seeds(),
        "logout" => logout::seeds(),
        _ => Vec::new(),
    });
    seeds
}

/// A response for [`crate::trusted::Credulous`]: with its digest, and the same with the assertion
/// "encrypted".
fn credulous(xml: &[u8]) -> Vec<Vec<u8>> {
    let believed = believed(&String::from_utf8_lossy(xml));
    // The prefixes of the element names in the vectors.
    let encrypted =
        ["", "saml:", "saml2:"].into_iter().find_map(|prefix| encrypted(&believed, prefix));
    encrypted.into_iter().chain([believed]).map(String::into_bytes).collect()
}

/// With every digest as [`crate::trusted::Credulous`] computes it.
pub(crate) fn believed(text: &str) -> String {
    let mut believed = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("DigestValue>") {
        believed.push_str(before);
        believed.push_str("DigestValue>");
        rest = after;
        let is_end_tag = before.rsplit('<').next().is_some_and(|name| name.starts_with('/'));
        if let Some(end) = rest.find("</").filter(|_| !is_end_tag) {
            believed.push_str(&base64::encode(&DIGEST));
            rest = &rest[end..];
        }
    }
    believed.push_str(rest);
    believed
}

fn encrypted(text: &str, prefix: &str) -> Option<String> {
    let (open, close) = (format!("<{prefix}Assertion "), format!("</{prefix}Assertion>"));
    let start = text.find(&open)?;
    let end = text.find(&close)? + close.len();
    let octets = [&[0; 12], &text.as_bytes()[start..end], &[0; 16]].concat();
    let cipher_value = |octets: &[u8]| {
        format!(
            "<x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData>",
            base64::encode(octets)
        )
    };
    let key = format!(
        "<d:KeyInfo xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><x:EncryptedKey><x:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>{}</x:EncryptedKey></d:KeyInfo>",
        cipher_value(&[1; 256])
    );
    let encrypted = format!(
        "<EncryptedAssertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><x:EncryptedData \
         xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\" Type=\"http://www.w3.org/2001/04/xmlenc#Element\">\
         <x:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/>{key}{}\
         </x:EncryptedData></EncryptedAssertion>",
        cipher_value(&octets)
    );
    Some(format!("{}{encrypted}{}", &text[..start], &text[end..]))
}

fn tokens() -> Vec<Vec<u8>> {
    let tokens: serde_json::Value = serde_json::from_str(&vector("tokens.json")).expect("JSON");
    let cases = tokens["cases"].as_array().expect("an array");
    cases.iter().filter_map(|case| Some(case["token"].as_str()?.as_bytes().to_vec())).collect()
}

/// Everything that libFuzzer begins with: seeds and files of the corpus. The inputs of worst.rs are no
/// seeds: mutants as long as they are would take all the time and find nothing new.
pub fn all(target: &Target) -> impl Iterator<Item = Vec<u8>> {
    of(target).into_iter().chain(of_corpus(target))
}

/// Puts seeds into a folder, one file each.
///
/// # Errors
/// Those of the file system.
pub fn write(seeds: impl Iterator<Item = Vec<u8>>, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (index, seed) in seeds.enumerate() {
        fs::write(folder.join(format!("seed-{index:04}")), seed)?;
    }
    Ok(())
}

/// Files of the third-party corpus that this target reads; none where there is no corpus.
fn of_corpus(target: &Target) -> Vec<Vec<u8>> {
    let extensions: &[&str] = match target.name {
        "parse" | "dsig" | "metadata" | "response" => &["xml"],
        "certificate" => &["crt", "pem", "cer", "der"],
        "jwks" => &["json"],
        _ => return Vec::new(),
    };
    let shared =
        std::env::var_os("DESKGATE_SHARED").map_or_else(|| repository("../shared"), PathBuf::from);
    let mut found = Vec::new();
    let mut folders = vec![shared.join("corpus")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .and_then(|e| e.to_str())
                .is_some_and(|e| extensions.contains(&e))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    let small = |file: &Vec<u8>| file.len() <= target.max_bytes.min(8 * 1024);
    found.iter().filter_map(|path| fs::read(path).ok()).filter(small).collect()
}
