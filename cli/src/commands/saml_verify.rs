//! `deskgate saml verify`.

use std::path::PathBuf;
use std::time::Duration;

use deskgate_core::crypto::{KeyRules, PrivateKey, PublicKey, RustCrypto};
use deskgate_core::desk::Desk;
use deskgate_core::dsig::SignatureRules;
use deskgate_core::identity::Identity;
use deskgate_core::limits::XmlLimits;
use deskgate_core::saml::{
    self, DEFAULT_CLOCK_SKEW, ExpectedResponse, MAX_CLOCK_SKEW, RequiredSignature, Solicitation,
};
use deskgate_core::session::{AttributeNames, Person};
use deskgate_core::time::UnixTime;
use deskgate_core::xenc::EncryptionRules;
use deskgate_core::xml::Document;

use super::saml_report::Accepted;
use crate::desk_file;
use crate::failure::{Failure, OrRefused as _, Reason};
use crate::input::{self, Input};
use crate::output::Output;
use crate::{saml_input, trust};

const AFTER_HELP: &str = "\
Examples:
  deskgate saml verify --desk desk.toml --connection contoso response.xml
  deskgate saml verify --desk desk.toml --now 2026-11-21T12:00:00Z -      (paste, then Ctrl-D)
  deskgate saml verify --certificate idp.cer --idp-entity-id https://sts.windows.net/<tenant>/ \\
      --audience urn:contoso:helpdesk --acs-url https://help.contoso.com/deskgate/acs response.xml

Whether a response was used before, only the running desk knows.";

/// Verify a SAML response as the desk would, and say who signs in or why nobody does
///
/// Takes the XML, the SAMLResponse form value in base64, or the whole form body. What the response must
/// be like comes from the settings of a desk, or from the options of the second group.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The settings of the desk
    #[arg(long, value_name = "FILE", help_heading = "From the settings of a desk")]
    desk: Option<PathBuf>,
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
    /// The response, or - for standard input
    #[arg(value_name = "FILE")]
    file: Input,
}

/// What the response is compared with, owned.
enum Demands {
    Desk(Box<Desk>, usize),
    Options { keys: Vec<PublicKey>, idp_entity_id: String, audience: String, acs_url: String },
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let now = arguments.now.unwrap_or_else(input::clock);
    let key_rules = arguments
        .dangerous_min_rsa_bits
        .map_or_else(KeyRules::default, KeyRules::dangerous_min_rsa_bits);
    let demands = Demands::read(arguments, key_rules)?;
    let decryption_keys = trust::private_keys(&arguments.decryption_key, key_rules)?;
    let xml = saml_input::decode(arguments.file.read()?)?;
    let in_response_to = match (&arguments.in_response_to, arguments.unsolicited) {
        (Some(id), _) => Some(id.clone()),
        (None, true) => None,
        (None, false) => claimed_request(&xml),
    };
    let solicitation =
        in_response_to.as_deref().map_or(Solicitation::Unsolicited, Solicitation::InResponseTo);
    let expected = arguments.adjust(demands.expected(solicitation, &decryption_keys, now));
    let verified = saml::verify_response(&xml, &expected, now, &crypto(&decryption_keys));
    let verified = verified.or_refused()?;
    demands.check_connection(verified.in_response_to.is_none())?;
    let person = demands.person(&verified.identity);
    let is_request_known = arguments.in_response_to.is_some() || arguments.unsolicited;
    output.show(&Accepted::new(&verified, &person, is_request_known));
    Ok(())
}

impl Demands {
    fn read(arguments: &Arguments, key_rules: KeyRules) -> Result<Self, Failure> {
        if let Some(path) = &arguments.desk {
            let desk = desk_file::read(path, None)?;
            let index = connection_index(&desk, arguments.connection.as_deref())?;
            return Ok(Self::Desk(Box::new(desk), index));
        }
        let (Some(idp_entity_id), Some(audience), Some(acs_url), [_, ..]) = (
            arguments.idp_entity_id.clone(),
            arguments.audience.clone(),
            arguments.acs_url.clone(),
            arguments.certificate.as_slice(),
        ) else {
            return Err(arguments.incomplete());
        };
        let keys = trust::certificate_keys(&arguments.certificate, key_rules)?;
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
            },
        }
    }

    /// What the desk refuses before it looks into a response that is good.
    fn check_connection(&self, is_unsolicited: bool) -> Result<(), Failure> {
        let Self::Desk(desk, index) = self else { return Ok(()) };
        let connection = &desk.connections[*index];
        if !connection.enabled {
            let message = "the response is good, but its connection is switched off";
            let help = "Set enabled = true in this connection.";
            return Err(Reason::new("cli.connection_disabled", message, help).refused());
        }
        if is_unsolicited && !connection.allow_idp_initiated {
            let message = "the response is good, but it answers no request of the desk";
            let help = "Start at the sign-on URL that deskgate check shows, or enter that URL at the \
                        identity provider. If it cannot start there, set allow_idp_initiated = true.";
            let reason = Reason::new("cli.idp_initiated_not_allowed", message, help);
            return Err(reason.expected("a response with InResponseTo").refused());
        }
        Ok(())
    }

    fn person(&self, identity: &Identity) -> Person {
        match self {
            Self::Desk(desk, index) => desk.connections[*index].person(identity),
            Self::Options { .. } => Person::from_identity(identity, &AttributeNames::default()),
        }
    }
}

impl Arguments {
    /// The options that are more than the settings say.
    fn adjust<'a>(&self, mut expected: ExpectedResponse<'a>) -> ExpectedResponse<'a> {
        if let Some(seconds) = self.clock_skew {
            expected.clock_skew = Duration::from_secs(seconds);
        }
        expected.signature_rules.allow_sha1 |= self.allow_sha1;
        expected.encryption_rules.allow_cbc |= self.allow_cbc;
        expected
    }
}

impl Arguments {
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

/// The machine is the operator's own and nobody measures how long it takes, so decryption with RSA may
/// use the crate whose private operations are not constant-time (RUSTSEC-2023-0071).
fn crypto(decryption_keys: &[PrivateKey]) -> RustCrypto {
    if decryption_keys.is_empty() {
        RustCrypto::new()
    } else {
        RustCrypto::with_dangerous_rsa_private_operations()
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
