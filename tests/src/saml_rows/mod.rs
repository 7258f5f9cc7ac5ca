//! The rows of other people's SAML responses: what each demands, and how it is run.

mod facts;

use std::path::Path;
use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{KeyRules, PrivateKey, PublicKey, RustCrypto};
use deskgate_core::dsig::SignatureRules;
use deskgate_core::saml::binding::redirect::inflate_value;
use deskgate_core::saml::{
    Error, ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation, decode_post_value,
    verify_response,
};
use deskgate_core::time::UnixTime;
use deskgate_core::x509::Certificate;
use deskgate_core::xenc::EncryptionRules;
use serde_json::Value;

use facts::Facts;

/// RSA private keys decrypt here; a test has nobody who measures time.
pub const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

/// The smallest RSA key of the corpus has 512 bits.
const MIN_RSA_BITS: usize = 512;

/// What the row says must happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It signs in.
    Accept,
    /// It does not.
    Reject,
    /// It does not, or signs in whom the signature is about.
    RejectOrSignedIdentity,
}

/// What happened.
#[derive(Debug)]
pub enum Verdict {
    /// It signed in.
    Accepted {
        /// Text of the NameID.
        name_id: Option<String>,
    },
    /// It did not.
    Rejected(Error),
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Such as `SR-0001`.
    pub id: String,
    /// The file, below the corpus.
    pub local: String,
    /// What must happen.
    pub expected: Expected,
    /// The error of the row's own library, or why.
    pub reason: String,
    /// What the verdict is about.
    pub scope: String,
    /// What xmlsec1 says about the signature.
    pub sig_check: String,
    /// Whom it must not sign in.
    pub attacker_identity: Option<String>,
    /// Whom the signature is about.
    pub signed_identity: Option<String>,
    /// Whom an accepted one signs in.
    pub expect_name_id: Option<String>,
    settings: Value,
}

/// The open rows of kind saml-response.
///
/// # Panics
/// When the manifest is not what it says it is.
#[must_use]
pub fn read_manifest(corpus: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(corpus.join("MANIFEST.tsv")).expect("MANIFEST.tsv");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split('\t').collect();
    let column = |name: &str| header.iter().position(|h| *h == name).expect(name);
    let [id, local, kind, expected, settings, reason, split, scope, sig_check] = [
        "id",
        "local",
        "kind",
        "expected",
        "settings",
        "reason",
        "split",
        "scope",
        "sig_check_xmlsec",
    ]
    .map(column);
    let mut rows = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells[kind] != "saml-response" || cells[split] != "open" {
            continue;
        }
        let settings: Value = serde_json::from_str(cells[settings]).expect("settings");
        let string = |name: &str| settings[name].as_str().map(str::to_owned);
        rows.push(Row {
            id: cells[id].to_owned(),
            local: cells[local].to_owned(),
            expected: match cells[expected] {
                "accept" => Expected::Accept,
                "reject" => Expected::Reject,
                "reject-or-signed-identity" => Expected::RejectOrSignedIdentity,
                other => panic!("{other}"),
            },
            reason: cells[reason].to_owned(),
            scope: cells[scope].to_owned(),
            sig_check: cells[sig_check].to_owned(),
            attacker_identity: string("attacker_identity"),
            signed_identity: string("signed_identity"),
            expect_name_id: string("expect_name_id"),
            settings,
        });
    }
    rows
}

impl Row {
    fn string(&self, name: &str) -> Option<String> {
        self.settings[name].as_str().map(str::to_owned)
    }

    fn list(&self, name: &str) -> Vec<String> {
        let strings = |values: &Vec<Value>| {
            values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
        };
        match &self.settings[name] {
            Value::Array(values) => strings(values),
            Value::String(value) => vec![value.clone()],
            _ => Vec::new(),
        }
    }

    fn is_set(&self, name: &str) -> bool {
        self.settings[name].as_bool() == Some(true)
    }

    /// Whether the row's own library looked at this: it says nothing about what it did not check.
    fn skips(&self, check: &str) -> bool {
        let skipped = self.list("skip_checks");
        skipped.iter().any(|s| s == check || s.starts_with("everything but"))
            || self.string("mode").as_deref() == Some("lenient")
            || (self.scope.starts_with("signature") && check != "signature")
    }

    fn is_about_trust(&self) -> bool {
        ["Signature validation failed", "No fingerprint", "no trust anchor"]
            .iter()
            .any(|reason| self.reason.starts_with(reason))
    }

