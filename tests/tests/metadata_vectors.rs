//! Metadata of identity providers as other people's suites and products write it: what we read has to
//! be what the row says, and `tests/vectors/metadata/exceptions.toml` lists the rest with reasons.
//!
//! Service providers' metadata has no identity provider to find, and that has to be the answer.

use std::collections::BTreeMap;

use deskgate_core::crypto::KeyRules;
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::saml::Error;
use deskgate_core::saml::metadata::{Binding, IdentityProviderMetadata};
use deskgate_core::time::UnixTime;
use deskgate_tests::corpus::{Corpus, Row};
use deskgate_tests::exceptions::Exceptions;

/// 2026-11-21, when the verdicts were recorded.
const NOW: UnixTime = UnixTime::from_seconds(1_795_219_200);

/// The smallest RSA key of the corpus has 512 bits.
const RULES: KeyRules = KeyRules::dangerous_min_rsa_bits(512);

#[test]
fn metadata_of_others_is_read_as_they_read_it() {
    let Some(corpus) = Corpus::open("metadata_vectors") else { return };
    let exceptions = Exceptions::read("metadata/exceptions.toml");
    let mut counts = BTreeMap::<String, usize>::new();
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    let rows = corpus.rows("MD-");
    for row in &rows {
        seen.push(row.id.clone());
        let verdict = verdict(row, &corpus.read(&row.local));
        let verdict = verdict.unwrap_or_else(|error| error.code().to_owned());
        let identity_providers = row.settings["n_idp"].as_u64().unwrap_or_default();
        let expected = match (row.expected.as_str(), identity_providers) {
            ("accept", 0) => "saml.entity_not_found",
            ("accept", _) => "accept",
            _ => "reject",
        };
        let agrees = verdict == expected || (expected == "reject" && verdict.contains('.'));
        match (agrees, exceptions.of(&row.id)) {
            (true, None) => *counts.entry(format!("{expected} as written")).or_default() += 1,
            (false, Some((index, actual))) if actual == verdict => {
                *counts.entry(exceptions.reason(index).to_owned()).or_default() += 1;
            }
            (_, exception) => wrong.push(format!(
                "{} is to {expected}: {verdict}, exception {exception:?} {} {}",
                row.id, row.local, row.reason
            )),
        }
    }
    println!("metadata_vectors: {} rows, {} wrong: {counts:#?}", rows.len(), wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(exceptions.ids_not_in(&seen), Vec::<String>::new(), "exceptions for unknown rows");
}

/// `accept` when every identity provider of the file is found, and the first one is as the row says.
fn verdict(row: &Row, xml: &[u8]) -> Result<String, Error> {
    let all = match IdentityProviderMetadata::parse(xml, None, RULES) {
        Err(Error::SeveralEntities) => each(row, xml)?,
        one => vec![one?],
    };
    if row.expected == "reject" {
        all.iter().try_for_each(|one| one.check_valid_at(NOW))?;
        return Ok("accept".to_owned());
    }
    if row.settings["n_idp"].as_u64() != u64::try_from(all.len()).ok() {
        return Ok(format!("{} identity providers", all.len()));
    }
    Ok(difference(row, &all[0]).unwrap_or_else(|| "accept".to_owned()))
}

/// One after the other by its entity ID; entities of other roles are not found.
fn each(row: &Row, xml: &[u8]) -> Result<Vec<IdentityProviderMetadata>, Error> {
    let mut found = Vec::new();
    for id in strings(&row.settings["entity_ids"]) {
        match IdentityProviderMetadata::parse(xml, Some(&id), RULES) {
            Err(Error::EntityNotFound { .. }) => {}
            one => found.push(one?),
        }
    }
    Ok(found)
}

/// What is not as the row says.
fn difference(row: &Row, metadata: &IdentityProviderMetadata) -> Option<String> {
    let binding = |binding| match binding {
        Binding::Post => "HTTP-POST",
        Binding::Redirect => "HTTP-Redirect",
    };
    let endpoint = |(binding, location): (&str, &str)| format!("{binding} {}", location.trim());
    let ours = metadata.single_sign_on.iter();
    let ours: Vec<_> = ours.map(|one| endpoint((binding(one.binding), &one.location))).collect();
    let theirs: Vec<_> = pairs(&row.settings["first_idp_sso"])
        .filter(|(binding, _)| matches!(*binding, "HTTP-POST" | "HTTP-Redirect"))
        .map(endpoint)
        .collect();
    if ours != theirs {
        return Some(format!("sends to {ours:?}"));
    }
    let formats: Vec<_> = strings(&row.settings["first_idp_nameid_formats"]).collect();
    let formats: Vec<_> = formats.iter().map(|format| format.trim()).collect();
    let ours = &metadata.name_id_formats;
    // Rows name at most six.
    if ours.iter().take(6).ne(&formats) {
        return Some(format!("has {:?}", metadata.name_id_formats));
    }
    // A certificate may stand there twice.
    let keys = row.settings["first_idp_keys"].as_array().into_iter().flatten();
    let keys = keys.filter(|key| key[0].is_null() || key[0] == "signing");
    let most: u64 = keys.filter_map(|key| key[1].as_u64()).sum();
    let ours = metadata.signing_certificates.len() + metadata.unusable_certificates.len();
    let is_possible = u64::try_from(ours).is_ok_and(|ours| (1..=most).contains(&ours));
    (!is_possible).then(|| format!("{ours} keys of {most}"))
}

fn strings(list: &serde_json::Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned))
}

fn pairs(list: &serde_json::Value) -> impl Iterator<Item = (&str, &str)> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| Some((item[0].as_str()?, item[1].as_str()?)))
}
