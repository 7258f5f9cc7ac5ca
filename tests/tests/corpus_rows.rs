//! No row of the corpus is left without a suite.

use std::collections::BTreeMap;

use deskgate_tests::corpus::Corpus;

/// The kind of a row, how its IDs begin, and the suite that runs all rows that begin so.
const SUITES: [(&str, &str, &str); 8] = [
    ("c14n", "CN-", "c14n_vectors"),
    ("jwt", "JW-", "jwt_vectors"),
    ("metadata", "MD-", "metadata_vectors"),
    ("saml-response", "SR-", "saml_vectors"),
    ("wycheproof", "WP-", "wycheproof"),
    ("xml-wf", "XW-", "xml_well_formedness"),
    ("xmldsig", "DS-", "xmldsig_vectors"),
    ("xmlenc", "XE-", "xmlenc_vectors"),
];

#[test]
fn every_row_belongs_to_a_suite() {
    let Some(corpus) = Corpus::open("corpus_rows") else { return };
    let mut counts = BTreeMap::<&str, usize>::new();
    for row in corpus.rows("") {
        let suite =
            SUITES.iter().find(|(kind, start, _)| row.kind == *kind && row.id.starts_with(start));
        let (_, _, suite) =
            suite.unwrap_or_else(|| panic!("{}: {} has no suite", row.id, row.kind));
        *counts.entry(suite).or_default() += 1;
    }
    println!("corpus_rows: {counts:?}");
}
