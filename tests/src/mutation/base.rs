//! The responses that mutants are made from: every one that is accepted here.

use std::time::Duration;

use deskgate_core::c14n::Method;
use deskgate_core::crypto::{
    Crypto as _, DigestAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm,
};
use deskgate_core::saml::{Error, RequiredSignature, VerifiedAssertion, verify_response};
use deskgate_core::time::UnixTime;
use deskgate_core::xml::names;
use serde_json::Value;

use super::forge::{self, HowSigned};
use super::infoset;
use super::markup::Markup;
use crate::corpus::Corpus;
use crate::issuer::{self, Issuer, Response, Signed};
use crate::saml_rows::{CRYPTO, Demands, Expected, Row, read_manifest};
use crate::vectors;

/// A response that is accepted, and what it is accepted by.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) name: String,
    pub(super) text: String,
    /// What its EncryptedAssertion holds, where we can encrypt it again.
    pub(super) plaintext: Option<String>,
    pub(super) demands: Demands,
    /// What every accepted mutant must be.
    pub(super) verified: VerifiedAssertion<'static>,
    /// What its message and its plaintext say, and their signed elements and the donor's.
    pub(super) says: Said,
    /// The attacker's own response from the same identity provider, to the same request.
    pub(super) donor: Donor,
    /// What the same identity provider said on other occasions: to another service, to another request,
    /// at another time. None of it is to be accepted here.
    pub(super) others: Vec<Other>,
    /// Of the mutants by chance.
    pub(super) weight: usize,
    /// Whether it gets every instance of every operator.
    pub(super) is_systematic: bool,
}

/// What the attacker brings along.
#[derive(Clone, Debug)]
pub(super) struct Donor {
    pub(super) text: String,
    pub(super) plaintext: Option<String>,
    /// Whom it signs in, if anybody.
    pub(super) verified: Option<VerifiedAssertion<'static>>,
}

/// What a base says, however it is written.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) message: Option<String>,
    pub(super) plaintext: Option<String>,
    pub(super) signed: Vec<(String, String)>,
}

impl Base {
    pub(super) fn verify(&self, xml: &[u8]) -> Result<VerifiedAssertion<'static>, Error> {
        verify_response(xml, &self.demands.expected(), self.demands.now, &CRYPTO)
            .map(VerifiedAssertion::into_owned)
    }
}

const NOW: &str = "2026-11-21T12:00:00Z";
const AUDIENCE: &str = "https://help.contoso.com/deskgate/metadata";
const ACS_URL: &str = "https://help.contoso.com/deskgate/acs";
const REQUEST: &str = "_a1b2c3d4e5f60718293a4b5c6d7e8f90";
const VICTIM: &str = "B.Simon@contoso.com";
const ATTACKER: &str = "M.Allory@contoso.com";

/// The stored ones, those made here, and those of the corpus where it is.
pub(super) fn all() -> Vec<Base> {
    let mut bases = made();
    bases.extend(stored());
    if let Some(corpus) = Corpus::open("mutation") {
        let path = corpus.path("");
        let rows = read_manifest(&path);
        bases.extend(rows.iter().filter_map(|row| of_row(row, &path)));
    }
    bases
}

/// What a made response looks like.
#[derive(Clone, Copy)]
struct Shape<'a> {
    name: &'a str,
    signed: Signed,
    how: HowSigned<'a>,
    encrypted: Encrypted,
    comments: bool,
    groups: usize,
    required: RequiredSignature,
    solicited: bool,
    weight: usize,
    is_systematic: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encrypted {
    Assertion,
    Nothing,
    NameId,
}

