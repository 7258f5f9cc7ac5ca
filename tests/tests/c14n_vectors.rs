//! Canonicalization against the vectors of libxml2, merlin (xmlsec), xml-crypto and goxmldsig.

use deskgate_core::c14n::{Canonicalization, Method, canonicalize, canonicalize_document};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, Element, ErrorKind};
use deskgate_tests::corpus::{Corpus, Row};

/// Why a vector cannot be run as it is, and which vectors these are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Exception {
    /// The vector was made by xml-crypto from the apex element alone, without the namespaces of its
    /// ancestors. Exclusive C14N, section 3, has a listed prefix that is in scope rendered at the apex,
    /// and libxml2 2.14 does so as well.
    ApexOnly,
    /// The document has a document type declaration, which the parser refuses.
    Doctype,
    /// The XPath expression selects something else than whole subtrees, of which alone there are
    /// canonical forms here.
    NodeSet,
    /// The document has a bare `&`.
    NotWellFormed,
    /// The document uses a relative namespace name, which the parser refuses; the vector is run with
    /// the name made absolute in the document and in the expected octets.
    RelativeNamespace,
}

const EXCEPTIONS: &[(Exception, &[&str])] = &[
    (Exception::ApexOnly, &["CN-0128", "CN-0170"]),
    (
        Exception::Doctype,
        &["CN-0001", "CN-0010", "CN-0044", "CN-0045", "CN-0047", "CN-0054", "CN-0071", "CN-0073"],
    ),
    (
        Exception::NodeSet,
        &[
            "CN-0011", "CN-0030", "CN-0031", "CN-0032", "CN-0033", "CN-0034", "CN-0035", "CN-0037",
            "CN-0038", "CN-0039", "CN-0040", "CN-0041", "CN-0042", "CN-0043", "CN-0062", "CN-0063",
            "CN-0064", "CN-0065", "CN-0066", "CN-0067", "CN-0068", "CN-0069", "CN-0076", "CN-0078",
            "CN-0080", "CN-0082", "CN-0085", "CN-0088", "CN-0089", "CN-0090", "CN-0091", "CN-0092",
            "CN-0095", "CN-0099",
        ],
    ),
    (Exception::NotWellFormed, &["CN-0158", "CN-0161"]),
    (
        Exception::RelativeNamespace,
        &[
            "CN-0103", "CN-0105", "CN-0107", "CN-0114", "CN-0116", "CN-0119", "CN-0123", "CN-0129",
            "CN-0132", "CN-0138", "CN-0140", "CN-0142", "CN-0144", "CN-0145", "CN-0146", "CN-0147",
            "CN-0152", "CN-0153", "CN-0154", "CN-0155", "CN-0164", "CN-0167", "CN-0176", "CN-0186",
        ],
    ),
];

#[derive(Default)]
struct Counts {
    as_written: usize,
    made_absolute: usize,
    refused: usize,
    node_set: usize,
    contradicted: usize,
}

#[test]
fn canonical_forms_are_those_of_other_implementations() {
    let Some(corpus) = Corpus::open("c14n_vectors") else { return };
    let mut counts = Counts::default();
    for row in corpus.rows("CN-") {
        let exception = EXCEPTIONS.iter().find(|(_, ids)| ids.contains(&&*row.id));
        check(&corpus, &row, exception.map(|exception| exception.0), &mut counts);
    }
    let Counts { as_written, made_absolute, refused, node_set, contradicted } = counts;
    println!(
        "C14N vectors: {as_written} agree, {made_absolute} agree with their namespace names made absolute, \
         {refused} are refused by the parser, {node_set} need a node-set, {contradicted} contradict the \
         specification"
    );
    let excepted: usize = EXCEPTIONS.iter().map(|(_, ids)| ids.len()).sum();
    let found = made_absolute + refused + node_set + contradicted;
    assert_eq!(found, excepted, "an exception is not in the corpus any more");
}

fn check(corpus: &Corpus, row: &Row, exception: Option<Exception>, counts: &mut Counts) {
    let text = String::from_utf8(corpus.read(&row.local)).expect("UTF-8");
    let expected = String::from_utf8(corpus.read(&row.expected)).expect("UTF-8");
    let refusal = Document::parse(text.as_bytes(), &XmlLimits::METADATA).err().map(|e| e.kind);
    let due = match exception {
        None | Some(Exception::NodeSet) => None,
        Some(Exception::ApexOnly | Exception::RelativeNamespace) => {
            Some(ErrorKind::RelativeNamespaceName)
        }
        Some(Exception::Doctype) => Some(ErrorKind::Doctype),
        Some(Exception::NotWellFormed) => Some(ErrorKind::UnknownEntity),
    };
    assert_eq!(refusal, due, "{} ({}) is refused otherwise than expected", row.id, row.local);
    let (absolute, absolute_expected) =
        (with_absolute_namespaces(&text), with_absolute_namespaces(&expected));
    let run = |text: &str| Vector::read(corpus, row, text).run(text);
    match exception {
        None => {
            assert_eq!(run(&text), Some(expected), "{} ({})", row.id, row.local);
            counts.as_written += 1;
        }
        Some(Exception::ApexOnly) => {
            let canonical = "<p:child xmlns:inclusive=\"relative:ns2\" xmlns:p=\"relative:ns\">\
                             <inclusive:inner>123</inclusive:inner></p:child>";
            assert_eq!(run(&absolute).as_deref(), Some(canonical), "{}", row.id);
            assert_ne!(canonical, absolute_expected, "{} is no exception any more", row.id);
            counts.contradicted += 1;
        }
        Some(Exception::Doctype | Exception::NotWellFormed) => counts.refused += 1,
        Some(Exception::NodeSet) => {
            assert_eq!(run(&text), None, "{} is no exception any more", row.id);
            counts.node_set += 1;
        }
        Some(Exception::RelativeNamespace) => {
            assert_eq!(run(&absolute), Some(absolute_expected), "{} ({})", row.id, row.local);
            counts.made_absolute += 1;
        }
    }
}

