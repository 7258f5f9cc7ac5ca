//! `deskgate`, the command line: checks everything that stands between an identity provider and a
//! helpdesk, with the same code that decides at the edge.

mod admin;
mod certificate;
mod changes;
mod commands;
mod desk_file;
mod failure;
mod input;
mod output;
mod page;
mod running_desk;
mod saml_input;
mod secret;
mod trust;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  deskgate check
      Find mistakes in desk.toml, and see what to enter at the identity provider.
  deskgate saml verify --desk desk.toml --connection contoso response.xml
      Say whether this response signs anybody in, and if not, why and what to change.
  deskgate explain --desk desk.toml response.xml
      Every check of a response: what was found, what is expected, what to change.
  deskgate certificate read contoso.cer
      Whose certificate it is and when it ends; or what the file is instead.

Exit status:
  0  accepted
  1  refused: the output says what was found, what is expected and what to do
  2  not carried out: a wrong argument, a file that cannot be read, a server that does not answer";

/// Check SAML sign-in from the identity provider to the helpdesk
///
/// What is about a running desk (apply, versions, restore, audit, people, sessions, service-tokens, keys
/// list, keys rotate) asks that desk, with the secret of the deployment. Nothing else sends anything.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    /// Print the result as one line of JSON; verify commands do so too when the output is no terminal
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json, arguments.command.is_verdict());
    match arguments.command.run(output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn no_two_arguments_of_a_command_have_one_name() {
        Arguments::command().debug_assert();
    }
}
