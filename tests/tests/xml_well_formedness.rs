//! The XML parser against documents of others: James Clark's xmltest, the round-trip strings of
//! mattermost, the bombs of defusedxml.

use deskgate_core::c14n::{Canonicalization, Comments, Method, canonicalize_document};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, Error, ErrorKind};
use deskgate_tests::corpus::{Corpus, Row};

/// Rows that are well-formed and refused for another reason than a document type declaration, which
/// this product refuses in every document.
const EXCEPTIONS: &[(&str, ErrorKind, &str)] = &[(
    "XW-0297",
    ErrorKind::InvalidUtf8,
    "UTF-16: only UTF-8 is read, because a filter in front could see another text (X-13)",
)];

/// Rows whose only fault is in the syntax of an element or attribute declaration.
const FAULT_IN_DECLARATION: &[&str] = &[
    "XW-0077", "XW-0083", "XW-0140", "XW-0142", "XW-0143", "XW-0145", "XW-0146", "XW-0148",
    "XW-0155", "XW-0156", "XW-0201",
];

fn parse(bytes: &[u8]) -> Result<Document<'_>, Error> {
    Document::parse(bytes, &XmlLimits::MESSAGE)
}

/// What the rows showed.
#[derive(Default)]
struct Counts {
    well_formed: usize,
    not_well_formed: usize,
    /// Not well-formed either, but the document type declaration came first.
    doctype_first: usize,
    /// Well-formed.
    doctype_only: usize,
    exceptions: usize,
}

#[test]
fn documents_of_others_are_read_or_refused_as_they_should() {
    let Some(corpus) = Corpus::open("xml_well_formedness") else { return };
    let mut counts = Counts::default();
    for row in corpus.rows("XW-") {
        check(&corpus, &row, &mut counts);
    }
    let Counts { well_formed, not_well_formed, doctype_first, doctype_only, exceptions } = counts;
    println!(
        "XML well-formedness: {well_formed} accepted; {} not well-formed, of them {not_well_formed} \
         refused for that and {doctype_first} for their document type declaration; {doctype_only} \
         well-formed and refused for their document type declaration; {exceptions} exceptions",
        not_well_formed + doctype_first
    );
    assert_eq!(exceptions, EXCEPTIONS.len(), "an exception is not in the corpus any more");
}

fn check(corpus: &Corpus, row: &Row, counts: &mut Counts) {
    let bytes = corpus.read(&row.local);
    let result = parse(&bytes).map_err(|error| error.kind);
    let has_doctype = bytes.windows(9).any(|window| window == b"<!DOCTYPE");
    if let Some((_, kind, _)) = EXCEPTIONS.iter().find(|exception| exception.0 == row.id) {
        assert_eq!(result.err(), Some(*kind), "{} is no exception any more", row.id);
        counts.exceptions += 1;
    } else if row.expected == "reject" {
        match result {
            Ok(_) => panic!("{} ({}) is accepted", row.id, row.local),
            Err(ErrorKind::Doctype) => counts.doctype_first += 1,
            Err(_) => counts.not_well_formed += 1,
        }
    } else if has_doctype {
        assert_eq!(result.err(), Some(ErrorKind::Doctype), "{} ({})", row.id, row.local);
        counts.doctype_only += 1;
    } else {
        let about = &row.settings["note"];
        assert!(result.is_ok(), "{} ({}, {about}): {:?}", row.id, row.local, result.err());
        counts.well_formed += 1;
    }
}

/// Some documents of xmltest that are not well-formed are so after a declaration that is.
#[test]
fn documents_of_xmltest_stay_refused_without_their_declarations() {
    let Some(corpus) = Corpus::open("xml_well_formedness, refused without declarations") else {
        return;
    };
    let mut refused = 0;
    for row in corpus.rows("XW-").iter().filter(|row| row.expected == "reject") {
        if let Some(bare) = without_doctype(&corpus.read(&row.local)) {
            let is_accepted = FAULT_IN_DECLARATION.contains(&&*row.id);
            assert_eq!(parse(&bare).is_ok(), is_accepted, "{} ({})", row.id, row.local);
            refused += usize::from(!is_accepted);
        }
    }
    println!("XML without declarations: {refused} stay refused");
}

/// Most documents of xmltest have a document type declaration that says nothing about their meaning.
/// Without it they must be accepted, and mean what the test suite says they mean.
#[test]
fn documents_of_xmltest_mean_the_same_without_their_declarations() {
    let Some(corpus) = Corpus::open("xml_well_formedness without declarations") else { return };
    let (mut same, mut left) = (0, 0);
    for row in corpus.rows("XW-").iter().filter(|row| row.expected.contains("/out/")) {
        let bytes = corpus.read(&row.local);
        match without_doctype(&bytes) {
            Some(bare) => {
                let expected = corpus.read(&row.expected);
                assert_eq!(canonical(&bare), canonical(&expected), "{} ({})", row.id, row.local);
                same += 1;
            }
            None => left += 1,
        }
    }
    println!("XML without declarations: {same} mean the same, {left} depend on their declarations");
    assert!(same >= 20, "only {same} documents were compared");
}

/// The canonical form of the test suite escapes a little more than the one of W3C: so both are read.
#[track_caller]
fn canonical(bytes: &[u8]) -> String {
    let shown = String::from_utf8_lossy(bytes);
    let document = parse(bytes).unwrap_or_else(|error| panic!("{shown}: {error}"));
    let (method, comments) = (Method::Inclusive10, Comments::Omit);
    let how = Canonicalization { method, comments, prefix_list: Vec::new() };
    let mut octets = Vec::new();
    canonicalize_document(&document, &how, &mut octets).expect("a canonical form");
    String::from_utf8(octets).expect("UTF-8")
}

/// The document without its declaration, if that only names elements and plain attributes: an entity,
/// a default value, a normalized type or an external subset would change what the document means.
/// Names with colons are left as well, because the test suite is older than namespaces.
fn without_doctype(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(bytes).ok()?;
    let (before, rest) = text.split_once("<!DOCTYPE")?;
    let (declarations, after) = rest.split_once("]>").or_else(|| rest.split_once("]\r\n>"))?;
    const MEANING: [&str; 9] =
        ["<!ENTITY", "<!NOTATION", "SYSTEM", "PUBLIC", "NMTOKEN", " ID", "#FIXED", "%", "\""];
    let is_plain = !MEANING.iter().any(|word| declarations.contains(word))
        && !declarations.contains('\'')
        && !declarations.contains("(a");
    let has_colon = after.contains(':');
    (is_plain && !has_colon).then(|| format!("{before}{after}").into_bytes())
}