/// What a row says is to be done.
#[derive(Debug)]
struct Vector {
    method: String,
    prefix_list: Vec<String>,
    selection: Selection,
}

#[derive(Debug)]
enum Selection {
    Document,
    /// `//*[local-name(.)='x']`: the first.
    FirstNamed(String),
    /// `/a/b`.
    Path(String),
    /// The outermost elements with one of the names, without what has the other name.
    Subtrees {
        apexes: Vec<ExpandedName>,
        without: Option<ExpandedName>,
    },
    /// Any other expression over all nodes, attributes and namespaces.
    NodeSet,
}

#[derive(Debug)]
struct ExpandedName {
    namespace: String,
    local_name: String,
}

impl ExpandedName {
    /// From `ancestor-or-self::p:a`, with the prefixes in scope at the expression.
    fn parse(test: &str, xpath: Element<'_>) -> Option<Self> {
        let name = test.strip_prefix("ancestor-or-self::")?;
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, ':' | '-');
        let (prefix, local_name) = name.split_once(':').unwrap_or(("", name));
        // Without prefix, XPath means no namespace.
        let namespace = if prefix.is_empty() { "" } else { xpath.namespace_of_prefix(prefix)? };
        name.chars()
            .all(is_name)
            .then(|| Self { namespace: namespace.into(), local_name: local_name.into() })
    }

    fn is_of(&self, element: Element<'_>) -> bool {
        element.is(&self.namespace, &self.local_name)
    }
}

impl Selection {
    /// Understands `ancestor-or-self::a`, the same with ` and not(ancestor-or-self::b)`, and several
    /// with ` or `: those are whole subtrees.
    fn of_expression(xpath: Element<'_>, expression: &str) -> Self {
        let name = |test: &str| ExpandedName::parse(test, xpath);
        let (apexes, without) = match expression.split_once(" and not(") {
            Some((apex, rest)) => (vec![apex], rest.strip_suffix(')')),
            None => (expression.split(" or ").collect(), None),
        };
        let is_complete = without.is_some() || !expression.contains(" and ");
        match (apexes.into_iter().map(name).collect(), without.map(name)) {
            (Some(apexes), None) if is_complete => Self::Subtrees { apexes, without: None },
            (Some(apexes), Some(Some(without))) => {
                Self::Subtrees { apexes, without: Some(without) }
            }
            _ => Self::NodeSet,
        }
    }
}

impl Vector {
    fn read(corpus: &Corpus, row: &Row, text: &str) -> Self {
        let setting = |name: &str| row.settings.get(name).and_then(|value| value.as_str());
        if setting("algorithm").is_none() {
            return Self::of_merlin(row, text);
        }
        let file =
            |name| setting(name).map(|file| String::from_utf8(corpus.read(file)).expect("UTF-8"));
        let listed = row.settings.get("inclusive_prefixes").and_then(|list| list.as_array());
        let mut prefix_list: Vec<String> =
            listed.into_iter().flatten().filter_map(|p| p.as_str()).map(Into::into).collect();
        prefix_list.extend(
            file("ns_file").iter().flat_map(|list| list.split_whitespace()).map(Into::into),
        );
        let selection = match (file("xpath_file"), setting("apex_xpath")) {
            (Some(file), _) => selection_of(&file),
            (None, None) => Selection::Document,
            (None, Some(path)) => {
                let named =
                    path.strip_prefix("//*[local-name(.)='").and_then(|p| p.strip_suffix("']"));
                named.map_or_else(
                    || Selection::Path(path.into()),
                    |name| Selection::FirstNamed(name.into()),
                )
            }
        };
        Self { method: setting("algorithm").expect("an algorithm").into(), prefix_list, selection }
    }

