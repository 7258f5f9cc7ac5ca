//! Counts allocations: `deskgate-bench-memory FOLDER DOCUMENT...`, where a document is one of the folder, or
//! a shape and a size in bytes such as `normal 65536`. One JSON object.

use std::env;
use std::error::Error;
use std::path::Path;

use deskgate_bench::remembered::Remembered;
use deskgate_bench::{generated, read};
use deskgate_core::crypto::Crypto;
use serde_json::{Map, Value, json};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (folder, documents) = arguments.split_first().ok_or("no folder")?;
    let mut counted = Map::new();
    for document in documents {
        counted.insert(document.clone(), count(Path::new(folder), document)?);
    }
    println!("{}", Value::Object(counted));
    Ok(())
}

/// The document and its base64 are there before; cryptography is answered from memory.
fn count(folder: &Path, document: &str) -> Result<Value, Box<dyn Error>> {
    if let Some((shape, bytes)) = document.split_once(' ') {
        let response = generated::Response::new(shape, bytes.parse()?);
        return Ok(measure(response.bytes(), || generated::verify(&response)));
    }
    let document = read(folder, document)?;
    let validate = |crypto: &dyn Crypto| document.validate(crypto, |_| ());
    let crypto = Remembered::of(validate);
    Ok(measure(document.xml.len(), || validate(&crypto)))
}

fn measure(bytes: usize, work: impl Fn()) -> Value {
    // What is allocated once, for all.
    work();
    let profiler = dhat::Profiler::builder().testing().build();
    work();
    let heap = dhat::HeapStats::get();
    drop(profiler);
    json!({
        "document_bytes": bytes,
        "allocations": heap.total_blocks,
        "allocated_bytes": heap.total_bytes,
        "peak_bytes": heap.max_bytes,
    })
}
