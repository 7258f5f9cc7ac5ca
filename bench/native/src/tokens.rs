//! Session and origin tokens of one person, made and verified.

use core::time::Duration;

use deskgate_core::crypto::{Crypto, KeyRules, PrivateKey};
use deskgate_core::jose::{JwkSet, SigningKey};
use deskgate_core::saml::VerifiedAssertion;
use deskgate_core::session::{
    AttributeNames, ExpectedOriginToken, NewOriginToken, NewSession, Session, mint_origin_token,
    mint_session, verify_origin_token, verify_session,
};

use crate::connection::NOW;

const DESK: &str = "http://127.0.0.1:47887";
const ORIGIN: &str = "http://127.0.0.1:47890";
const PATH: &str = "/tickets/1";

/// A desk's key, and somebody's session.
#[derive(Debug)]
pub struct Tokens {
    key: SigningKey,
    keys: JwkSet,
    session: Session,
}

impl Tokens {
    /// From the desk's Ed25519 key in PEM, and a verified sign-in.
    ///
    /// # Panics
    /// When they do not make a session.
    #[must_use]
    pub fn new(key: &str, sign_in: &VerifiedAssertion<'_>, crypto: &dyn Crypto) -> Self {
        let key = PrivateKey::from_pem(key, KeyRules::default()).expect("a private key");
        let key = SigningKey::from_private(key, crypto).expect("a signing key");
        let mut identity = sign_in.identity.clone();
        // Few groups, as a desk that asks for those of the application gets them.
        for attribute in &mut identity.attributes {
            attribute.values.truncate(3);
        }
        let new = NewSession {
            identity: &identity,
            attribute_names: &AttributeNames::default(),
            connection: "contoso",
            email_domains: &[],
            authenticated_at: Some(sign_in.authn_instant),
            authn_context: sign_in.authn_context_class.as_deref(),
            session_not_on_or_after: None,
            lifetime: Duration::from_secs(36_000),
            entropy: [5; 16],
        };
        let session = Session::begin(&new, NOW, crypto).expect("a session");
        let keys = JwkSet::new(vec![key.verification_key()]).expect("a key set");
        Self { key, keys, session }
    }

    /// The public key, for the peers.
    #[must_use]
    pub fn keys(&self) -> String {
        self.keys.to_json()
    }

    /// A session token.
    ///
    /// # Panics
    /// When `crypto` does not sign.
    #[must_use]
    pub fn mint_session(&self, crypto: &dyn Crypto) -> String {
        mint_session(&self.session, DESK, &self.key, crypto).expect("a token")
    }

    /// Verifies a session token.
    ///
    /// # Errors
    /// With the reason in words.
    pub fn verify_session(&self, token: &str, crypto: &dyn Crypto) -> Result<(), String> {
        let session = verify_session(token, &self.keys, DESK, NOW, crypto);
        session.map(drop).map_err(|error| error.to_string())
    }

    /// An origin token.
    ///
    /// # Panics
    /// When `crypto` does not sign.
    #[must_use]
    pub fn mint_origin(&self, crypto: &dyn Crypto) -> String {
        let request = NewOriginToken {
            desk_url: DESK,
            origin: ORIGIN,
            method: "GET",
            path_and_query: PATH,
            entropy: [6; 16],
        };
        mint_origin_token(&self.session, &request, NOW, &self.key, crypto).expect("a token")
    }

    /// Verifies an origin token.
    ///
    /// # Errors
    /// With the reason in words.
    pub fn verify_origin(&self, token: &str, crypto: &dyn Crypto) -> Result<(), String> {
        let expected = ExpectedOriginToken {
            desk_url: DESK,
            origin: ORIGIN,
            method: "GET",
            path_and_query: PATH,
        };
        let token = verify_origin_token(token, &self.keys, &expected, NOW, crypto);
        token.map(drop).map_err(|error| error.to_string())
    }
}