    /// merlin's vectors are one signature whose references, one for each file `c14n-<number>.txt`, have
    /// an XPath transform and sometimes a canonicalization. The number is in the name of the file; the
    /// manifest has the same one for all.
    fn of_merlin(row: &Row, text: &str) -> Self {
        let number =
            row.expected.rsplit_once("c14n-").and_then(|(_, end)| end.strip_suffix(".txt"));
        let number: usize = number.and_then(|number| number.parse().ok()).expect("a number");
        let document = Document::parse(text.as_bytes(), &XmlLimits::METADATA).expect("well-formed");
        let named = |name: &'static str| move |element: &Element<'_>| element.local_name() == name;
        let reference =
            document.elements().filter(named("Reference")).nth(number).expect("a reference");
        let transforms = reference.child_elements().find(named("Transforms")).expect("transforms");
        let transforms: Vec<_> = transforms.child_elements().collect();
        let xpath = transforms[0].child_elements().next().expect("an expression");
        let method = transforms.get(1).and_then(|transform| transform.attribute("Algorithm"));
        let list = transforms.get(1).and_then(|transform| transform.child_elements().next());
        let list = list.and_then(|list| list.attribute("PrefixList")).unwrap_or_default();
        Self {
            // XML-DSig, section 4.4.3.2: a node-set that is to be digested is canonicalized like this.
            method: method.unwrap_or("http://www.w3.org/TR/2001/REC-xml-c14n-20010315").into(),
            prefix_list: list.split_whitespace().map(Into::into).collect(),
            selection: Selection::of_expression(xpath, &in_one_line(xpath)),
        }
    }

    /// The canonical form; none if the selection is not made of whole subtrees.
    fn run(&self, text: &str) -> Option<String> {
        let document = Document::parse(text.as_bytes(), &XmlLimits::METADATA)
            .unwrap_or_else(|error| panic!("{self:?}: {error}"));
        let (method, comments) = Method::from_uri(&self.method).expect("a known method");
        let prefix_list = self.prefix_list.iter().map(String::as_str).collect();
        let how = Canonicalization { method, comments, prefix_list };
        let mut octets = Vec::new();
        let subtrees = match &self.selection {
            Selection::Document => {
                canonicalize_document(&document, &how, &mut octets).expect("a canonical form");
                Vec::new()
            }
            Selection::FirstNamed(name) => {
                Vec::from([(document.elements().find(|e| e.local_name() == name)?, None)])
            }
            Selection::Path(path) => Vec::from([(at_path(&document, path)?, None)]),
            Selection::Subtrees { apexes, without } => {
                subtrees(&document, apexes, without.as_ref())
            }
            Selection::NodeSet => return None,
        };
        for (apex, without) in subtrees {
            canonicalize(apex, &how, without, &mut octets).expect("a canonical form");
        }
        Some(String::from_utf8(octets).expect("UTF-8"))
    }
}

fn at_path<'doc>(document: &'doc Document<'_>, path: &str) -> Option<Element<'doc>> {
    if path == "//*" {
        return Some(document.root());
    }
    let mut steps = path.strip_prefix('/')?.split('/');
    let root = Some(document.root()).filter(|root| Some(root.local_name()) == steps.next());
    steps.try_fold(root?, |element, step| element.child_elements().find(|e| e.local_name() == step))
}

/// The selection of an XPath file: a predicate over all nodes.
fn selection_of(file: &str) -> Selection {
    let document = Document::parse(file.as_bytes(), &XmlLimits::METADATA).expect("well-formed");
    let text = in_one_line(document.root());
    let predicate = text.strip_prefix("(//. | //@* | //namespace::*)").expect("all nodes");
    let predicate = predicate.trim().strip_prefix('[').and_then(|p| p.strip_suffix(']'));
    Selection::of_expression(document.root(), predicate.expect("a predicate").trim())
}

fn in_one_line(xpath: Element<'_>) -> String {
    let text = xpath.text().expect("an expression");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The outermost elements of these names, each with what is left out of it.
fn subtrees<'doc>(
    document: &'doc Document<'_>,
    apexes: &[ExpandedName],
    without: Option<&ExpandedName>,
) -> Vec<(Element<'doc>, Option<Element<'doc>>)> {
    let is_selected = |element: Element<'_>| apexes.iter().any(|name| name.is_of(element));
    let is_outermost = |element: &Element<'doc>| {
        let mut outer = std::iter::successors(element.parent(), |e| e.parent());
        is_selected(*element) && !outer.any(is_selected)
    };
    let without = without.and_then(|name| document.elements().find(|element| name.is_of(*element)));
    document.elements().filter(is_outermost).map(|apex| (apex, without)).collect()
}

/// Puts a scheme in front of every relative namespace name. The order of attributes by namespace name
/// stays, because the vectors concerned have only relative ones.
fn with_absolute_namespaces(text: &str) -> String {
    let mut absolute = String::new();
    for (index, piece) in text.split_inclusive(['"', '\'']).enumerate() {
        if index > 0 && absolute.ends_with("=\"") | absolute.ends_with("='") {
            let name = absolute.rsplit([' ', '<']).next().unwrap_or_default();
            let is_declaration = name.starts_with("xmlns=") || name.starts_with("xmlns:");
            if is_declaration && piece.len() > 1 && !piece.contains(':') {
                absolute.push_str("relative:");
            }
        }
        absolute.push_str(piece);
    }
    absolute
}
