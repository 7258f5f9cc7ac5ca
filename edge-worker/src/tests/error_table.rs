//! `docs/ERRORS.md`: every stable code, written from the errors themselves.
//!
//! The samples have one value of each variant; that none is missing is found out by looking for the
//! codes in the source. `DESKGATE_WRITE_ERRORS=1 cargo test -p deskgate-edge error_table` writes the
//! file anew.

mod samples;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::remedy::Remedy;

use crate::error::notice_for;
use crate::loaded_desk::Unusable;
use crate::pages::Notice;
use crate::routes::admin::unusable;
use crate::service_token;

const INTRODUCTION: &str = "\
<!-- Written from the code: DESKGATE_WRITE_ERRORS=1 cargo test -p deskgate-edge error_table -->

# Error codes

Every refusal has a stable code. The command line prints it with what was found, what is expected and
what to do; the edge writes the same into its audit log and shows people a page that says less.

*Status* is the HTTP status at the edge: of the page after a refused sign-in or sign-out, or of the answer to an
admin request that brings refused settings. A dash means that the code never decides one: a session
token that does not hold leads to a new sign-in. Fields, places and numbers in messages are examples;
`…` stands for text of the input.
";

/// Prefixes of the codes, with the heading of each.
const MODULES: [(&str, &str); 15] = [
    ("xml", "XML"),
    ("c14n", "Canonical XML"),
    ("dsig", "XML signatures"),
    ("xenc", "XML encryption"),
    ("saml", "SAML messages and metadata"),
    ("identity_provider", "Requests of apps (bridge)"),
    ("x509", "Certificates"),
    ("key", "Keys"),
    ("jose", "Tokens"),
    ("session", "Sessions and cookies"),
    ("service_token", "Service tokens"),
    ("policy", "Rules for paths"),
    ("helpdesk", "Handing people to helpdesks"),
    ("zendesk", "What Zendesk answers"),
    ("desk", "Settings of a desk"),
];

const EDGE_MODULES: [&str; 12] = [
    "admin",
    "desk",
    "form",
    "handoff",
    "login",
    "logout",
    "origin",
    "people",
    "request",
    "revocation",
    "session",
    "worker",
];

struct Row {
    code: &'static str,
    kind: String,
    message: String,
    status: String,
    help: String,
}

fn module(code: &str) -> &str {
    code.split('.').next().unwrap()
}

/// Settings bring certificates, keys and rules; everything else arrives with a sign-in.
fn status(error: &dyn Diagnostic) -> String {
    match module(error.code()) {
        "jose" => "–".to_owned(),
        "identity_provider" => Notice::LinkRefused.content().status.to_string(),
        "service_token" => service_token::status(error.kind()).to_string(),
        "desk" | "key" | "policy" | "x509" => unusable(error).status.to_string(),
        _ => notice_for(error).content().status.to_string(),
    }
}

/// The help of an error is the text of its remedy, so that no box has two names.
#[test]
fn help_and_remedy_agree() {
    for error in samples::all() {
        let texts: Vec<_> = Remedy::ALL.iter().map(|remedy| remedy.help()).collect();
        match error.remedy() {
            Some(remedy) => assert_eq!(error.help(), remedy.help(), "{}", error.code()),
            None => assert!(!texts.contains(&error.help()), "{}", error.code()),
        }
    }
}

fn core_rows() -> Vec<Row> {
    let row = |error: Box<dyn Diagnostic>| Row {
        code: error.code(),
        kind: format!("{:?}", error.kind()),
        message: error.to_string(),
        status: status(&*error),
        help: error.help().to_owned(),
    };
    samples::all().into_iter().map(row).collect()
}

fn edge_rows() -> Vec<Row> {
    let of_notice = |notice: Notice| {
        let content = notice.content();
        Row {
            code: content.code,
            kind: "page".to_owned(),
            message: content.heading.to_owned(),
            status: content.status.to_string(),
            help: content.sentences.join(" "),
        }
    };
    let sign_in = samples::SIGN_IN_REFUSALS.map(|refusal| {
        let row = refusal.describe();
        Row {
            code: row.code,
            kind: "audit log".to_owned(),
            help: row.help.to_owned(),
            ..of_notice(row.notice)
        }
    });
    let hand_off = samples::HAND_OFF_REFUSALS.map(|refusal| {
        let row = refusal.describe();
        Row {
            code: row.code,
            kind: "audit log".to_owned(),
            help: row.help.to_owned(),
            ..of_notice(row.notice)
        }
    });
    let sign_out = samples::SIGN_OUT_REFUSALS.map(|refusal| {
        let (code, help) = refusal.describe();
        Row {
            code,
            kind: "audit log".to_owned(),
            help: help.to_owned(),
            ..of_notice(Notice::LogoutRefused)
        }
    });
    let revocation = samples::REVOCATION_REFUSALS.map(|refusal| {
        let (status, code, help) = refusal.describe();
        Row {
            code,
            kind: "audit log".to_owned(),
            message: "the identity provider's revocation is refused".to_owned(),
            status: status.to_string(),
            help: help.to_owned(),
        }
    });
    let admin = samples::ADMIN_REFUSALS.map(|refusal| {
        let row = refusal.describe();
        Row {
            code: row.code,
            kind: "admin".to_owned(),
            message: row.message.to_owned(),
            status: row.status.to_string(),
            help: row.help.to_owned(),
        }
    });
    let mut rows: Vec<Row> = samples::NOTICES.map(of_notice).into();
    // A page of its own and an event of the log may be one and the same.
    rows.retain(|row| row.code != Unusable::Keys.code());
    rows.extend(sign_in.into_iter().filter(|row| row.code != Notice::NotFromHere.content().code));
    rows.extend(hand_off);
    rows.extend(sign_out);
    rows.extend(revocation);
    rows.extend(admin);
    rows.extend([Unusable::Keys, Unusable::Settings].map(|unusable| Row {
        code: unusable.code(),
        kind: "log".to_owned(),
        message: "what the desk keeps cannot be used".to_owned(),
        // Of the page, as where the object does not answer.
        status: Notice::KeysDoNotOpen.content().status.to_string(),
        help: unusable.help().to_owned(),
    }));
    rows
}

