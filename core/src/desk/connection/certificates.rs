use alloc::vec::Vec;

use crate::crypto::KeyRules;
use crate::desk::error::Fault;
use crate::desk::table::{self, Table};
use crate::diagnostic::Excerpt;
use crate::dsig::MAX_TRUSTED_KEYS;
use crate::x509::Certificate;

/// Bytes of one certificates entry; the largest seen, with a chain and its text form, has 12 KB.
const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

/// The certificates of a connection, each once.
pub(super) fn read(table: &mut Table<'_, '_>) -> Option<Vec<Certificate>> {
    const HELP: &str = "Download the signing certificate from the identity provider, in Entra as \
                        Certificate (Base64), and paste it; deskgate check also takes certificate_files.";
    table.required("certificates", HELP, |_| Ok(()));
    let lists = table.list("certificates", 1..=MAX_TRUSTED_KEYS, |value| {
        let text = table::text(value)?;
        if text.len() > MAX_CERTIFICATE_BYTES {
            return Err(Fault::Text {
                expected: "a certificate of at most 64 KiB",
                found: Excerpt::new(text),
                help: HELP,
            });
        }
        Certificate::parse_all(text.as_bytes(), KeyRules::default()).map_err(Fault::Certificate)
    })?;
    let mut certificates = Vec::new();
    for certificate in lists.into_iter().flatten() {
        if !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    let found = certificates.len();
    if found > MAX_TRUSTED_KEYS {
        table.tell("certificates", Fault::Count { min: 1, max: MAX_TRUSTED_KEYS, found });
    }
    Some(certificates)
}
