//! `desk.toml`: the settings of a desk as people write them, with files for certificates and metadata.

use std::path::Path;

use deskgate_core::base64;
use deskgate_core::crypto::KeyRules;
use deskgate_core::desk::{self, Desk, Fault};
use deskgate_core::preset::IdentityProvider;
use deskgate_core::saml::metadata::{Binding, IdentityProviderMetadata};
use deskgate_core::x509::Certificate;
use serde_json::{Map, Value, json};

use crate::failure::{Failure, Reason};
use crate::input;

/// Fields that only stand in the file: the desk gets what they name.
const CERTIFICATE_FILES: &str = "certificate_files";
const METADATA_FILE: &str = "metadata_file";

/// Reads the file and everything that it names; `url` replaces the address in it.
pub(crate) fn read(path: &Path, url: Option<&str>) -> Result<Desk, Failure> {
    let bytes = input::read_file(path)?;
    let mut settings = parse(&bytes, &path.display().to_string())?;
    if let (Some(url), Value::Object(members)) = (url, &mut settings) {
        members.insert("url".into(), url.into());
    }
    let mut files = Files {
        folder: path.parent().unwrap_or_else(|| Path::new(".")),
        reasons: Vec::new(),
        incomplete: Vec::new(),
    };
    if let Some(Value::Array(connections)) = settings.get_mut("connections") {
        for (index, connection) in connections.iter_mut().enumerate() {
            files.resolve(connection, &format!("connections[{index}]."));
            email_domains_to_ascii(connection);
        }
    }
    let desk = Desk::from_json(&settings);
    let Files { mut reasons, incomplete, .. } = files;
    match desk {
        Ok(desk) if reasons.is_empty() => return Ok(desk),
        Ok(_) => {}
        Err(error) => {
            reasons.extend(problems(&error).filter(|reason| !is_consequence(reason, &incomplete)));
        }
    }
    Err(Failure::Refused(reasons))
}

/// What a file should have brought, is missing only because of the file.
fn is_consequence(reason: &Reason, incomplete: &[String]) -> bool {
    let field = reason.at.as_deref().unwrap_or_default();
    reason.code == "desk.missing_field"
        && incomplete.iter().any(|connection| field.starts_with(connection))
}

fn problems(error: &desk::Error) -> impl Iterator<Item = Reason> {
    error.problems().map(|problem| {
        let field = problem.field();
        let mut reason = Reason::of(problem);
        reason.message = problem.fault().to_string();
        reason.at = Some(field.into()).filter(|_| !field.is_empty());
        if let (Fault::Unknown { known }, Some(expected)) = (problem.fault(), &mut reason.expected)
            && known.contains(&"certificates")
        {
            expected.push_str(&format!(", {CERTIFICATE_FILES}, {METADATA_FILE}"));
        }
        reason
    })
}

fn parse(bytes: &[u8], name: &str) -> Result<Value, Failure> {
    const HELP: &str = "Correct the line; texts stand in quotes, and each connection begins with \
                        [[connections]].";
    let refused = |at: String, found: &str| {
        Reason::new("cli.not_toml", "this is not TOML", HELP).at(at).found(found).refused()
    };
    let text = std::str::from_utf8(bytes).map_err(|_| refused(name.into(), "other than UTF-8"))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        refused(format!("{name}, line {line}"), error.message())
    })?;
    Ok(to_json(toml::Value::Table(table)))
}

/// Dates become texts, as JSON has none. The TOML parser has bounded the depth.
fn to_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(to_json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(name, value)| (name, to_json(value))).collect())
        }
    }
}

/// Reads the files that connections name.
struct Files<'a> {
    folder: &'a Path,
    reasons: Vec<Reason>,
    /// Paths of the connections whose files have problems.
    incomplete: Vec<String>,
}

