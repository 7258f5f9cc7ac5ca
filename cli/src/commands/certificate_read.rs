//! `deskgate certificate read`.

use deskgate_core::crypto::{KeyRules, RustCrypto};
use deskgate_core::time::UnixTime;
use deskgate_core::x509;
use serde::Serialize;

use crate::certificate::CertificateFacts;
use crate::failure::{Failure, OrRefused as _};
use crate::input::{self, Input};
use crate::output::{Output, Report};
use crate::page::Page;

/// Say whose certificate it is, when it ends, and its fingerprints
///
/// Takes PEM, base64 without its BEGIN and END lines, and DER; several in one file; any line ends. For
/// anything else it says what the file is instead and how to get the certificate out of it.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Count the days from this time on, such as 2026-11-21T12:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = input::parse_time)]
    now: Option<UnixTime>,
    /// The file, or - for standard input
    #[arg(value_name = "FILE")]
    file: Input,
}

#[derive(Serialize)]
struct Certificates {
    verdict: &'static str,
    certificates: Vec<CertificateFacts>,
}

impl Report for Certificates {
    fn write(&self, page: &mut Page) {
        for (index, certificate) in self.certificates.iter().enumerate() {
            if index > 0 {
                page.blank();
            }
            page.heading(&certificate.subject);
            certificate.write(page);
        }
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let bytes = arguments.file.read()?;
    let now = arguments.now.unwrap_or_else(input::clock);
    let certificates = x509::Certificate::parse_all(&bytes, KeyRules::default())
        .or_refused_at(&arguments.file.name())?
        .iter()
        .map(|certificate| CertificateFacts::new(certificate, now, &RustCrypto::new()))
        .collect();
    output.show(&Certificates { verdict: "accepted", certificates });
    Ok(())
}