fn made() -> Vec<Base> {
    let ed25519 = PrivateKey::ed25519_from_seed(&[0x11; 32]).expect("a seed");
    let keys: Vec<PrivateKey> = ["ec-p256", "ec-p384", "ec-p521", "rsa-2048"]
        .map(vectors::private_key)
        .into_iter()
        .collect();
    let how = HowSigned {
        key: &ed25519,
        algorithm: SignatureAlgorithm::Ed25519,
        digest: DigestAlgorithm::Sha256,
        canonicalization: Method::Exclusive10,
        prefix_list: "",
        prefix: "ds:",
        is_pretty: false,
    };
    let small = Shape {
        name: "assertion signed",
        signed: Signed::Assertion,
        how,
        encrypted: Encrypted::Nothing,
        comments: false,
        groups: 2,
        required: RequiredSignature::Either,
        solicited: true,
        weight: 40,
        is_systematic: true,
    };
    let sealed =
        Shape { encrypted: Encrypted::Assertion, weight: 6, is_systematic: false, ..small };
    let other = Shape { weight: 20, is_systematic: false, ..small };
    let both = Signed::Both;
    let mut shapes = vec![
        small,
        Shape { name: "response signed", signed: Signed::Response, ..small },
        Shape { name: "both signed", signed: both, ..small },
        Shape { name: "both required", signed: both, required: RequiredSignature::Both, ..other },
        Shape { name: "unsolicited", solicited: false, ..other },
        Shape { name: "comments", comments: true, ..other },
        Shape { name: "150 groups", groups: 150, weight: 3, ..other },
        Shape { name: "default prefix", how: HowSigned { prefix: "", ..how }, ..other },
        Shape { name: "on lines", how: HowSigned { is_pretty: true, ..how }, ..other },
        Shape { name: "encrypted, signed inside", ..sealed },
        Shape { name: "encrypted, signed outside", signed: Signed::Response, ..sealed },
        Shape { name: "encrypted, signed both", signed: both, ..sealed },
        Shape { name: "encrypted name", encrypted: Encrypted::NameId, ..sealed },
    ];
    for list in ["xs", "samlp #default", "absent"] {
        shapes.push(Shape {
            name: "PrefixList",
            how: HowSigned { prefix_list: list, ..how },
            ..other
        });
    }
    for canonicalization in [Method::Inclusive10, Method::Inclusive11] {
        let how = HowSigned { canonicalization, ..how };
        shapes.push(Shape { name: "inclusive", how, ..other });
        shapes.push(Shape { name: "inclusive", how, signed: both, ..other });
    }
    for digest in DigestAlgorithm::ALL {
        shapes.push(Shape { name: "digest", how: HowSigned { digest, ..how }, ..other });
    }
    for key in &keys {
        for algorithm in SignatureAlgorithm::ALL {
            // A curve that is too long for the hash is not signed with.
            if CRYPTO.sign(algorithm, key, b"").is_ok() {
                let how = HowSigned { key, algorithm, ..how };
                shapes.push(Shape { name: "algorithm", how, weight: 2, ..other });
            }
        }
    }
    shapes.iter().map(make).collect()
}

fn make(shape: &Shape<'_>) -> Base {
    let [victim, attacker] = [VICTIM, ATTACKER].map(|person| response(shape, person, |_| ()));
    // What an unsigned Response says may be taken away: then the attacker signs in, as they may.
    let counts = |part: &str| part == "Assertion" || shape.signed != Signed::Assertion;
    let others = OCCASIONS
        .iter()
        .filter(|&&(part, _)| counts(part))
        .map(|&(part, occasion)| Other { text: response(shape, ATTACKER, occasion).0, part });
    let others = others.collect();
    let demands = Demands {
        keys: vec![shape.how.key.public_key().clone()],
        idp_entity_id: "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/".to_owned(),
        audience: AUDIENCE.to_owned(),
        acs_url: ACS_URL.to_owned(),
        request_id: shape.solicited.then(|| REQUEST.to_owned()),
        now: UnixTime::parse(NOW).expect("a time"),
        clock_skew: Duration::from_secs(180),
        allow_sha1: shape.how.digest == DigestAlgorithm::Sha1 || shape.how.algorithm.uses_sha1(),
        required_signature: shape.required,
        decryption_keys: match shape.encrypted {
            Encrypted::Nothing => Vec::new(),
            _ => vec![forge::decryption_key()],
        },
        dated_certificates: Vec::new(),
        encrypted: shape.encrypted == Encrypted::Assertion && shape.signed == Signed::Both,
        max_age: None,
    };
    let name = format!("{} ({:?})", shape.name, shape.how.algorithm);
    let base = accepted(name, victim, demands, Some(attacker));
    Base { others, weight: shape.weight, is_systematic: shape.is_systematic, ..base }
}