impl Files<'_> {
    /// Replaces the names of files in the connection at `path` by what the core reads.
    fn resolve(&mut self, connection: &mut Value, path: &str) {
        let Value::Object(connection) = connection else { return };
        let reasons_before = self.reasons.len();
        let mut certificates = Vec::new();
        if let Some(file) = connection.remove(METADATA_FILE) {
            let at = format!("{path}{METADATA_FILE}");
            if let Some(metadata) = self.metadata(&file, at, connection.get("idp_entity_id")) {
                certificates.extend(metadata.signing_certificates.iter().map(base64_of));
                fill_in(connection, &metadata);
            }
        }
        if let Some(files) = connection.remove(CERTIFICATE_FILES) {
            let at = format!("{path}{CERTIFICATE_FILES}");
            certificates.extend(self.certificate_list(&files, &at));
        }
        if !certificates.is_empty() {
            let entries = connection.entry("certificates").or_insert_with(|| json!([]));
            // If it is no list, the core says so.
            if let Value::Array(entries) = entries {
                entries.append(&mut certificates);
            }
        }
        if self.reasons.len() > reasons_before {
            self.incomplete.push(path.into());
        }
    }

    fn certificate_list(&mut self, files: &Value, at: &str) -> Vec<Value> {
        let Value::Array(files) = files else {
            let help = "Write the names in brackets: [\"idp.cer\"].";
            let reason = Reason::new("desk.wrong_type", "the value is not a list", help);
            self.reasons.push(reason.expected("a list").at(at));
            return Vec::new();
        };
        let read = |(index, file)| self.certificates(file, format!("{at}[{index}]"));
        files.iter().enumerate().flat_map(read).collect()
    }

    fn certificates(&mut self, file: &Value, at: String) -> Vec<Value> {
        let Some(bytes) = self.read(file, &at) else { return Vec::new() };
        match Certificate::parse_all(&bytes, KeyRules::default()) {
            Ok(certificates) => certificates.iter().map(base64_of).collect(),
            Err(error) => {
                self.reasons.push(Reason::of(&error).at(at));
                Vec::new()
            }
        }
    }

    fn metadata(
        &mut self,
        file: &Value,
        at: String,
        entity_id: Option<&Value>,
    ) -> Option<IdentityProviderMetadata> {
        let bytes = self.read(file, &at)?;
        let entity_id = entity_id.and_then(Value::as_str);
        IdentityProviderMetadata::parse(&bytes, entity_id, KeyRules::default())
            .map_err(|error| self.reasons.push(Reason::of(&error).at(at)))
            .ok()
    }

    fn read(&mut self, file: &Value, at: &str) -> Option<Vec<u8>> {
        let Some(name) = file.as_str() else {
            let help = "Write the name of a file in quotes.";
            let reason = Reason::new("desk.wrong_type", "the value is not a text", help);
            self.reasons.push(reason.expected("a text").at(at));
            return None;
        };
        match input::read_file(&self.folder.join(name)) {
            Ok(bytes) => Some(bytes),
            Err(Failure::NotCarriedOut(reason)) => {
                let help = "Check the name; it is relative to the folder of desk.toml.".into();
                self.reasons.push(Reason { help, ..*reason }.at(at));
                None
            }
            Err(Failure::Refused(reasons)) => {
                self.reasons.extend(reasons);
                None
            }
            Err(Failure::Shown) => None,
        }
    }
}

/// International domains get the form that stands in messages. What is none, the core refuses.
fn email_domains_to_ascii(connection: &mut Value) {
    let Some(Value::Array(domains)) = connection.get_mut("email_domains") else { return };
    for domain in domains {
        let international = domain.as_str().filter(|domain| !domain.is_ascii());
        if let Some(ascii) = international.and_then(|name| idna::domain_to_ascii_strict(name).ok())
        {
            *domain = ascii.into();
        }
    }
}

fn base64_of(certificate: &Certificate) -> Value {
    base64::encode(certificate.der()).into()
}

/// What stands in desk.toml itself, wins over the metadata.
fn fill_in(connection: &mut Map<String, Value>, metadata: &IdentityProviderMetadata) {
    let has_own_address = connection.contains_key("sso_url");
    let mut set = |name: &str, value: Value| {
        connection.entry(name).or_insert(value);
    };
    set("idp_entity_id", metadata.entity_id.as_str().into());
    if let Some(product) = IdentityProvider::of_entity_id(&metadata.entity_id) {
        set("preset", product.name().into());
    }
    let endpoints = &metadata.single_sign_on;
    let redirect = endpoints.iter().find(|endpoint| endpoint.binding == Binding::Redirect);
    if let Some(endpoint) = redirect.or_else(|| endpoints.first()) {
        let is_post = endpoint.binding == Binding::Post;
        if !has_own_address {
            set("sso_binding", if is_post { "post" } else { "redirect" }.into());
        }
        set("sso_url", endpoint.location.as_str().into());
    }
    if metadata.want_authn_requests_signed {
        set("sign_requests", true.into());
    }
}