fn write_table(text: &mut String, heading: &str, second: &str, rows: &[&Row]) {
    let escaped = |text: &str| text.replace('|', "\\|").replace('<', "&lt;");
    writeln!(text, "\n## {heading}\n").unwrap();
    writeln!(text, "| Code | {second} | Message | Status | What to do |").unwrap();
    writeln!(text, "| --- | --- | --- | --- | --- |").unwrap();
    for row in rows {
        let Row { code, kind, message, status, help } = row;
        let (message, help) = (escaped(message), escaped(help));
        writeln!(text, "| `{code}` | {kind} | {message} | {status} | {help} |").unwrap();
    }
}

fn document() -> String {
    let mut text = INTRODUCTION.to_owned();
    let mut rows = core_rows();
    rows.sort_by_key(|row| row.code);
    for (prefix, heading) in MODULES {
        let rows: Vec<&Row> = rows.iter().filter(|row| module(row.code) == prefix).collect();
        write_table(&mut text, heading, "Kind", &rows);
    }
    let mut rows = edge_rows();
    rows.sort_by_key(|row| row.code);
    text.push_str("\nThe codes of the edge itself stand in the answer to a script, in the audit log, or in the answer to\nan admin request.\n");
    write_table(&mut text, "The edge", "Where", &rows.iter().collect::<Vec<_>>());
    text
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// How often each code stands in the product's source below `folder`.
fn codes_in_source(folder: &Path, modules: &[&str], codes: &mut BTreeMap<String, usize>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name == "tests" || name == "tests.rs") {
            continue;
        }
        if path.is_dir() {
            codes_in_source(&path, modules, codes);
            continue;
        }
        // Names of events look like codes, and are none.
        if path.ends_with("audit.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for literal in product.split('"').filter(|text| is_code(text, modules)) {
            *codes.entry(literal.to_owned()).or_default() += 1;
        }
    }
}

fn is_code(text: &str, modules: &[&str]) -> bool {
    let is_name = |name: &str| name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let Some((module, name)) = text.split_once('.') else { return false };
    modules.contains(&module) && !name.is_empty() && is_name(name)
}

#[track_caller]
fn check_complete(rows: &[Row], source: &BTreeMap<String, usize>) {
    let mut listed = BTreeMap::new();
    for row in rows {
        *listed.entry(row.code.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(
        &listed, source,
        "left: codes of the samples, right: codes in the source, each once"
    );
}

#[test]
fn every_code_of_the_core_has_one_variant_and_one_sample() {
    let mut source = BTreeMap::new();
    let modules = MODULES.map(|(module, _)| module);
    for folder in ["core/src", "xmldsig/src"] {
        codes_in_source(&root().join(folder), &modules, &mut source);
    }
    check_complete(&core_rows(), &source);
}

#[test]
fn every_code_of_the_edge_has_one_row() {
    let mut source = BTreeMap::new();
    codes_in_source(&root().join("edge-worker/src"), &EDGE_MODULES, &mut source);
    // `notice_for` reads codes of the core, one name is a template, and a page and the audit log share one code.
    source.remove("session.email_domain_not_allowed");
    source.remove("session.transaction_unknown");
    source.remove("session.html");
    assert_eq!(source.insert(Notice::NotFromHere.content().code.to_owned(), 1), Some(2));
    check_complete(&edge_rows(), &source);
}

#[test]
fn the_document_is_written_from_the_code() {
    let path = root().join("docs/ERRORS.md");
    let document = document();
    if std::env::var_os("DESKGATE_WRITE_ERRORS").is_some() {
        fs::write(&path, &document).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == document,
        "docs/ERRORS.md is out of date: DESKGATE_WRITE_ERRORS=1 cargo test -p deskgate-edge error_table"
    );
}