/// A response of another occasion, and the part of it that must not be accepted.
#[derive(Clone, Debug)]
pub(super) struct Other {
    pub(super) text: String,
    pub(super) part: &'static str,
}

/// Makes a response another one, before it is signed.
type Occasion = fn(&mut Response);

/// What makes a response one for somebody else, or for another moment, and which part says so.
const OCCASIONS: &[(&str, Occasion)] = &[
    ("Assertion", |response| response.audience = "https://other.example/metadata".to_owned()),
    ("Assertion", |response| response.recipient = "https://other.example/acs".to_owned()),
    ("Assertion", |response| response.in_response_to = Some("_another-request".to_owned())),
    ("Assertion", |response| response.issuer = "https://other.example/".to_owned()),
    ("Assertion", |response| response.not_on_or_after = an_hour_before(NOW)),
    ("Assertion", |response| response.confirmation_not_on_or_after = an_hour_before(NOW)),
    ("Assertion", |response| response.not_before = response.not_on_or_after),
    ("Assertion", |response| response.session_not_on_or_after = Some(an_hour_before(NOW))),
    ("Response", |response| response.destination = "https://other.example/acs".to_owned()),
    ("Response", |response| response.response_issuer = "https://other.example/".to_owned()),
    ("Response", |response| {
        response.status = "urn:oasis:names:tc:SAML:2.0:status:Requester".to_owned();
    }),
];

fn an_hour_before(now: &str) -> UnixTime {
    UnixTime::parse(now).expect("a time").saturating_sub(Duration::from_secs(3600))
}

/// A response as text, and the plaintext of its assertion where it is encrypted.
type Message = (String, Option<String>);

fn response(shape: &Shape<'_>, person: &str, occasion: impl Fn(&mut Response)) -> Message {
    let now = UnixTime::parse(NOW).expect("a time");
    let mut response = Issuer::with_key("rsa-2048").respond(now, AUDIENCE, ACS_URL);
    let who = if person == VICTIM { "victim" } else { "attacker" };
    response.response_id = format!("_response-{who}");
    response.assertion_id = format!("_assertion-{who}");
    response.in_response_to = shape.solicited.then(|| REQUEST.to_owned());
    response.name_id = person.to_owned();
    let groups = (0..shape.groups).map(|n| format!("{who}-{n}")).collect();
    response.attributes = vec![
        ("groups".to_owned(), groups),
        (format!("{}/emailaddress", issuer::CLAIMS), vec![person.to_owned()]),
    ];
    let usual = format!("{response:?}");
    occasion(&mut response);
    if usual != format!("{response:?}") {
        response.assertion_id = "_assertion-other".to_owned();
    }
    let mut xml = response.to_xml();
    if shape.comments {
        xml = xml
            .replace("@contoso.com", "<!-- c -->@contoso<!---->.com")
            .replace("<Subject>", "<!-- c --><Subject>");
    }
    if shape.how.is_pretty {
        let value = format!(
            "<AttributeValue xmlns:xs=\"{}\" xmlns:xsi=\"{}\" xsi:type=\"xs:string\">",
            names::XS,
            names::XSI
        );
        let message = "<samlp:StatusMessage>Success</samlp:StatusMessage></samlp:Status>";
        xml = xml
            .replace("<AttributeValue>", &value)
            .replace("</samlp:Status>", message)
            .replace("><", ">\n<");
    }
    if shape.encrypted == Encrypted::NameId {
        let markup = Markup::scan(&xml).expect("a document");
        let name_id = markup.all("NameID")[0];
        let sealed = forge::encrypted("EncryptedID", &forge::seal(&markup.carried(name_id)));
        xml.replace_range(markup.elements[name_id].range.clone(), &sealed);
    }
    if matches!(shape.signed, Signed::Assertion | Signed::Both) {
        xml = forge::sign(&xml, &response.assertion_id, &shape.how);
    }
    let mut plaintext = None;
    if shape.encrypted == Encrypted::Assertion {
        let markup = Markup::scan(&xml).expect("a document");
        let assertion = markup.all("Assertion")[0];
        let text = markup.carried(assertion);
        let sealed = forge::encrypted("EncryptedAssertion", &forge::seal(&text));
        xml.replace_range(markup.elements[assertion].range.clone(), &sealed);
        plaintext = Some(text);
    }
    if matches!(shape.signed, Signed::Response | Signed::Both) {
        xml = forge::sign(&xml, &response.response_id, &shape.how);
    }
    (xml, plaintext)
}

