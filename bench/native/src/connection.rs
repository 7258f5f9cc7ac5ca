//! What a desk knows of an identity provider, and validation from the base64 field to the identity.

use core::time::Duration;

use deskgate_core::crypto::{Crypto, KeyRules, PrivateKey, PublicKey};
use deskgate_core::dsig::SignatureRules;
use deskgate_core::saml::{
    ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation, VerifiedAssertion,
    decode_post_value, verify_response,
};
use deskgate_core::time::UnixTime;
use deskgate_core::x509::Certificate;
use deskgate_core::xenc::EncryptionRules;

/// 2026-11-21T12:00:00Z, when the documents were made.
pub const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

/// The claim that carries groups.
const GROUPS: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";

/// The connection that all documents belong to.
#[derive(Debug)]
pub struct Connection {
    keys: Vec<PublicKey>,
    decryption_keys: Vec<PrivateKey>,
}

impl Connection {
    /// From the certificate of the identity provider and our key for decryption, if any, both PEM.
    ///
    /// # Panics
    /// When they are none.
    #[must_use]
    pub fn new(certificate: &str, decryption_key: Option<&str>) -> Self {
        let rules = KeyRules::default();
        let certificates = Certificate::parse_all(certificate.as_bytes(), rules);
        let certificates = certificates.expect("a certificate");
        let private = |pem| PrivateKey::from_pem(pem, rules).expect("a private key");
        Self {
            keys: certificates.iter().map(|each| each.public_key().clone()).collect(),
            decryption_keys: decryption_key.map(private).into_iter().collect(),
        }
    }

    /// Of the identity provider.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Ours.
    #[must_use]
    pub fn decryption_keys(&self) -> &[PrivateKey] {
        &self.decryption_keys
    }

    /// The whole validation; what becomes of the result says `then`, as the Worker begins a session with it
    /// while the message is there.
    ///
    /// # Errors
    /// With the reason in words.
    pub fn validate<T>(
        &self,
        post_value: &[u8],
        crypto: &dyn Crypto,
        then: impl FnOnce(VerifiedAssertion<'_>) -> T,
    ) -> Result<T, String> {
        let expected = ExpectedResponse {
            idp_entity_id: "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/",
            keys: &self.keys,
            audience: "http://127.0.0.1:47887/deskgate/metadata",
            acs_url: "http://127.0.0.1:47887/deskgate/acs",
            solicitation: Solicitation::Unsolicited,
            clock_skew: Duration::from_secs(180),
            signature_rules: SignatureRules::default(),
            required_signature: RequiredSignature::Either,
            decryption_keys: &self.decryption_keys,
            encryption_rules: EncryptionRules::default(),
            further: FurtherDemands::default(),
        };
        let xml = decode_post_value(post_value).map_err(|error| error.to_string())?;
        verify_response(&xml, &expected, NOW, crypto).map(then).map_err(|error| error.to_string())
    }

    /// Who signed in, and in how many groups they are: the verdict, in a form that all peers can give.
    ///
    /// # Errors
    /// As [`Self::validate`].
    pub fn verdict(
        &self,
        post_value: &[u8],
        crypto: &dyn Crypto,
    ) -> Result<(String, usize), String> {
        self.validate(post_value, crypto, |sign_in| {
            let identity = sign_in.identity;
            let groups = identity.attribute(GROUPS).map_or(0, |attribute| attribute.values.len());
            (identity.name_id.map(|name| name.value).unwrap_or_default(), groups)
        })
    }
}
