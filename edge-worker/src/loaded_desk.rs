//! A desk ready for work: settings parsed, signing keys opened.

use core::cell::OnceCell;

use deskgate_core::base64;
use deskgate_core::crypto::{DigestAlgorithm, KeyRules, PrivateKey, PublicKey, SignatureAlgorithm};
use deskgate_core::desk::Desk;
use deskgate_core::dsig;
use deskgate_core::jose::{Jwk, JwkSet, SigningKey};
use deskgate_core::session::Secrets;
use deskgate_core::time::UnixTime;

use crate::desk_object::{Contents, Purpose, StoredKey, unseal};
use crate::host::Host;
use crate::pages::DeskFacts;

/// The settings and keys of one version.
#[derive(Debug)]
pub(crate) struct LoadedDesk {
    pub(crate) desk: Desk,
    pub(crate) version: u64,
    token_signers: TokenSigners,
    /// All keys that may have signed a token still valid, and the one that will sign next.
    pub(crate) token_keys: JwkSet,
    /// The certificate of the key that signs requests and metadata, DER.
    pub(crate) saml_certificate: Vec<u8>,
    /// Host and port of the desk's address.
    host: String,
    login: String,
    saml_key: StoredKey,
    saml_private_key: OnceCell<Option<PrivateKey>>,
    /// `None` until settings are applied by a Worker that knows apps.
    bridge: Option<BridgeKeys>,
}

/// The key that signs for apps, and the one that will.
#[derive(Debug)]
struct BridgeKeys {
    current: StoredKey,
    private_key: OnceCell<Option<PrivateKey>>,
    /// DER; the current one first.
    certificates: Vec<Vec<u8>>,
}

impl BridgeKeys {
    fn find(keys: &[StoredKey]) -> Option<Self> {
        let of_apps = || keys.iter().filter(|key| key.purpose == Purpose::Bridge);
        let current = of_apps().find(|key| key.used_from.is_some())?;
        let next = of_apps().find(|key| key.used_from.is_none());
        let certificates = core::iter::once(current)
            .chain(next)
            .map(|key| base64::decode_url(key.certificate.as_deref()?).ok())
            .collect::<Option<_>>()?;
        Some(Self { current: current.clone(), private_key: OnceCell::new(), certificates })
    }
}

/// What is wrong with what the object holds. The operator finds it in the log as a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Keys or settings were sealed under another secret or for another desk, or a key is missing.
    Keys,
    /// This Worker does not understand the settings: a newer one wrote them.
    Settings,
}

impl Unusable {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Keys => "desk.keys_do_not_open",
            Self::Settings => "desk.settings_not_understood",
        }
    }

    pub(crate) const fn help(self) -> &'static str {
        match self {
            Self::Keys => {
                "Give the Worker the secret that it had before, as DESKGATE_SECRET or, when it changes, as \
                 DESKGATE_SECRET_FALLBACK. Where it is lost: deskgate apply --lost-secret."
            }
            Self::Settings => {
                "Deploy the newest Worker, or apply the settings again with deskgate apply."
            }
        }
    }
}

impl LoadedDesk {
    /// Parses the settings and opens the keys.
    ///
    /// # Errors
    /// [`Unusable`].
    pub(crate) fn load(
        host_name: &str,
        version: u64,
        contents: &Contents,
        secrets: &Secrets,
        host: &dyn Host,
        now: UnixTime,
    ) -> Result<Self, Unusable> {
        let settings = contents.settings.open(host_name, secrets, host).ok_or(Unusable::Keys)?;
        let desk = Desk::from_json(&settings).map_err(|_| Unusable::Settings)?;
        Self::open_keys(desk, host_name, version, &contents.keys, secrets, host, now)
            .ok_or(Unusable::Keys)
    }

    fn open_keys(
        desk: Desk,
        host_name: &str,
        version: u64,
        keys: &[StoredKey],
        secrets: &Secrets,
        host: &dyn Host,
        now: UnixTime,
    ) -> Option<Self> {
        let newest = |purpose| keys.iter().find(|key| key.purpose == purpose);
        let token_keys = keys
            .iter()
            .filter(|key| key.purpose == Purpose::Tokens)
            .map(|key| {
                let spki = base64::decode_url(&key.public_key).ok()?;
                let public = PublicKey::from_spki_der(&spki, KeyRules::default()).ok()?;
                Jwk::from_public(public, Some(&key.kid)).ok()
            })
            .collect::<Option<Vec<_>>>()?;
        let saml_key = newest(Purpose::Saml)?;
        Some(Self {
            login: format!("{}login", desk.prefix),
            desk,
            version,
            token_signers: TokenSigners::open(keys, host_name, secrets, host, now)?,
            token_keys: JwkSet::new(token_keys).ok()?,
            saml_certificate: base64::decode_url(saml_key.certificate.as_deref()?).ok()?,
            host: host_name.to_owned(),
            saml_key: saml_key.clone(),
            saml_private_key: OnceCell::new(),
            bridge: BridgeKeys::find(keys),
        })
    }

