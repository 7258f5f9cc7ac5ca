//! Validation of an Entra-style response natively, as a whole and in its parts, beside the limit: the
//! digests and the one RSA verification that no implementation can avoid.
//!
//! `cargo bench -p deskgate-core`. CPU time of the thread, so that other programs on the machine count
//! little. Read the ratios to the limit of the same run, not the times.

use std::fs;
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, criterion_group, criterion_main};
use deskgate_core::base64;
use deskgate_core::c14n::{Canonicalization, Comments, Method, canonicalize};
use deskgate_core::crypto::{
    Crypto, DigestAlgorithm, KeyRules, PublicKey, RustCrypto, SignatureAlgorithm,
};
use deskgate_core::dsig::{self, SignatureRules};
use deskgate_core::limits::XmlLimits;
use deskgate_core::saml::{
    ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation, decode_post_value,
    verify_response,
};
use deskgate_core::time::UnixTime;
use deskgate_core::x509::Certificate;
use deskgate_core::xenc::EncryptionRules;
use deskgate_core::xml::{Document, Element};
use rustix::time::{ClockId, clock_gettime};

/// CPU time of the calling thread.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        let part = |number: i64| u64::try_from(number).unwrap_or_default();
        Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
    }

    fn end(&self, start: Duration) -> Duration {
        self.start() - start
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// 2026-11-21T12:00:00Z, when the stored responses were made.
const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");

/// A stored response and what its validation consists of.
struct Message {
    xml: String,
    post_value: String,
    keys: [PublicKey; 1],
    signed_octets: Vec<u8>,
    signed_info: Vec<u8>,
    signature: Vec<u8>,
}

impl Message {
    fn read(name: &str) -> Self {
        let xml = fs::read_to_string(format!("{VECTORS}/responses/{name}.xml")).expect("a vector");
        let certificate = fs::read(format!("{VECTORS}/keys/rsa-2048.crt")).expect("a certificate");
        let certificates = Certificate::parse_all(&certificate, KeyRules::default());
        let keys = [certificates.expect("a certificate").remove(0).public_key().clone()];
        let document = Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE).expect("a document");
        let assertion = assertion(&document);
        let signature = child(assertion, "Signature");
        let value = child(signature, "SignatureValue").text().expect("a text").into_owned();
        let (signed_octets, signed_info) =
            (octets(assertion, Some(signature)), octets(child(signature, "SignedInfo"), None));
        let (post_value, signature) =
            (base64::encode(xml.as_bytes()), base64::decode(&value).expect("base64"));
        Self { xml, post_value, keys, signed_octets, signed_info, signature }
    }

    fn validate(&self, crypto: &dyn Crypto) -> usize {
        let expected = ExpectedResponse {
            idp_entity_id: "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/",
            keys: &self.keys,
            audience: "https://help.contoso.com/deskgate/metadata",
            acs_url: "https://help.contoso.com/deskgate/acs",
            solicitation: Solicitation::InResponseTo("_a1b2c3d4e5f60718293a4b5c6d7e8f90"),
            clock_skew: Duration::from_secs(180),
            signature_rules: SignatureRules::default(),
            required_signature: RequiredSignature::Either,
            decryption_keys: &[],
            encryption_rules: EncryptionRules::default(),
            further: FurtherDemands::default(),
        };
        let xml = decode_post_value(&self.post_value).expect("base64");
        let verified = verify_response(&xml, &expected, NOW, crypto).expect("a right response");
        verified.identity.attributes.len()
    }

    fn limit(&self, crypto: &dyn Crypto) {
        let digest = crypto.digest(DigestAlgorithm::Sha256, &self.signed_octets);
        black_box(digest.as_bytes());
        let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
        crypto
            .verify(algorithm, &self.keys[0], &self.signed_info, &self.signature)
            .expect("the signature is right");
    }
}

fn assertion<'doc>(document: &'doc Document<'_>) -> Element<'doc> {
    child(document.root(), "Assertion")
}

fn child<'doc>(parent: Element<'doc>, local_name: &str) -> Element<'doc> {
    parent.child_elements().find(|element| element.local_name() == local_name).expect("the element")
}

fn octets(apex: Element<'_>, without: Option<Element<'_>>) -> Vec<u8> {
    let how = Canonicalization {
        method: Method::Exclusive10,
        comments: Comments::Omit,
        prefix_list: Vec::new(),
    };
    let mut octets = Vec::new();
    canonicalize(apex, &how, without, &mut octets).expect("canonical octets");
    octets
}

fn validation(criterion: &mut Criterion<CpuTime>) {
    let crypto = RustCrypto::new();
    for (size, name) in [("7 KB", "entra-assertion-signed"), ("50 KB", "entra-large")] {
        let message = Message::read(name);
        let mut group = criterion.benchmark_group(size);
        group.sample_size(50).measurement_time(Duration::from_secs(3));
        group.bench_function("limit", |bencher| bencher.iter(|| message.limit(&crypto)));
        group.bench_function("whole", |bencher| bencher.iter(|| message.validate(&crypto)));
        group.bench_function("base64", |bencher| {
            bencher
                .iter(|| decode_post_value(black_box(&message.post_value)).expect("base64").len());
        });
        group.bench_function("parse", |bencher| {
            bencher.iter(|| {
                let xml = black_box(message.xml.as_bytes());
                Document::parse(xml, &XmlLimits::MESSAGE)
                    .expect("a document")
                    .root()
                    .local_name()
                    .len()
            });
        });
        let document =
            Document::parse(message.xml.as_bytes(), &XmlLimits::MESSAGE).expect("a document");
        let assertion = assertion(&document);
        let signature = child(assertion, "Signature");
        group.bench_function("c14n", |bencher| {
            bencher.iter(|| octets(black_box(assertion), Some(signature)).len());
        });
        group.bench_function("dsig", |bencher| {
            let rules = SignatureRules::default();
            bencher.iter(|| {
                dsig::verify(black_box(assertion), &message.keys, &rules, &crypto).is_ok()
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = validation
}
criterion_main!(benches);
