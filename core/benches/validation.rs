//! Validation of an Entra-style response natively, as a whole and in its parts, beside the limit: the
//! digests and the one RSA verification that no implementation can avoid.
//!
//! `cargo bench -p deskgate-core`. CPU time of the thread, so that other programs on the machine count
//! little. Read the ratios to the limit of the same run, not the times.

#[expect(dead_code, reason = "the other programs use the rest")]
mod message;

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, criterion_group, criterion_main};
use deskgate_core::base64;
use deskgate_core::c14n::{Canonicalization, Comments, Method, canonicalize};
use deskgate_core::crypto::{Crypto, DigestAlgorithm, PublicKey, RustCrypto, SignatureAlgorithm};
use deskgate_core::dsig::{self, SignatureRules};
use deskgate_core::limits::XmlLimits;
use deskgate_core::saml::decode_post_value;
use deskgate_core::xml::{Document, Element};
use message::Message;
use message::remembered::Remembered;
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

/// What nobody can avoid.
struct Limit {
    signed_octets: Vec<u8>,
    signed_info: Vec<u8>,
    signature: Vec<u8>,
    key: PublicKey,
}

impl Limit {
    fn of(message: &Message) -> Self {
        let document = parse(message);
        let assertion = assertion(&document);
        let signature = child(assertion, "Signature");
        let value = child(signature, "SignatureValue").text().expect("a text").into_owned();
        Self {
            signed_octets: octets(assertion, Some(signature)),
            signed_info: octets(child(signature, "SignedInfo"), None),
            signature: base64::decode(&value).expect("base64"),
            key: message.keys[0].clone(),
        }
    }

    fn run(&self, crypto: &dyn Crypto) {
        let digest = crypto.digest(DigestAlgorithm::Sha256, &self.signed_octets);
        black_box(digest.as_bytes());
        let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
        crypto
            .verify(algorithm, &self.key, &self.signed_info, &self.signature)
            .expect("the signature is right");
    }
}

fn parse(message: &Message) -> Document<'_> {
    Document::parse(message.xml.as_bytes(), &XmlLimits::MESSAGE).expect("a document")
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
        let limit = Limit::of(&message);
        group.bench_function("limit", |bencher| bencher.iter(|| limit.run(&crypto)));
        group.bench_function("whole", |bencher| bencher.iter(|| message.validate(&crypto)));
        let remembered = Remembered::of(|crypto| message.validate(crypto));
        group.bench_function("whole without the provider", |bencher| {
            bencher.iter(|| message.validate(&remembered));
        });
        group.bench_function("base64", |bencher| {
            bencher
                .iter(|| decode_post_value(black_box(&message.post_value)).expect("base64").len());
        });
        group.bench_function("parse", |bencher| {
            bencher.iter(|| parse(black_box(&message)).root().local_name().len());
        });
        let document = parse(&message);
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