    /// Signs sessions and origin tokens at `now`.
    pub(crate) fn token_key(&self, now: UnixTime) -> &SigningKey {
        match &self.token_signers.next {
            Some((from, next)) if *from <= now => next,
            _ => &self.token_signers.current,
        }
    }

    /// From when on the newest key for tokens signs, in seconds since 1970: no two have the same.
    pub(crate) const fn newest_token_key(&self) -> u64 {
        self.token_signers.newest_from.seconds()
    }

    /// The key that signs requests and metadata; opened when it is first needed, because parsing an
    /// RSA key costs a millisecond that ordinary requests should not pay.
    pub(crate) fn saml_private_key(
        &self,
        secrets: &Secrets,
        host: &dyn Host,
    ) -> Option<&PrivateKey> {
        self.saml_private_key
            .get_or_init(|| unseal(&self.saml_key, &self.host, secrets, host))
            .as_ref()
    }

    /// The same with how it signs and its certificate.
    pub(crate) fn saml_signing_key(
        &self,
        secrets: &Secrets,
        host: &dyn Host,
    ) -> Option<dsig::SigningKey<'_>> {
        Some(dsig::SigningKey {
            algorithm: SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            key: self.saml_private_key(secrets, host)?,
            certificate: Some(&self.saml_certificate),
        })
    }

    /// The key that signs for apps, opened when it is first needed; it signs as apps expect.
    pub(crate) fn bridge_signing_key(
        &self,
        secrets: &Secrets,
        host: &dyn Host,
    ) -> Option<dsig::SigningKey<'_>> {
        let bridge = self.bridge.as_ref()?;
        let open = || unseal(&bridge.current, &self.host, secrets, host);
        Some(dsig::SigningKey {
            algorithm: SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            key: bridge.private_key.get_or_init(open).as_ref()?,
            certificate: bridge.certificates.first().map(Vec::as_slice),
        })
    }

    /// The certificates that apps may see from us: of the current key, then of the announced one.
    pub(crate) fn bridge_certificates(&self) -> &[Vec<u8>] {
        self.bridge.as_ref().map_or(&[], |bridge| &bridge.certificates)
    }

    /// Path of the page that begins a sign-in.
    pub(crate) fn login_path(&self) -> &str {
        &self.login
    }

    /// Path of one of our own pages.
    pub(crate) fn path_of(&self, page: &str) -> String {
        format!("{}{page}", self.desk.prefix)
    }

    /// What the pages say about the desk.
    pub(crate) fn facts(&self) -> DeskFacts<'_> {
        DeskFacts {
            name: &self.desk.name,
            support: self.desk.support.as_deref(),
            login: &self.login,
        }
    }
}

/// What signs sessions and origin tokens.
#[derive(Debug)]
struct TokenSigners {
    current: SigningKey,
    /// The announced one, and from when on it signs.
    next: Option<(UnixTime, SigningKey)>,
    /// From when on the newest of them signs.
    newest_from: UnixTime,
}

impl TokenSigners {
    /// Opens the key that signs at `now` and the one that will; not those before, which only verify.
    fn open(
        keys: &[StoredKey],
        host_name: &str,
        secrets: &Secrets,
        host: &dyn Host,
        now: UnixTime,
    ) -> Option<Self> {
        let keys: Vec<_> = keys
            .iter()
            .filter(|key| key.purpose == Purpose::Tokens)
            .filter_map(|key| Some((UnixTime::from_seconds(key.used_from?), key)))
            .collect();
        let newest = keys.iter().max_by_key(|(from, _)| *from)?;
        let begun = keys.iter().filter(|(from, _)| *from <= now);
        // A clock that was set back finds none that has begun.
        let current = begun
            .max_by_key(|(from, _)| *from)
            .or_else(|| keys.iter().min_by_key(|(from, _)| *from))?;
        let open = |key: &StoredKey| {
            let private = unseal(key, host_name, secrets, host)?;
            SigningKey::from_private(private, host.crypto()).ok()
        };
        let next = match newest.0 > current.0 {
            true => Some((newest.0, open(newest.1)?)),
            false => None,
        };
        Some(Self { current: open(current.1)?, next, newest_from: newest.0 })
    }
}
