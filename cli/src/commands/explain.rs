//! `deskgate explain`.

use deskgate_core::crypto::RustCrypto;
use deskgate_core::remedy::Console;
use deskgate_core::saml::{self, Explanation, Privacy, Verdict};

use super::explain_report::Checklist;
use super::response_options::{Demands, ResponseOptions};
use crate::failure::{Failure, Reason};
use crate::input::Input;
use crate::output::Output;
use crate::saml_input;

const AFTER_HELP: &str = "\
Examples:
  deskgate explain response.xml
      What the response says, and whether it could be a sign-in at all.
  deskgate explain --desk desk.toml --connection contoso response.xml
      Every check that the desk makes, and what to change where one fails.
  deskgate explain --desk desk.toml --redact response.xml > for-support.txt
      The same without names, e-mail addresses and attribute values.

Whether a response was used before, only the running desk knows.";

/// Explain a SAML response check by check, and say what to change
///
/// Takes the XML, the SAMLResponse form value in base64, or the whole form body, also when they are
/// broken or refused. Without settings it says what the message claims and which checks need settings.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    options: ResponseOptions,
    /// Hide names, e-mail addresses, attribute values and the words of the identity provider
    #[arg(long)]
    redact: bool,
    /// Whose console to name boxes of, where the message does not give it away: entra, okta, onelogin,
    /// google, adfs, keycloak or generic
    #[arg(long, value_name = "NAME", value_parser = identity_provider)]
    identity_provider: Option<Console>,
    /// The helpdesk whose console to name boxes of: help_scout, jitbit or zendesk
    #[arg(long, value_name = "NAME", value_parser = helpdesk)]
    helpdesk: Option<Console>,
    /// The response, or - for standard input
    #[arg(value_name = "FILE")]
    file: Input,
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let options = &arguments.options;
    let privacy = if arguments.redact { Privacy::Redacted } else { Privacy::Shown };
    if !options.are_there() {
        let message = saml_input::message(arguments.file.read()?);
        let mut explanation = saml::explain(&message, None, &RustCrypto::new(), privacy);
        arguments.name_consoles(&mut explanation);
        return show(&explanation, None, true, output);
    }
    let demands = Demands::read(options)?;
    let message = saml_input::message(arguments.file.read()?);
    // Broken input is refused before anything is compared with it.
    let xml = saml_input::decode(message.clone()).unwrap_or_default();
    let request = options.request(&xml);
    let expected = demands.expected(options, request.as_deref());
    let crypto = demands.crypto();
    let mut explanation = saml::explain(&message, Some((&expected, demands.now)), &crypto, privacy);
    arguments.name_consoles(&mut explanation);
    // An explanation signs nobody in: whom it is about, only the verifier says.
    let verified = saml::verify_response(&xml, &expected, demands.now, &crypto);
    let refusal = verified.ok().and_then(|verified| demands.desk_refusal(&verified));
    show(&explanation, refusal.as_ref(), options.is_request_known(), output)
}

impl Arguments {
    /// Who asks knows better than the message.
    fn name_consoles(&self, explanation: &mut Explanation) {
        explanation.identity_provider = self.identity_provider.or(explanation.identity_provider);
        explanation.helpdesk = self.helpdesk.or(explanation.helpdesk);
    }
}

fn identity_provider(name: &str) -> Result<Console, String> {
    console(name, |console| !console.is_helpdesk() && console != Console::Desk)
}

fn helpdesk(name: &str) -> Result<Console, String> {
    console(name, Console::is_helpdesk)
}

fn console(name: &str, is_offered: impl Fn(Console) -> bool) -> Result<Console, String> {
    let offered: Vec<_> = Console::ALL.into_iter().filter(|console| is_offered(*console)).collect();
    let found = offered.iter().find(|console| console.name() == name).copied();
    found.ok_or_else(|| {
        let names: Vec<_> = offered.into_iter().map(Console::name).collect();
        format!("choose one of {}", names.join(", "))
    })
}

/// Prints the checklist. `refusal` is why the desk signs nobody in with a good response.
fn show(
    explanation: &Explanation,
    refusal: Option<&Reason>,
    is_request_known: bool,
    output: Output,
) -> Result<(), Failure> {
    output.show(&Checklist::new(explanation, refusal, is_request_known));
    match (explanation.verdict, refusal) {
        (Verdict::Refused(_), _) | (Verdict::Accepted, Some(_)) => Err(Failure::Shown),
        _ => Ok(()),
    }
}
