//! The signing key and its certificate, in a folder.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use deskgate_core::crypto::{
    DigestAlgorithm, KeyRules, PrivateKey, RustCrypto, SignatureAlgorithm,
};
use deskgate_core::dsig::SigningKey;
use deskgate_core::time::UnixTime;
use deskgate_core::x509::{self, Certificate, self_signed};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;

/// What Entra ID signs with.
const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

/// As long as a certificate that Entra ID makes.
const THREE_YEARS: Duration = Duration::from_secs(3 * 365 * 24 * 60 * 60);

/// A private key and the certificate that desks trust.
#[derive(Debug)]
pub(super) struct SigningIdentity {
    key: PrivateKey,
    certificate: Vec<u8>,
}

impl SigningIdentity {
    /// Reads `idp.key` and `idp.cer` of `folder`; makes both when one is missing or has expired.
    pub(super) fn open(folder: &Path, now: UnixTime) -> Result<Self> {
        let (key_path, certificate_path) = (folder.join("idp.key"), folder.join("idp.cer"));
        if let (Ok(key), Ok(pem)) = (fs::read(&key_path), fs::read(&certificate_path)) {
            let identity = Self::from_files(&key, &pem)?;
            if identity.certificate()?.not_after() > now {
                return Ok(identity);
            }
        }
        let identity = Self::generate(now)?;
        fs::create_dir_all(folder)?;
        // Removed first, so that the mode below is that of a new file.
        let _ = fs::remove_file(&key_path);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&key_path)?;
        file.write_all(identity.key.pkcs8_der())?;
        fs::write(&certificate_path, identity.certificate_pem())?;
        Ok(identity)
    }

    fn from_files(key: &[u8], pem: &[u8]) -> Result<Self> {
        let rules = KeyRules::default();
        let key =
            PrivateKey::from_pkcs8_der(key, rules).map_err(|error| anyhow!("idp.key: {error}"))?;
        let certificates =
            Certificate::parse_all(pem, rules).map_err(|error| anyhow!("idp.cer: {error}"))?;
        let certificate =
            certificates.first().context("idp.cer has no certificate")?.der().to_vec();
        Ok(Self { key, certificate })
    }

    fn generate(now: UnixTime) -> Result<Self> {
        let der = RsaPrivateKey::new(&mut UnwrapErr(SysRng), 2048)?.to_pkcs8_der()?;
        let key = PrivateKey::from_pkcs8_der(der.as_bytes(), KeyRules::default());
        let key = key.map_err(|error| anyhow!("{error}"))?;
        let mut entropy = [0; 16];
        getrandom::fill(&mut entropy)?;
        let certificate = self_signed(
            "deskgate demo identity provider",
            entropy,
            now,
            now.saturating_add(THREE_YEARS),
            ALGORITHM,
            &key,
            &crypto(),
        );
        Ok(Self { key, certificate: certificate.map_err(|error| anyhow!("{error}"))? })
    }

    fn certificate(&self) -> Result<Certificate> {
        Certificate::from_der(&self.certificate, KeyRules::default())
            .map_err(|error| anyhow!("{error}"))
    }

    /// The certificate as an administrator downloads it.
    pub(super) fn certificate_pem(&self) -> String {
        x509::to_pem(&self.certificate)
    }

    /// The certificate as metadata carries it.
    pub(super) fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// How messages are signed.
    pub(super) fn signing_key(&self) -> SigningKey<'_> {
        SigningKey { algorithm: ALGORITHM, key: &self.key, certificate: Some(&self.certificate) }
    }
}

/// Signing with RSA is not constant time (RUSTSEC-2023-0071); this key protects nothing.
pub(super) const fn crypto() -> RustCrypto {
    RustCrypto::with_dangerous_rsa_private_operations()
}
