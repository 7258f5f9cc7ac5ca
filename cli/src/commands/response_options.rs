//! What a response is compared with: the options that `saml verify` and `explain` share.

use std::path::PathBuf;
use std::time::Duration;

use deskgate_core::crypto::{KeyRules, PrivateKey, PublicKey, RustCrypto};
use deskgate_core::desk::Desk;
use deskgate_core::dsig::SignatureRules;
use deskgate_core::identity::Identity;
use deskgate_core::limits::XmlLimits;
use deskgate_core::saml::{
    DEFAULT_CLOCK_SKEW, ExpectedResponse, FurtherDemands, MAX_CLOCK_SKEW, RequiredSignature,
    Solicitation, VerifiedAssertion,
};
use deskgate_core::session::{AttributeNames, NewSession, Person, Session};
use deskgate_core::time::UnixTime;
use deskgate_core::xenc::EncryptionRules;
use deskgate_core::xml::Document;

use crate::failure::{Failure, Reason};
use crate::{desk_file, input, trust};

/// What the response must be like.
#[derive(clap::Args)]
pub(crate) struct ResponseOptions {
    /// The settings of the desk
    #[arg(long, value_name = "FILE", help_heading = "From the settings of a desk")]
    pub(super) desk: Option<PathBuf>,
    /// The connection; needed when the desk has several
    #[arg(
        long,
        value_name = "NAME",
        requires = "desk",
        help_heading = "From the settings of a desk"
    )]
    connection: Option<String>,

    /// A signing certificate of the identity provider; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "desk", help_heading = "Without settings")]
    certificate: Vec<PathBuf>,
    /// The entity ID of the identity provider
    #[arg(long, value_name = "ID", conflicts_with = "desk", help_heading = "Without settings")]
    idp_entity_id: Option<String>,
    /// Our own entity ID
    #[arg(long, value_name = "ID", conflicts_with = "desk", help_heading = "Without settings")]
    audience: Option<String>,
    /// The address that the response was posted to
    #[arg(long, value_name = "URL", conflicts_with = "desk", help_heading = "Without settings")]
    acs_url: Option<String>,
    /// Accept RSA keys of fewer than 2048 bits, for old test data
    #[arg(long, value_name = "BITS", conflicts_with = "desk", help_heading = "Without settings")]
    dangerous_min_rsa_bits: Option<usize>,

    /// The response must answer the request with this ID
    #[arg(long, value_name = "ID", conflicts_with = "unsolicited")]
    in_response_to: Option<String>,
    /// The response must answer no request: the sign-in began at the identity provider
    #[arg(long)]
    unsolicited: bool,
    /// Verify as of this time, such as 2026-11-21T12:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = input::parse_time)]
    now: Option<UnixTime>,
    /// How far the clocks may differ, 0 to 300 [default: 180, or as the connection says]
    #[arg(
        long,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(0..=MAX_CLOCK_SKEW.as_secs())
    )]
    clock_skew: Option<u64>,
    /// Accept SHA-1 in signatures
    #[arg(long)]
    allow_sha1: bool,
    /// Accept AES-CBC in encrypted assertions
    #[arg(long)]
    allow_cbc: bool,
    /// A private key for encrypted assertions, in PEM; may be given several times
    #[arg(long, value_name = "FILE")]
    decryption_key: Vec<PathBuf>,
}

/// Everything that is read from files before a response is looked at.
pub(super) struct Demands {
    source: Source,
    decryption_keys: Vec<PrivateKey>,
    /// The time of the verification.
    pub(super) now: UnixTime,
}

/// Where the demands come from, owned.
enum Source {
    Desk(Box<Desk>, usize),
    Options { keys: Vec<PublicKey>, idp_entity_id: String, audience: String, acs_url: String },
}

impl ResponseOptions {
    /// Whether anything says what the response must be like.
    pub(super) fn are_there(&self) -> bool {
        self.desk.is_some()
            || !self.certificate.is_empty()
            || self.idp_entity_id.is_some()
            || self.audience.is_some()
            || self.acs_url.is_some()
    }

    /// Whether the caller says which request the response answers.
    pub(super) const fn is_request_known(&self) -> bool {
        self.in_response_to.is_some() || self.unsolicited
    }

    /// The ID of the request that the response must answer; `None` when it must answer none.
    pub(super) fn request(&self, xml: &[u8]) -> Option<String> {
        match (&self.in_response_to, self.unsolicited) {
            (Some(id), _) => Some(id.clone()),
            (None, true) => None,
            (None, false) => claimed_request(xml),
        }
    }

    /// The options that are more than the settings say.
    fn adjust<'a>(&self, mut expected: ExpectedResponse<'a>) -> ExpectedResponse<'a> {
        if let Some(seconds) = self.clock_skew {
            expected.clock_skew = Duration::from_secs(seconds);
        }
        expected.signature_rules.allow_sha1 |= self.allow_sha1;
        expected.encryption_rules.allow_cbc |= self.allow_cbc;
        expected
    }

    fn incomplete(&self) -> Failure {
        let missing = [
            ("--certificate", self.certificate.is_empty()),
            ("--idp-entity-id", self.idp_entity_id.is_none()),
            ("--audience", self.audience.is_none()),
            ("--acs-url", self.acs_url.is_none()),
        ];
        let missing: Vec<_> =
            missing.iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| *name).collect();
        Reason::new(
            "cli.missing_options",
            format!("what the response must be like is not said: {} missing", missing.join(", ")),
            "Give the settings of the desk with --desk desk.toml, or all four of these options.",
        )
        .not_carried_out()
    }
}

