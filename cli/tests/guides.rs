//! The settings in the guides for administrators, and in the reference of all settings, are settings that the desk takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a guide tells to download; any metadata does for checking the settings around it.
const METADATA: &str = "tests/data/metadata.xml";
const CERTIFICATE: &str = "tests/data/idp.crt";

fn guides() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides");
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let is_guide = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    files.filter(is_guide).chain([folder.join("../settings.md")]).collect()
}

fn settings(guide: &str) -> Vec<&str> {
    let blocks = guide.split("```toml\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_settings_of_every_guide_pass_the_check() {
    let mut checked = 0;
    for guide in guides() {
        let text = fs::read_to_string(&guide).unwrap();
        for (index, settings) in settings(&text).into_iter().enumerate() {
            let name = guide.file_stem().unwrap().to_string_lossy();
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{index}"));
            fs::create_dir_all(&folder).unwrap();
            let file = folder.join("desk.toml");
            fs::write(&file, settings).unwrap();
            let values: toml::Table = settings.parse().unwrap();
            for connection in values["connections"].as_array().unwrap() {
                if let Some(metadata) = connection.get("metadata_file") {
                    fs::copy(METADATA, folder.join(metadata.as_str().unwrap())).unwrap();
                }
                let certificates = connection.get("certificate_files").and_then(|v| v.as_array());
                for certificate in certificates.into_iter().flatten() {
                    fs::copy(CERTIFICATE, folder.join(certificate.as_str().unwrap())).unwrap();
                }
            }
            let mut check = Command::new(env!("CARGO_BIN_EXE_deskgate"));
            let output = check.args(["check", "--desk"]).arg(&file).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{}: {said}", guide.display());
            checked += 1;
        }
    }
    assert!(checked >= 9, "only {checked}");
}
