//! Peers in Rust, asked as deskgate-bench is: one JSON object a line, each way. `deskgate-bench-peers FOLDER
//! [rust-crypto]`, after deskgate-bench has filled the folder.

mod bergshamra;
mod jsonwebtoken;
mod samael;

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

type Result<T> = core::result::Result<T, Box<dyn Error>>;
/// One operation. It says who signed in, where the peer reads that, and how many groups they have.
type Work = Box<dyn FnMut() -> Result<Value>>;

fn main() -> Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("no folder")?);
    jsonwebtoken::install(env::args().nth(2).as_deref());
    let mut works = HashMap::new();
    for line in io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let answer = answer(&folder, &request, &mut works)
            .unwrap_or_else(|error| json!({ "refused": error.to_string() }));
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(())
}

fn answer(
    folder: &Path,
    request: &Value,
    works: &mut HashMap<(String, String), Work>,
) -> Result<Value> {
    let text = |member: &str| request[member].as_str().unwrap_or_default().to_owned();
    let key = (text("work"), text("document"));
    if !works.contains_key(&key) {
        let work = begin(folder, &key.0, &key.1)?;
        works.insert(key.clone(), work);
    }
    let work = works.get_mut(&key).ok_or("no work")?;
    let Some(times) = request["times"].as_u64() else { return work() };
    let before = cpu();
    for _ in 0..times {
        work()?;
    }
    Ok(json!({ "microseconds": (cpu() - before).as_secs_f64() * 1e6 }))
}

fn begin(folder: &Path, work: &str, document: &str) -> Result<Work> {
    match work {
        "bergshamra" => bergshamra::begin(folder, document),
        "samael" => samael::begin(folder, document),
        _ => jsonwebtoken::begin(folder, work),
    }
}

fn read(folder: &Path, name: &str) -> Result<String> {
    Ok(fs::read_to_string(folder.join(name))?)
}

/// A document as the form brings it.
fn post_value(folder: &Path, document: &str) -> Result<String> {
    Ok(STANDARD.encode(read(folder, &format!("{document}.xml"))?))
}

/// CPU time of this thread.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}