    /// The message as `deskgate saml verify` reads a file: XML, or a form value. Request captures hold
    /// the value in the body or the query. Nothing is inflated: a sign-in comes by POST.
    ///
    /// # Errors
    /// The form value is no base64.
    ///
    /// # Panics
    /// When the file is absent.
    pub fn message(&self, corpus: &Path) -> Result<Vec<u8>, Error> {
        let file = std::fs::read(corpus.join(&self.local)).expect(&self.local);
        let is_xml = |b: &u8| !b.is_ascii_whitespace() && !matches!(b, 0xEF | 0xBB | 0xBF);
        match file.iter().find(|b| is_xml(b)) {
            Some(b'<') => Ok(file),
            Some(b'{') => {
                let capture: Value = serde_json::from_slice(&file).expect("a capture");
                let value = ["body", "query"]
                    .iter()
                    .find_map(|part| capture[part]["SAMLResponse"].as_str())
                    .unwrap_or_default();
                decode_post_value(value)
            }
            _ => {
                let value = String::from_utf8_lossy(&file);
                // Some suites keep plain XML documents deflated. That is storage, not transport.
                let is_stored_deflated = self.string("encoding").as_deref() == Some("xml");
                match inflate_value(&value) {
                    Ok(xml) if is_stored_deflated => Ok(xml.into_bytes()),
                    _ => decode_post_value(&*value),
                }
            }
        }
    }

    /// What `message` is measured by.
    #[must_use]
    pub fn demands(&self, message: &[u8], corpus: &Path) -> Demands {
        let decryption_keys: Vec<PrivateKey> =
            self.list("sp_keys").iter().map(|file| private_key(&corpus.join(file))).collect();
        let facts = Facts::of(message, &decryption_keys, &CRYPTO);
        Demands::of(self, &facts, decryption_keys, corpus)
    }

    /// Runs the row.
    #[must_use]
    pub fn verdict(&self, corpus: &Path) -> Verdict {
        let xml = match self.message(corpus) {
            Ok(xml) => xml,
            Err(error) => return Verdict::Rejected(error),
        };
        let demands = self.demands(&xml, corpus);
        match verify_response(&xml, &demands.expected(), demands.now, &CRYPTO) {
            Ok(verified) => {
                Verdict::Accepted { name_id: verified.identity.name_id.map(|n| n.value) }
            }
            Err(error) => Verdict::Rejected(error),
        }
    }
}

/// What the row demands, completed from the message.
#[derive(Debug)]
pub struct Demands {
    pub(crate) keys: Vec<PublicKey>,
    pub(crate) idp_entity_id: String,
    pub(crate) audience: String,
    pub(crate) acs_url: String,
    pub(crate) request_id: Option<String>,
    /// When the row is run.
    pub now: UnixTime,
    pub(crate) clock_skew: Duration,
    pub(crate) allow_sha1: bool,
    pub(crate) required_signature: RequiredSignature,
    pub(crate) decryption_keys: Vec<PrivateKey>,
    pub(crate) dated_certificates: Vec<Certificate>,
    pub(crate) encrypted: bool,
    pub(crate) max_age: Option<Duration>,
}

impl Demands {
    fn of(row: &Row, facts: &Facts, decryption_keys: Vec<PrivateKey>, corpus: &Path) -> Self {
        let or_unknown = |value: Option<String>| value.unwrap_or_else(|| "urn:unknown".to_owned());
        let checked = |check: &str, value: Option<String>| value.filter(|_| !row.skips(check));
        let acs_url = row.string("current_url").or_else(|| row.string("acs_url"));
        let audience = row.string("audience").or_else(|| row.string("sp_entity_id"));
        let issuer = row.string("idp_entity_id");
        let instant = |text: Option<String>| text.and_then(|text| UnixTime::parse(&text).ok());
        let own_url = facts.recipient.clone().or_else(|| facts.destination.clone());
        let skips_url = row.skips("destination") && row.skips("recipient");
        Self {
            keys: keys(row, facts, corpus),
            idp_entity_id: or_unknown(checked("issuer", issuer).or_else(|| facts.issuer.clone())),
            audience: or_unknown(checked("audience", audience).or_else(|| facts.audience.clone())),
            acs_url: or_unknown(acs_url.filter(|_| !skips_url).or(own_url)),
            request_id: request_id(row, facts),
            now: instant(checked("time", row.string("now")))
                .or(facts.issue_instant)
                .or_else(|| instant(row.string("now")))
                .unwrap_or(UnixTime::from_seconds(0)),
            clock_skew: clock_skew(row),
            allow_sha1: row.settings["allow_sha1"].as_bool().unwrap_or(true),
            required_signature: match (
                row.is_set("want_response_signed"),
                row.is_set("want_assertions_signed"),
            ) {
                (true, true) => RequiredSignature::Both,
                (true, false) => RequiredSignature::Response,
                (false, true) => RequiredSignature::Assertion,
                (false, false) => RequiredSignature::Either,
            },
            decryption_keys,
            dated_certificates: dated_certificates(row, corpus),
            encrypted: row.is_set("want_assertions_encrypted"),
            max_age: row.settings["max_assertion_age_s"].as_f64().map(Duration::from_secs_f64),
        }
    }

