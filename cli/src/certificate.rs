//! What people want to know of a certificate.

use deskgate_core::crypto::{Crypto, EcCurve, KeyKind};
use deskgate_core::time::UnixTime;
use deskgate_core::x509::Certificate;
use serde::Serialize;

use crate::page::Page;

/// Entra mails its first reminder 60 days before the end; so do we warn.
const WARNING_DAYS: u64 = 60;

const SECONDS_OF_A_DAY: u64 = 86_400;

#[derive(Serialize)]
pub(crate) struct CertificateFacts {
    pub(crate) subject: String,
    issuer: String,
    serial: String,
    not_before: String,
    not_after: String,
    key: String,
    sha1_fingerprint: String,
    sha256_fingerprint: String,
    /// About its dates, and nothing else: sign-in goes on after the end, because only the key counts,
    /// but identity providers change keys then.
    warning: Option<String>,
    #[serde(skip)]
    is_self_issued: bool,
    #[serde(skip)]
    days_left: Option<u64>,
}

impl CertificateFacts {
    pub(crate) fn new(certificate: &Certificate, now: UnixTime, crypto: &dyn Crypto) -> Self {
        Self {
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            serial: certificate.serial(),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            key: key(certificate.public_key().kind()),
            sha1_fingerprint: certificate.sha1_fingerprint(crypto),
            sha256_fingerprint: certificate.sha256_fingerprint(crypto),
            warning: warning(certificate, now),
            is_self_issued: certificate.is_self_issued(),
            days_left: days_between(now, certificate.not_after()),
        }
    }

    /// All of it.
    pub(crate) fn write(&self, page: &mut Page) {
        if !self.is_self_issued {
            page.row("issued by", &self.issuer);
        }
        page.row("valid from", &self.not_before);
        page.row("valid until", self.end());
        page.row("key", &self.key);
        page.row("serial", &self.serial);
        page.row("SHA-1", &self.sha1_fingerprint);
        page.row("SHA-256", &self.sha256_fingerprint);
        if let Some(warning) = &self.warning {
            page.warning(warning);
        }
    }

    /// One row, and the warning.
    pub(crate) fn write_short(&self, page: &mut Page) {
        page.row(
            "certificate",
            format_args!("{}, {}, until {}", self.subject, self.key, self.end()),
        );
        page.row("", format_args!("SHA-1 {}", self.sha1_fingerprint));
        if let Some(warning) = &self.warning {
            page.warning(warning);
        }
    }

    fn end(&self) -> String {
        match self.days_left {
            Some(1) => format!("{} (1 day)", self.not_after),
            Some(days) => format!("{} ({days} days)", self.not_after),
            None => self.not_after.clone(),
        }
    }
}

fn warning(certificate: &Certificate, now: UnixTime) -> Option<String> {
    let not_after = certificate.not_after();
    if now < certificate.not_before() {
        return Some(format!("not valid before {}", certificate.not_before()));
    }
    match days_between(now, not_after) {
        None => {
            Some(format!("expired on {not_after}: get the current one from the identity provider"))
        }
        Some(days) if days < WARNING_DAYS => {
            Some(format!("ends in {days} days: add the next one beside it before then"))
        }
        Some(_) => None,
    }
}

/// Whole days; `None` when `end` has passed.
fn days_between(now: UnixTime, end: UnixTime) -> Option<u64> {
    (now <= end).then(|| end.saturating_since(now).as_secs() / SECONDS_OF_A_DAY)
}

fn key(kind: KeyKind) -> String {
    match kind {
        KeyKind::Ec(EcCurve::P256) => "ECDSA P-256".into(),
        KeyKind::Ec(EcCurve::P384) => "ECDSA P-384".into(),
        KeyKind::Ec(EcCurve::P521) => "ECDSA P-521".into(),
        KeyKind::Ed25519 => "Ed25519".into(),
        KeyKind::Rsa { bits } => format!("RSA {bits} bits"),
    }
}
