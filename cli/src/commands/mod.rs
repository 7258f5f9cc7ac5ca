//! The commands, one file each.

mod apply;
mod audit;
mod break_glass;
mod certificate_read;
mod check;
mod explain;
mod explain_report;
mod guide;
mod jwt_verify;
pub(crate) mod keys_list;
mod keys_new;
pub(crate) mod keys_rotate;
mod metadata_read;
pub(crate) mod people;
mod response_options;
mod restore;
mod saml_report;
mod saml_verify;
pub(crate) mod service_tokens;
pub(crate) mod sessions;
mod versions;
mod xml_canonicalize;
mod xml_verify;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Command {
    Check(check::Arguments),
    Guide(guide::Arguments),
    Apply(apply::Arguments),
    Versions(versions::Arguments),
    Restore(restore::Arguments),
    Explain(Box<explain::Arguments>),
    Audit(audit::Arguments),
    BreakGlass(break_glass::Arguments),
    /// Verify SAML responses
    #[command(subcommand)]
    Saml(Saml),
    /// Read the metadata of identity providers
    #[command(subcommand)]
    Metadata(Metadata),
    /// Read certificates
    #[command(subcommand)]
    Certificate(Certificate),
    /// Verify session and origin tokens, and other JSON Web Tokens
    #[command(subcommand)]
    Jwt(Jwt),
    /// Verify XML signatures, write canonical XML
    #[command(subcommand)]
    Xml(Xml),
    /// See and change who may sign in
    #[command(subcommand)]
    People(people::People),
    /// See who is signed in, and end sessions
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Let scripts and webhooks pass the gate
    #[command(subcommand)]
    ServiceTokens(service_tokens::ServiceTokens),
    /// Make the secret of a deployment, see and change the keys of a desk
    #[command(subcommand)]
    Keys(Keys),
}

#[derive(Subcommand)]
pub(crate) enum Saml {
    Verify(Box<saml_verify::Arguments>),
}

#[derive(Subcommand)]
pub(crate) enum Metadata {
    Read(metadata_read::Arguments),
}

#[derive(Subcommand)]
pub(crate) enum Certificate {
    Read(certificate_read::Arguments),
}

#[derive(Subcommand)]
pub(crate) enum Jwt {
    Verify(jwt_verify::Arguments),
}

#[derive(Subcommand)]
pub(crate) enum Xml {
    Verify(xml_verify::Arguments),
    Canonicalize(xml_canonicalize::Arguments),
}

#[derive(Subcommand)]
pub(crate) enum Keys {
    List(keys_list::Arguments),
    New(keys_new::Arguments),
    Rotate(keys_rotate::Arguments),
}

impl Command {
    /// Whether the answer is a verdict about a message.
    pub(crate) const fn is_verdict(&self) -> bool {
        matches!(self, Self::Saml(_) | Self::Jwt(_) | Self::Xml(Xml::Verify(_)))
    }

    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Check(arguments) => check::run(&arguments, output),
            Self::Guide(arguments) => guide::run(&arguments, output),
            Self::Apply(arguments) => apply::run(&arguments, output),
            Self::Versions(arguments) => versions::run(&arguments, output),
            Self::Restore(arguments) => restore::run(&arguments, output),
            Self::Audit(arguments) => audit::run(&arguments, output),
            Self::Explain(arguments) => explain::run(&arguments, output),
            Self::BreakGlass(arguments) => break_glass::run(&arguments, output),
            Self::People(command) => people::run(command, output),
            Self::Sessions(command) => sessions::run(command, output),
            Self::ServiceTokens(command) => service_tokens::run(command, output),
            Self::Saml(Saml::Verify(arguments)) => saml_verify::run(&arguments, output),
            Self::Metadata(Metadata::Read(arguments)) => metadata_read::run(&arguments, output),
            Self::Certificate(Certificate::Read(arguments)) => {
                certificate_read::run(&arguments, output)
            }
            Self::Jwt(Jwt::Verify(arguments)) => jwt_verify::run(&arguments, output),
            Self::Xml(Xml::Verify(arguments)) => xml_verify::run(&arguments, output),
            Self::Xml(Xml::Canonicalize(arguments)) => xml_canonicalize::run(&arguments, output),
            Self::Keys(Keys::List(arguments)) => keys_list::run(&arguments, output),
            Self::Keys(Keys::New(arguments)) => keys_new::run(&arguments, output),
            Self::Keys(Keys::Rotate(arguments)) => keys_rotate::run(&arguments, output),
        }
    }
}
