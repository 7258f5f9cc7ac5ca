//! `deskgate xml verify`.

use std::path::PathBuf;

use deskgate_core::crypto::{KeyRules, RustCrypto};
use deskgate_core::diagnostic::Excerpt;
use deskgate_core::dsig::{self, SignatureRules, SignedElement};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::Document;
use serde::Serialize;

use crate::failure::{Failure, OrRefused as _, Reason};
use crate::input::Input;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::trust;

/// Verify every signature of a document and say which elements they cover
///
/// This is the SAML profile of XML signatures: enveloped, over the element that contains them. Keys
/// inside the document are never trusted. Nothing but signatures is checked; for responses see
/// `deskgate saml verify`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A certificate whose key is trusted; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    certificate: Vec<PathBuf>,
    /// Accept SHA-1, which does not protect any more
    #[arg(long)]
    allow_sha1: bool,
    /// The document, or - for standard input
    #[arg(value_name = "FILE")]
    file: Input,
}

#[derive(Serialize)]
struct Signed {
    verdict: &'static str,
    signed: Vec<SignedFacts>,
    is_root_signed: bool,
}

#[derive(Serialize)]
struct SignedFacts {
    element: String,
    id: Option<String>,
    line: usize,
    algorithm: &'static str,
    certificate: usize,
}

impl Report for Signed {
    fn write(&self, page: &mut Page) {
        page.accepted("every signature verifies");
        for signed in &self.signed {
            let id = Excerpt::new(signed.id.as_deref().unwrap_or_default());
            page.row(&signed.element, format_args!("{id}, line {}", signed.line));
            page.row("", signed.algorithm);
        }
        if !self.is_root_signed {
            page.warning("the document as a whole is not signed: trust only what is listed here");
        }
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let keys = trust::certificate_keys(&arguments.certificate, KeyRules::default())?;
    let bytes = arguments.file.read()?;
    let document =
        Document::parse(&bytes, &XmlLimits::METADATA).or_refused_at(&arguments.file.name())?;
    dsig::check_ids(&document).or_refused()?;
    let rules = SignatureRules { allow_sha1: arguments.allow_sha1 };
    let mut signed = Vec::new();
    for signature in dsig::signatures(&document) {
        let Some(element) = signature.parent() else { return Err(detached()) };
        signed.push(dsig::verify(element, &keys, &rules, &RustCrypto::new()).or_refused()?);
    }
    if signed.is_empty() {
        return Err(unsigned());
    }
    output.show(&Signed {
        verdict: "accepted",
        is_root_signed: signed.iter().any(|signed| signed.element() == document.root()),
        signed: signed.iter().map(facts).collect(),
    });
    Ok(())
}

fn facts(signed: &SignedElement<'_>) -> SignedFacts {
    let element = signed.element();
    SignedFacts {
        element: element.local_name().into(),
        id: element.attribute("ID").map(String::from),
        line: element.position().line,
        algorithm: signed.algorithm().xml_uri(),
        certificate: signed.key_index(),
    }
}

fn unsigned() -> Failure {
    Reason::new(
        "cli.no_signature",
        "the document has no signature",
        "Check that this is the message as it was received, and that the sender signs it.",
    )
    .expected("a ds:Signature element")
    .refused()
}

fn detached() -> Failure {
    Reason::new(
        "cli.detached_signature",
        "the document is a signature without the element that it covers",
        "Give the document that contains the signature.",
    )
    .expected("a signature inside the element that it covers")
    .refused()
}
