//! The settings of the demo desk.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Options;

/// What the demo of Zendesk and the desk share, as it stands in demo/desk.toml.
pub(super) const ZENDESK_SECRET: &str = "demo-0123456789abcdef0123456789abcdef";

/// Writes desk.toml into `folder`, beside the certificate that the demo identity provider made there.
/// Settings that somebody changed are kept as long as they fit the ports.
pub(super) fn write(folder: &Path, options: &Options) -> Result<PathBuf> {
    let path = folder.join("desk.toml");
    let text = include_str!("../../../demo/desk.toml")
        .replace("http://127.0.0.1:8787", &options.edge_url())
        .replace("http://127.0.0.1:9100", &options.origin_url())
        .replace("http://localhost:8181", &options.idp_url())
        .replace("http://localhost:9200", &options.zendesk_url())
        .replace("http://localhost:9300", &options.service_provider_url());
    let template = folder.join("desk.toml.template");
    let is_same_template = fs::read_to_string(&template).is_ok_and(|known| known == text);
    if !is_same_template || !path.exists() {
        fs::write(&path, &text)?;
        fs::write(&template, &text)?;
    }
    Ok(path)
}
