//! The configuration of raw workerd: the Worker as `wrangler.toml` deploys it, with its Durable
//! Object on disk.

use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;

/// Cap'n Proto text for a file in `folder`. Modules are all those of edge-worker/build.
pub(super) fn config(workspace: &Workspace, folder: &Path) -> Result<String> {
    let wrangler: toml::Table = fs::read_to_string(workspace.path("wrangler.toml"))?.parse()?;
    let date = wrangler.get("compatibility_date").and_then(toml::Value::as_str);
    let date = date.context("wrangler.toml has no compatibility_date")?;
    let flags: Vec<String> = wrangler
        .get("compatibility_flags")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .map(quoted)
        .collect();
    let modules = modules(&workspace.worker(), folder)?;
    Ok(CONFIG
        .replace("@MODULES@", &modules)
        .replace("@DATE@", &quoted(date))
        .replace("@FLAGS@", &flags.join(", ")))
}

const CONFIG: &str = r#"# Written by `cargo xtask dev`; changes are lost.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "state", disk = (path = "given-on-the-command-line", writable = true)),
    # The origin of a desk may be anywhere, here on loopback.
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "edge")],
);

const edge :Workerd.Worker = (
  modules = [
@MODULES@  ],
  compatibilityDate = @DATE@,
  compatibilityFlags = [@FLAGS@],
  bindings = [
    (name = "DESK", durableObjectNamespace = "Desk"),
    (name = "DESKGATE_SECRET", fromEnvironment = "DESKGATE_SECRET"),
  ],
  durableObjectNamespaces = [(className = "Desk", uniqueKey = "deskgate-desk", enableSql = true)],
  durableObjectStorage = (localDisk = "state"),
);
"#;

/// The entry first, as workerd wants it.
fn modules(worker: &Path, folder: &Path) -> Result<String> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(worker)?.flatten().map(|entry| entry.path()).collect();
    files.sort_by_key(|path| (!path.ends_with("worker.mjs"), path.clone()));
    let mut text = String::new();
    for file in files {
        let kind = match file.extension().and_then(|extension| extension.to_str()) {
            Some("mjs" | "js") => "esModule",
            Some("wasm") => "wasm",
            _ => continue,
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let embedded = quoted(&relative(folder, &file).to_string_lossy());
        writeln!(text, "    (name = {}, {kind} = embed {embedded}),", quoted(&name))?;
    }
    Ok(text)
}

/// Cap'n Proto resolves what it embeds from the folder of the file, and knows no absolute paths.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    up.chain(to[shared..].iter().copied()).collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_from_the_folder_of_the_config() {
        let path =
            relative(Path::new("/a/target/dev"), Path::new("/a/edge-worker/build/worker.mjs"));
        assert_eq!(path, Path::new("../../edge-worker/build/worker.mjs"));
    }
}
