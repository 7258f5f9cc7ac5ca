//! What the verifier under test trusts: keys, expectations, and two crypto providers, an honest one
//! and one that believes everything.

use std::sync::LazyLock;
use std::time::Duration;

use deskgate_core::crypto::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, Hasher,
    InvalidSignature, KeyRules, PrivateKey, PublicKey, RustCrypto, SecretKey, SignatureAlgorithm,
    SigningFailed,
};
use deskgate_core::dsig::SignatureRules;
use deskgate_core::jose::{JwkKind, JwkSet, SigningKey};
use deskgate_core::saml::{ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation};
use deskgate_core::time::UnixTime;
use deskgate_core::x509::Certificate;
use deskgate_core::xenc::EncryptionRules;

use crate::seeds;

/// 2026-11-21T12:00:00Z, the time of tests/vectors.
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

/// Those of tests/vectors/responses/index.json and tests/vectors/tokens.json.
pub(crate) const IDP: &str = "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/";
pub(crate) const AUDIENCE: &str = "https://help.contoso.com/deskgate/metadata";
pub(crate) const ACS_URL: &str = "https://help.contoso.com/deskgate/acs";
pub(crate) const REQUEST_ID: &str = "_a1b2c3d4e5f60718293a4b5c6d7e8f90";
pub(crate) const DESK_URL: &str = "https://help.contoso.com";

/// RSA private operations are for decryption here; there is no secret in them.
pub(crate) const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

/// Keys of identity providers, one of each kind.
pub(crate) static IDP_KEYS: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let names = ["rsa-2048", "ec-p256", "ec-p384", "ec-p521"];
    names.map(|name| public_key(&seeds::vector(&format!("keys/{name}.crt")))).to_vec()
});

/// The desk's own key for encrypted assertions.
pub(crate) static DECRYPTION_KEYS: LazyLock<[PrivateKey; 1]> = LazyLock::new(|| {
    let pem = seeds::vector("keys/rsa-2048.key");
    [PrivateKey::from_pem(&pem, KeyRules::default()).expect("a key")]
});

/// The keys of the desk in tokens.json.
pub(crate) static DESK_KEYS: LazyLock<JwkSet> = LazyLock::new(|| {
    let tokens: serde_json::Value =
        serde_json::from_str(&seeds::vector("tokens.json")).expect("JSON");
    JwkSet::parse(tokens["jwks"].to_string().as_bytes(), JwkKind::PUBLIC).expect("keys")
});

/// A key to sign with.
pub(crate) static SIGNING_KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    let key = PrivateKey::ed25519_from_seed(&[5; 32]).expect("a key");
    SigningKey::from_private(key, &CRYPTO).expect("a key that signs")
});

fn public_key(pem: &str) -> PublicKey {
    let certificates = Certificate::parse_all(pem.as_bytes(), KeyRules::default());
    certificates.expect("a certificate")[0].public_key().clone()
}

/// What the connection of the vectors demands.
pub(crate) fn expected(solicitation: Solicitation<'static>) -> ExpectedResponse<'static> {
    ExpectedResponse {
        idp_entity_id: IDP,
        keys: &IDP_KEYS,
        audience: AUDIENCE,
        acs_url: ACS_URL,
        solicitation,
        clock_skew: Duration::from_secs(180),
        signature_rules: SignatureRules { allow_sha1: true },
        required_signature: RequiredSignature::Either,
        decryption_keys: &*DECRYPTION_KEYS,
        encryption_rules: EncryptionRules { allow_cbc: true },
        further: FurtherDemands::default(),
    }
}

/// Finds every signature good, every digest to be zero, and every ciphertext to be its own plaintext.
/// With it a fuzzer gets past the proofs, to the rules behind them.
#[derive(Debug)]
pub(crate) struct Credulous;

/// RSA-OAEP of a key of 32 bytes, as the private-key operation leaves it.
static OAEP_BLOCK: LazyLock<SecretKey> = LazyLock::new(|| {
    let encrypted = include_str!("../../core/src/saml/testdata/content-key.b64");
    let encrypted = deskgate_core::base64::decode(encrypted).expect("base64");
    let pem = include_str!("../../xmldsig/src/crypto/testdata/rsa.key");
    let key = PrivateKey::from_pem(pem, KeyRules::default()).expect("a key");
    CRYPTO.decrypt_rsa(&key, &encrypted).expect("a block")
});

/// What [`Credulous`] computes as every digest.
pub(crate) const DIGEST: [u8; 32] = [0; 32];

impl Hasher for Credulous {
    fn update(&mut self, _: &[u8]) {}

    fn finish(self: Box<Self>) -> DigestValue {
        DigestValue::new(&DIGEST)
    }
}

impl Crypto for Credulous {
    fn hasher(&self, _: DigestAlgorithm) -> Box<dyn Hasher> {
        Box::new(Self)
    }

    fn verify(
        &self,
        _: SignatureAlgorithm,
        _: &PublicKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<(), InvalidSignature> {
        Ok(())
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        CRYPTO.sign(algorithm, key, message)
    }

    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        CRYPTO.mac(algorithm, key, message)
    }

    fn seal(
        &self,
        _: &SecretKey,
        _: &[u8; 12],
        _: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        Ok([plaintext, &[0; 16]].concat())
    }

    fn open(
        &self,
        _: &SecretKey,
        _: &[u8; 12],
        _: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let length = sealed.len().checked_sub(16).ok_or(DecryptionFailed)?;
        Ok(sealed[..length].to_vec())
    }

    fn decrypt_cbc(
        &self,
        _: &SecretKey,
        _: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        Ok(ciphertext.to_vec())
    }

    fn encrypt_rsa(&self, key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        CRYPTO.encrypt_rsa(key, block)
    }

    fn decrypt_rsa(&self, _: &PrivateKey, _: &[u8]) -> Result<SecretKey, DecryptionFailed> {
        Ok(OAEP_BLOCK.clone())
    }
}
