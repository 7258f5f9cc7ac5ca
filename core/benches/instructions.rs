//! One run of one case, for callgrind to count: `cargo xtask instructions` does that for all.
//!
//! Instructions do not depend on what else the machine does. The work of the crypto provider is left
//! out: it belongs to other crates, and a change of ours would drown in it.

mod message;

use std::env;
use std::hint::black_box;

use deskgate_core::c14n::{Canonicalization, Comments, Method, canonicalize};
use deskgate_core::crypto::{Crypto, DigestAlgorithm, PrivateKey, RustCrypto};
use deskgate_core::jose::{JwkSet, SigningKey};
use deskgate_core::limits::XmlLimits;
use deskgate_core::session::{
    AttributeNames, NewSession, OriginRequest, OriginTokenMint, Session, mint_session,
    verify_session,
};
use deskgate_core::xml::Document;
use message::remembered::Remembered;
use message::{Message, NOW, claimed_digest, made};

const DESK_URL: &str = "https://help.contoso.com";

/// Something that is counted.
struct Case {
    name: String,
    /// Of the document, where there is one.
    bytes: usize,
    run: Box<dyn Fn()>,
}

fn cases() -> Vec<Case> {
    let messages = [
        ("response 7 KB", Message::read("entra-assertion-signed")),
        ("response 50 KB", Message::read("entra-large")),
        ("response encrypted", Message::read("entra-assertion-signed").encrypted()),
        ("response signed twice", Message::read("entra-both-signed")),
    ];
    let mut cases: Vec<Case> = messages
        .map(|(name, message)| {
            case(name, message.xml.len(), move || count(|crypto| message.validate(crypto)))
        })
        .into();
    cases.push(case("session verify", 0, session_verify));
    cases.push(case("origin token mint", 0, origin_token_mint));
    // Of a straight line three points are enough.
    for kilobytes in [16, 128, 380] {
        let message = made::grown(kilobytes * 1024);
        let name = format!("growth {kilobytes} KB");
        cases.push(case(&name, message.xml.len(), move || growth(&message)));
    }
    for (name, document) in made::WORST {
        let document = document();
        let name = format!("worst {name}");
        cases.push(case(&name, document.len(), move || parse_and_canonicalize(&document)));
    }
    cases
}

fn case(name: &str, bytes: usize, run: impl Fn() + 'static) -> Case {
    Case { name: name.replace(' ', "-"), bytes, run: Box::new(run) }
}

/// Lists the cases, or runs the one that is named.
fn main() {
    let argument = env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    for case in cases() {
        match &argument {
            None => println!("case {} {}", case.name, case.bytes),
            Some(wanted) if *wanted == case.name => (case.run)(),
            Some(_) => {}
        }
    }
}

/// What callgrind counts. It knows this function by its name.
#[inline(never)]
fn instructions_counted(work: impl Fn(&dyn Crypto), crypto: &dyn Crypto) {
    work(crypto);
}

fn count(work: impl Fn(&dyn Crypto)) {
    let crypto = Remembered::of(&work);
    // Once more uncounted: what is looked up at the first use belongs to no run.
    work(&crypto);
    instructions_counted(work, &crypto);
}

/// All but the digest and the signature, which no longer fit.
fn growth(message: &Message) {
    let crypto = Remembered::granting(&claimed_digest(&message.xml));
    let work = |crypto: &dyn Crypto| message.validate(crypto);
    work(&crypto);
    instructions_counted(work, &crypto);
}

fn parse_and_canonicalize(xml: &str) {
    let method = Method::Exclusive10;
    let how = Canonicalization { method, comments: Comments::Omit, prefix_list: Vec::new() };
    count(|crypto| {
        let document = Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE).expect("a document");
        let mut hasher = crypto.hasher(DigestAlgorithm::Sha256);
        // Some have a canonical form that is too long, which is noticed in time.
        let _ = canonicalize(document.root(), &how, None, &mut hasher);
        hasher.finish();
    });
}

fn session() -> (Session, SigningKey) {
    let crypto = RustCrypto::new();
    let message = Message::read("entra-assertion-signed");
    let verified = message.verify(message.xml.as_bytes(), &crypto);
    let session = NewSession {
        identity: &verified.identity,
        attribute_names: &AttributeNames::default(),
        connection: "contoso",
        email_domains: &[],
        authenticated_at: Some(verified.authn_instant),
        authn_context: verified.authn_context_class.as_deref(),
        session_not_on_or_after: None,
        lifetime: core::time::Duration::from_secs(36_000),
        entropy: [5; 16],
    };
    let session = Session::begin(&session, NOW, &crypto).expect("a session");
    let key = PrivateKey::ed25519_from_seed(&[7; 32]).expect("a key");
    (session, SigningKey::from_private(key, &crypto).expect("a key"))
}

fn session_verify() {
    let (session, key) = session();
    let token = mint_session(&session, DESK_URL, &key, &RustCrypto::new()).expect("a token");
    let keys = JwkSet::new(vec![key.verification_key()]).expect("one key");
    count(|crypto| {
        black_box(verify_session(&token, &keys, DESK_URL, NOW, crypto).expect("a session"));
    });
}

/// As the gate does it for every request of a session.
fn origin_token_mint() {
    let (session, key) = session();
    let mint = OriginTokenMint::new(&session, DESK_URL, "https://origin.contoso.com", &key);
    let request = OriginRequest { method: "GET", path_and_query: "/tickets/4711?view=all" };
    count(|crypto| {
        black_box(mint.mint(request, [9; 16], NOW, &key, crypto).expect("a token"));
    });
}
