//! `deskgate metadata read`.

use deskgate_core::crypto::{KeyRules, RustCrypto};
use deskgate_core::diagnostic::{Diagnostic as _, Excerpt};
use deskgate_core::saml::metadata::{Binding, Endpoint, IdentityProviderMetadata};
use deskgate_core::time::UnixTime;
use serde::Serialize;

use crate::certificate::CertificateFacts;
use crate::failure::{Failure, OrRefused as _};
use crate::input::{self, Input};
use crate::output::{Output, Report};
use crate::page::Page;

/// Show what an identity provider says about itself, and how to write it into desk.toml
///
/// Reads a federation metadata file. Whether it is genuine, nothing inside the file can say: get it from
/// the identity provider itself, over https. Where a federation signs it, deskgate xml verify tells whether
/// its key did.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The identity provider, in a file that describes several
    #[arg(long, value_name = "ID")]
    entity_id: Option<String>,
    /// Judge dates as of this time, such as 2026-11-21T12:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = input::parse_time)]
    now: Option<UnixTime>,
    /// The metadata, or - for standard input
    #[arg(value_name = "FILE")]
    file: Input,
}

#[derive(Serialize)]
struct MetadataFacts {
    verdict: &'static str,
    entity_id: String,
    single_sign_on: Vec<EndpointFacts>,
    single_logout: Vec<EndpointFacts>,
    certificates: Vec<CertificateFacts>,
    unusable_certificates: Vec<UnusableFacts>,
    name_id_formats: Vec<String>,
    want_authn_requests_signed: bool,
    valid_until: Option<String>,
    #[serde(skip)]
    file_name: String,
}

#[derive(Serialize)]
struct EndpointFacts {
    binding: &'static str,
    location: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_location: Option<String>,
}

impl EndpointFacts {
    fn new(endpoint: &Endpoint) -> Self {
        Self {
            binding: match endpoint.binding {
                Binding::Post => "post",
                Binding::Redirect => "redirect",
            },
            location: endpoint.location.clone(),
            response_location: endpoint.response_location.clone(),
        }
    }
}

#[derive(Serialize)]
struct UnusableFacts {
    code: &'static str,
    message: String,
}

impl Report for MetadataFacts {
    fn write(&self, page: &mut Page) {
        page.heading(Excerpt::new(&self.entity_id));
        for endpoint in &self.single_sign_on {
            let location = Excerpt::new(&endpoint.location);
            page.row("sign-in at", format_args!("{location} ({})", endpoint.binding));
        }
        for endpoint in &self.single_logout {
            let location = Excerpt::new(&endpoint.location);
            page.row("sign-out at", format_args!("{location} ({})", endpoint.binding));
            page.row_if("", endpoint.response_location.as_deref().map(Excerpt::new).as_ref());
        }
        for certificate in &self.certificates {
            certificate.write_short(page);
        }
        for unusable in &self.unusable_certificates {
            page.warning(format_args!("left out a certificate: {}", unusable.message));
        }
        for format in &self.name_id_formats {
            page.row("NameID format", Excerpt::new(format));
        }
        let signed = if self.want_authn_requests_signed { "must be signed" } else { "unsigned" };
        page.row("requests", signed);
        page.row_if("valid until", self.valid_until.as_ref());
        page.blank();
        page.heading("In desk.toml");
        page.line("  [[connections]]");
        page.line("  name = \"contoso\"          # a short name of your choice");
        page.line(format_args!("  metadata_file = {:?}", self.file_name));
        self.write_single_logout(page);
    }
}

impl MetadataFacts {
    /// Not taken from the file by itself: it signs people out of everything that they reach with the
    /// identity provider, which not every helpdesk wants.
    fn write_single_logout(&self, page: &mut Page) {
        let is_redirect = |endpoint: &&EndpointFacts| endpoint.binding == "redirect";
        let endpoints = &self.single_logout;
        let Some(endpoint) = endpoints.iter().find(is_redirect).or_else(|| endpoints.first())
        else {
            return;
        };
        page.line("  # To sign people out at the identity provider too:");
        page.line(format_args!("  # slo_url = {:?}", endpoint.location));
        if endpoint.binding != "redirect" {
            page.line(format_args!("  # slo_binding = {:?}", endpoint.binding));
        }
        if let Some(location) = &endpoint.response_location {
            page.line(format_args!("  # slo_response_url = {location:?}"));
        }
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let bytes = arguments.file.read()?;
    let now = arguments.now.unwrap_or_else(input::clock);
    let name = arguments.file.name();
    let entity_id = arguments.entity_id.as_deref();
    let metadata = IdentityProviderMetadata::parse(&bytes, entity_id, KeyRules::default())
        .or_refused_at(&name)?;
    metadata.check_valid_at(now).or_refused_at(&name)?;
    output.show(&facts(&metadata, now, arguments.file.path_or("idp.xml")));
    Ok(())
}

fn facts(metadata: &IdentityProviderMetadata, now: UnixTime, file_name: String) -> MetadataFacts {
    let crypto = RustCrypto::new();
    MetadataFacts {
        verdict: "accepted",
        entity_id: metadata.entity_id.clone(),
        single_sign_on: metadata.single_sign_on.iter().map(EndpointFacts::new).collect(),
        single_logout: metadata.single_logout.iter().map(EndpointFacts::new).collect(),
        certificates: metadata
            .signing_certificates
            .iter()
            .map(|certificate| CertificateFacts::new(certificate, now, &crypto))
            .collect(),
        unusable_certificates: metadata
            .unusable_certificates
            .iter()
            .map(|error| UnusableFacts { code: error.code(), message: error.to_string() })
            .collect(),
        name_id_formats: metadata.name_id_formats.clone(),
        want_authn_requests_signed: metadata.want_authn_requests_signed,
        valid_until: metadata.valid_until.map(|time| time.to_string()),
        file_name,
    }
}