impl Demands {
    pub(super) fn read(options: &ResponseOptions) -> Result<Self, Failure> {
        let key_rules = options
            .dangerous_min_rsa_bits
            .map_or_else(KeyRules::default, KeyRules::dangerous_min_rsa_bits);
        Ok(Self {
            source: Source::read(options, key_rules)?,
            decryption_keys: trust::private_keys(&options.decryption_key, key_rules)?,
            now: options.now.unwrap_or_else(input::clock),
        })
    }

    /// What the response to this request has to be like.
    pub(super) fn expected<'a>(
        &'a self,
        options: &ResponseOptions,
        request: Option<&'a str>,
    ) -> ExpectedResponse<'a> {
        let solicitation = request.map_or(Solicitation::Unsolicited, Solicitation::InResponseTo);
        options.adjust(self.source.expected(solicitation, &self.decryption_keys, self.now))
    }

    /// The machine is the operator's own and nobody measures how long it takes, so decryption with RSA
    /// may use the crate whose private operations are not constant-time (RUSTSEC-2023-0071).
    pub(super) fn crypto(&self) -> RustCrypto {
        if self.decryption_keys.is_empty() {
            RustCrypto::new()
        } else {
            RustCrypto::with_dangerous_rsa_private_operations()
        }
    }

    /// Why the desk signs nobody in, though the response is good.
    pub(super) fn desk_refusal(&self, verified: &VerifiedAssertion<'_>) -> Option<Reason> {
        let Source::Desk(desk, index) = &self.source else { return None };
        let connection = &desk.connections[*index];
        if !connection.enabled {
            let message = "the response is good, but its connection is switched off";
            let help = "Set enabled = true in this connection.";
            return Some(Reason::new("cli.connection_disabled", message, help));
        }
        if verified.in_response_to.is_none() && !connection.allow_idp_initiated {
            let message = "the response is good, but it answers no request of the desk";
            let help = "Start at the sign-on URL that deskgate check shows, or enter that URL at the \
                        identity provider. If it cannot start there, set allow_idp_initiated = true.";
            let reason = Reason::new("cli.idp_initiated_not_allowed", message, help);
            return Some(reason.expected("a response with InResponseTo"));
        }
        let session = NewSession {
            identity: &verified.identity,
            attribute_names: &connection.attributes,
            connection: &connection.name,
            email_domains: connection.accepted_email_domains(),
            authenticated_at: Some(verified.authn_instant),
            authn_context: None,
            session_not_on_or_after: verified.session_not_on_or_after,
            lifetime: desk.session_lifetime,
            // Nobody gets this session.
            entropy: [0; 16],
        };
        let refused = Session::begin(&session, self.now, &self.crypto()).err();
        refused.map(|error| Reason::of(&error))
    }

    pub(super) fn person(&self, identity: &Identity<'_>) -> Person {
        match &self.source {
            Source::Desk(desk, index) => desk.connections[*index].person(identity),
            Source::Options { .. } => Person::from_identity(identity, &AttributeNames::default()),
        }
    }
}

impl Source {
    fn read(options: &ResponseOptions, key_rules: KeyRules) -> Result<Self, Failure> {
        if let Some(path) = &options.desk {
            let desk = desk_file::read(path, None)?;
            let index = connection_index(&desk, options.connection.as_deref())?;
            return Ok(Self::Desk(Box::new(desk), index));
        }
        let (Some(idp_entity_id), Some(audience), Some(acs_url), [_, ..]) = (
            options.idp_entity_id.clone(),
            options.audience.clone(),
            options.acs_url.clone(),
            options.certificate.as_slice(),
        ) else {
            return Err(options.incomplete());
        };
        let keys = trust::certificate_keys(&options.certificate, key_rules)?;
        Ok(Self::Options { keys, idp_entity_id, audience, acs_url })
    }

    fn expected<'a>(
        &'a self,
        solicitation: Solicitation<'a>,
        decryption_keys: &'a [PrivateKey],
        now: UnixTime,
    ) -> ExpectedResponse<'a> {
        match self {
            Self::Desk(desk, index) => {
                let connection = &desk.connections[*index];
                desk.expected_response(connection, solicitation, decryption_keys, now)
            }
            Self::Options { keys, idp_entity_id, audience, acs_url } => ExpectedResponse {
                idp_entity_id,
                keys,
                audience,
                acs_url,
                solicitation,
                clock_skew: DEFAULT_CLOCK_SKEW,
                signature_rules: SignatureRules::default(),
                required_signature: RequiredSignature::Either,
                decryption_keys,
                encryption_rules: EncryptionRules::default(),
                further: FurtherDemands::default(),
            },
        }
    }
}

/// The request that the response itself names. Whoever looks into a response afterwards does not know
/// which request it answered; the report says that this was not checked.
fn claimed_request(xml: &[u8]) -> Option<String> {
    let document = Document::parse(xml, &XmlLimits::MESSAGE).ok()?;
    document.root().attribute("InResponseTo").map(String::from)
}

fn connection_index(desk: &Desk, name: Option<&str>) -> Result<usize, Failure> {
    let names = || desk.connections.iter().map(|connection| connection.name.as_str());
    let found = match name {
        Some(name) => names().position(|other| other == name),
        None => Some(0).filter(|_| desk.connections.len() == 1),
    };
    found.ok_or_else(|| {
        let known = names().collect::<Vec<_>>().join(", ");
        let reason = match name {
            Some(name) => Reason::new(
                "cli.unknown_connection",
                "the desk has no such connection",
                "Give the name of a connection of the desk.",
            )
            .found(name),
            None => Reason::new(
                "cli.connection_not_given",
                "the desk has several connections",
                "Say which one the response came through, with --connection.",
            ),
        };
        reason.expected(format!("one of {known}")).not_carried_out()
    })
}
