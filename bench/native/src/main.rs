//! Does pieces of work when asked to, and says what they took: one JSON object a line, each way.
//!
//! `deskgate-bench FOLDER`; first it writes into the folder what the peers need.

use std::collections::HashMap;
use std::error::Error;
use std::hint::black_box;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use deskgate_bench::generated;
use deskgate_bench::remembered::Remembered;
use deskgate_bench::tokens::Tokens;
use deskgate_bench::{Document, limit, read};
use deskgate_core::crypto::{AwsLc, Crypto, RustCrypto};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();
const AWS_LC: AwsLc = AwsLc::with_dangerous_rsa_private_operations();
const DOCUMENTS: [&str; 4] = ["entra", "many-groups", "encrypted", "signed-twice"];

type Result<T> = core::result::Result<T, Box<dyn Error>>;
type Work = Box<dyn FnMut()>;

fn main() -> Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("no folder")?);
    prepare(&folder)?;
    let mut works = HashMap::new();
    for line in io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let answer = answer(&folder, &request, &mut works)
            .unwrap_or_else(|error| json!({ "error": error.to_string() }));
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(())
}

/// Writes the limits of all documents, the tokens of one person and the key that verifies them.
fn prepare(folder: &Path) -> Result<()> {
    for name in DOCUMENTS {
        let document = read(folder, name)?;
        let signatures = limit::signatures(&document.xml, &document.connection, &CRYPTO);
        limit::write(&folder.join(format!("{name}.limit.json")), &signatures)?;
    }
    let tokens = tokens(folder)?;
    fs::write(folder.join("jwks.json"), tokens.keys())?;
    fs::write(folder.join("session.jwt"), tokens.mint_session(&CRYPTO))?;
    fs::write(folder.join("origin.jwt"), tokens.mint_origin(&CRYPTO))?;
    Ok(())
}

fn tokens(folder: &Path) -> Result<Tokens> {
    let key = fs::read_to_string(folder.join("desk.key"))?;
    let document = read(folder, "entra")?;
    Ok(document.validate(&CRYPTO, |sign_in| Tokens::new(&key, &sign_in, &CRYPTO)))
}

fn answer(
    folder: &Path,
    request: &Value,
    works: &mut HashMap<(String, String), Work>,
) -> Result<Value> {
    let text = |member: &str| request[member].as_str().unwrap_or_default().to_owned();
    let (work, document) = (text("work"), text("document"));
    let Some(times) = request["times"].as_u64() else {
        return Ok(verdict(&read(folder, &document)?, provider(&work)));
    };
    let key = (work, document);
    if !works.contains_key(&key) {
        let work = begin(folder, &key.0, &key.1)?;
        works.insert(key.clone(), work);
    }
    let work = works.get_mut(&key).ok_or("no work")?;
    let before = cpu();
    for _ in 0..times {
        work();
    }
    Ok(json!({ "microseconds": (cpu() - before).as_secs_f64() * 1e6 }))
}

/// By whom a work, or the document of a work with tokens, wants its cryptography done.
fn provider(name: &str) -> &'static dyn Crypto {
    if name.ends_with("aws-lc") { &AWS_LC } else { &CRYPTO }
}

fn verdict(document: &Document, crypto: &dyn Crypto) -> Value {
    match document.connection.verdict(document.post_value.as_bytes(), crypto) {
        Ok((name, groups)) => json!({ "name": name, "groups": groups }),
        Err(error) => json!({ "refused": error }),
    }
}

/// A piece of work, ready to be done.
fn begin(folder: &Path, work: &str, document: &str) -> Result<Work> {
    let validate = |document: &Document, crypto: &dyn Crypto| {
        document.validate(crypto, |sign_in| drop(black_box(sign_in)));
    };
    let token = |name: &str| fs::read_to_string(folder.join(name));
    Ok(match work {
        "deskgate" | "deskgate-aws-lc" => {
            let (document, crypto) = (read(folder, document)?, provider(work));
            Box::new(move || validate(&document, crypto))
        }
        "deskgate-without-crypto" => {
            let document = read(folder, document)?;
            let crypto = Remembered::of(|crypto| validate(&document, crypto));
            Box::new(move || validate(&document, &crypto))
        }
        "limit" | "limit-aws-lc" => {
            let Document { xml, connection, .. } = read(folder, document)?;
            let (signatures, crypto) =
                (limit::signatures(&xml, &connection, &CRYPTO), provider(work));
            Box::new(move || signatures.iter().for_each(|each| each.verify(&connection, crypto)))
        }
        "generated" => {
            let (shape, bytes) = document.split_once(' ').ok_or("no size")?;
            let response = generated::Response::new(shape, bytes.parse()?);
            Box::new(move || generated::verify(&response))
        }
        "session-mint" => {
            let (tokens, crypto) = (tokens(folder)?, provider(document));
            Box::new(move || drop(black_box(tokens.mint_session(crypto))))
        }
        "session-verify" => {
            let (tokens, token, crypto) =
                (tokens(folder)?, token("session.jwt")?, provider(document));
            Box::new(move || tokens.verify_session(&token, crypto).expect("a right token"))
        }
        "origin-mint" => {
            let (tokens, crypto) = (tokens(folder)?, provider(document));
            Box::new(move || drop(black_box(tokens.mint_origin(crypto))))
        }
        "origin-verify" => {
            let (tokens, token, crypto) =
                (tokens(folder)?, token("origin.jwt")?, provider(document));
            Box::new(move || tokens.verify_origin(&token, crypto).expect("a right token"))
        }
        _ => return Err(format!("no such work: {work}").into()),
    })
}

/// CPU time of this thread.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}