/// # Panics
/// When it is refused: then it is no base.
fn accepted(
    name: String,
    (text, plaintext): Message,
    demands: Demands,
    donor: Option<Message>,
) -> Base {
    let verify = |text: &str| {
        verify_response(text.as_bytes(), &demands.expected(), demands.now, &CRYPTO)
            .map(VerifiedAssertion::into_owned)
    };
    let verified = verify(&text).unwrap_or_else(|error| panic!("{name} is refused: {error}"));
    let (donor_text, donor_plaintext) = donor.unwrap_or_else(|| (text.clone(), plaintext.clone()));
    let donor =
        Donor { verified: verify(&donor_text).ok(), text: donor_text, plaintext: donor_plaintext };
    let texts = [Some(&text), plaintext.as_ref(), Some(&donor.text), donor.plaintext.as_ref()];
    let markups = texts.map(|text| text.and_then(|text| Markup::scan(text)));
    let [message, sealed, ..] = markups
        .each_ref()
        .map(|markup| markup.as_ref().map(|markup| infoset::infoset(markup, 0, None)));
    let signed = markups.iter().flatten().flat_map(infoset::signed).collect();
    let says = Said { message, plaintext: sealed, signed };
    Base {
        name,
        text,
        plaintext,
        demands,
        verified,
        says,
        donor,
        others: Vec::new(),
        weight: 4,
        is_systematic: false,
    }
}

/// The accepted responses of `tests/vectors/responses`.
fn stored() -> Vec<Base> {
    let index: Value = serde_json::from_str(&vectors::text("responses/index.json")).expect("JSON");
    let lines = index["responses"].as_array().expect("an array");
    let accepted_lines = lines.iter().filter(|line| line["expected"] == "ok");
    accepted_lines.map(|line| of_line(line, &index["common"])).collect()
}

fn of_line(line: &Value, common: &Value) -> Base {
    let text = |name: &str| {
        let own = line[name].as_str().or_else(|| common[name].as_str());
        own.expect("a text").to_owned()
    };
    let xml = vectors::text(&format!("responses/{}.xml", text("name")));
    let key: PublicKey = vectors::public_key(&text("certificate"));
    let demands = Demands {
        keys: vec![key],
        idp_entity_id: text("idp_entity_id"),
        audience: text("audience"),
        acs_url: text("acs_url"),
        request_id: line["in_response_to"].as_str().map(str::to_owned),
        now: UnixTime::parse(&text("now")).expect("a time"),
        clock_skew: Duration::from_secs(180),
        allow_sha1: line["allow_sha1"] == true,
        required_signature: RequiredSignature::Either,
        decryption_keys: Vec::new(),
        dated_certificates: Vec::new(),
        encrypted: false,
        max_age: None,
    };
    let weight = if xml.len() > 20_000 { 1 } else { 4 };
    let base = accepted(format!("stored {}", text("name")), (xml, None), demands, None);
    Base { weight, ..base }
}

/// An accepted row of the corpus; one that must be refused is no base, whatever happens to it.
fn of_row(row: &Row, corpus: &std::path::Path) -> Option<Base> {
    if row.expected == Expected::Reject {
        return None;
    }
    let message = row.message(corpus).ok()?;
    let demands = row.demands(&message, corpus);
    let text = String::from_utf8(message).ok()?;
    verify_response(text.as_bytes(), &demands.expected(), demands.now, &CRYPTO).ok()?;
    Some(accepted(row.id.clone(), (text, None), demands, None))
}
