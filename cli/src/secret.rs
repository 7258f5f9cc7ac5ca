//! The secret of a deployment, as `deskgate keys new` printed it.

use std::path::Path;

use deskgate_core::crypto::SecretKey;

use crate::failure::{Failure, Reason};
use crate::input;

const SECRET_VARIABLE: &str = "DESKGATE_SECRET";
const SECRET_BYTES: usize = 32;

/// From `file`, else from the environment.
pub(crate) fn read(file: Option<&Path>) -> Result<SecretKey, Failure> {
    const HELP: &str = "Take the value that deskgate keys new printed for this deployment, from where \
                        you keep it, and set DESKGATE_SECRET or use --secret-file.";
    let (text, source) = match file {
        Some(path) => {
            let bytes = input::read_file(path)?;
            (String::from_utf8_lossy(&bytes).into_owned(), path.display().to_string())
        }
        None => match std::env::var(SECRET_VARIABLE) {
            Ok(text) => (text, SECRET_VARIABLE.into()),
            Err(_) => {
                let message = "the secret of the deployment is not given";
                return Err(Reason::new("cli.no_secret", message, HELP).not_carried_out());
            }
        },
    };
    let text = zeroize::Zeroizing::new(text);
    let bytes = deskgate_core::base64::decode_url(text.trim())
        .map(zeroize::Zeroizing::new)
        .ok()
        .filter(|bytes| bytes.len() == SECRET_BYTES);
    let bytes = bytes.ok_or_else(|| {
        Reason::new("cli.invalid_secret", "this is not a secret of deskgate", HELP)
            .expected("32 bytes as base64url: 43 characters")
            .at(source)
            .not_carried_out()
    })?;
    Ok(SecretKey::new(&bytes))
}
