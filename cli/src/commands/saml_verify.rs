//! `deskgate saml verify`.

use deskgate_core::saml;

use super::response_options::{Demands, ResponseOptions};
use super::saml_report::Accepted;
use crate::failure::{Failure, OrRefused as _};
use crate::input::Input;
use crate::output::Output;
use crate::saml_input;

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
    #[command(flatten)]
    options: ResponseOptions,
    /// The response, or - for standard input
    #[arg(value_name = "FILE")]
    file: Input,
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let options = &arguments.options;
    let demands = Demands::read(options)?;
    let xml = saml_input::decode(arguments.file.read()?)?;
    let request = options.request(&xml);
    let expected = demands.expected(options, request.as_deref());
    let verified = saml::verify_response(&xml, &expected, demands.now, &demands.crypto());
    let verified = verified.or_refused()?;
    if let Some(reason) = demands.desk_refusal(&verified) {
        return Err(reason.refused());
    }
    let person = demands.person(&verified.identity);
    output.show(&Accepted::new(&verified, &person, options.is_request_known()));
    Ok(())
}