    /// The same, for the verifier.
    #[must_use]
    pub fn expected(&self) -> ExpectedResponse<'_> {
        ExpectedResponse {
            idp_entity_id: &self.idp_entity_id,
            keys: &self.keys,
            audience: &self.audience,
            acs_url: &self.acs_url,
            solicitation: self
                .request_id
                .as_deref()
                .map_or(Solicitation::Unsolicited, Solicitation::InResponseTo),
            clock_skew: self.clock_skew,
            signature_rules: SignatureRules { allow_sha1: self.allow_sha1 },
            required_signature: self.required_signature,
            decryption_keys: &self.decryption_keys,
            encryption_rules: EncryptionRules { allow_cbc: true },
            further: FurtherDemands {
                dated_certificates: &self.dated_certificates,
                encrypted: self.encrypted,
                max_age: self.max_age,
                ..FurtherDemands::default()
            },
        }
    }
}

/// A request of the row that the message answers, else the first; the message's own where the row's
/// library did not look.
fn request_id(row: &Row, facts: &Facts) -> Option<String> {
    let known = row.list("request_ids");
    if row.is_set("reject_unsolicited_with_in_response_to") {
        return None;
    }
    if row.settings["request_ids"].is_null() || row.skips("in_response_to") {
        // In strict mode the OneLogin toolkits take the Response's word for which request it answers.
        let strict = row.string("mode").as_deref() == Some("strict");
        return if strict { &facts.response_in_response_to } else { &facts.in_response_to }.clone();
    }
    let answered = known.iter().find(|id| Some(*id) == facts.in_response_to.as_ref());
    answered.or_else(|| known.first()).cloned()
}

fn clock_skew(row: &Row) -> Duration {
    let setting = &row.settings["clock_skew_s"];
    let seconds = match setting {
        Value::String(text) => text.parse::<f64>().ok(),
        number => number.as_f64(),
    };
    Duration::from_secs_f64(seconds.unwrap_or(0.0).clamp(0.0, 300.0))
}

/// The keys of the row's certificates. A row with a fingerprint trusts the certificate in the message
/// that has it. A row with neither is about another check: then the certificate in the message is the
/// trusted one, so that the intended check decides, unless trust is the check.
fn keys(row: &Row, facts: &Facts, corpus: &Path) -> Vec<PublicKey> {
    let files = row.list("idp_certs");
    let found: Vec<PublicKey> = if files.is_empty() {
        let embedded = facts.embedded_certificates.iter().flat_map(|text| parse(text.as_bytes()));
        let trusted: Vec<Certificate> = if row.settings["idp_cert_fingerprint"].is_null() {
            embedded.filter(|_| !row.is_about_trust()).collect()
        } else {
            embedded.filter(|certificate| has_fingerprint(row, certificate)).collect()
        };
        trusted.iter().map(|certificate| certificate.public_key().clone()).collect()
    } else {
        files.iter().flat_map(|file| keys_of_file(&corpus.join(file))).collect()
    };
    let mut keys: Vec<PublicKey> = Vec::new();
    for key in found {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// The certificates of a row whose library looks at their dates. Bare keys have none.
fn dated_certificates(row: &Row, corpus: &Path) -> Vec<Certificate> {
    if !row.is_set("check_cert_validity") || row.skips("certificate") {
        return Vec::new();
    }
    let text = |file: &String| std::fs::read(corpus.join(file)).expect("a certificate");
    row.list("idp_certs").iter().flat_map(|file| parse(&text(file))).collect()
}

fn private_key(path: &Path) -> PrivateKey {
    let pem = std::fs::read_to_string(path).expect("a private key");
    PrivateKey::from_pem(&pem, key_rules()).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

fn key_rules() -> KeyRules {
    KeyRules::dangerous_min_rsa_bits(MIN_RSA_BITS)
}

fn parse(text: &[u8]) -> Vec<Certificate> {
    Certificate::parse_all(text, key_rules()).unwrap_or_default()
}

/// Certificates, or the bare public key that one suite configures.
fn keys_of_file(path: &Path) -> Vec<PublicKey> {
    let text = std::fs::read_to_string(path).expect("a certificate");
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    if text.starts_with("-----BEGIN PUBLIC KEY-----") {
        let der = base64::decode(&body).expect("base64");
        return PublicKey::from_spki_der(&der, key_rules()).into_iter().collect();
    }
    parse(text.as_bytes()).iter().map(|certificate| certificate.public_key().clone()).collect()
}

fn has_fingerprint(row: &Row, certificate: &Certificate) -> bool {
    let plain = |text: &str| text.replace(':', "").to_ascii_lowercase();
    let own = [certificate.sha1_fingerprint(&CRYPTO), certificate.sha256_fingerprint(&CRYPTO)];
    let own = own.map(|text| plain(&text));
    row.list("idp_cert_fingerprint").iter().any(|trusted| own.contains(&plain(trusted)))
}
