//! `deskgate jwt verify`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use deskgate_core::crypto::{JwsAlgorithm, RustCrypto};
use deskgate_core::diagnostic::Excerpt;
use deskgate_core::jose::{
    self, ExpectedClaims, JwkKind, JwkSet, Keys, MAX_TOKEN_BYTES, VerifiedJwt,
};
use deskgate_core::time::UnixTime;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::{Failure, OrRefused as _, Reason};
use crate::input::{self, Input};
use crate::output::{Output, Report};
use crate::page::Page;

/// No HMAC: a set with shared secrets is not a thing that is published, and a token that is verified
/// with one could be made by whoever verifies it.
const ALGORITHMS: &[JwsAlgorithm] =
    &[JwsAlgorithm::EdDsa, JwsAlgorithm::Es256, JwsAlgorithm::Rs256];

const AFTER_HELP: &str = "\
Example, with the header of a request as the helpdesk got it:
  curl -s https://help.contoso.com/deskgate/jwks.json > jwks.json
  deskgate jwt verify --jwks jwks.json --issuer https://help.contoso.com \\
      --audience https://tickets.internal --typ deskgate-origin+jwt \"$DESKGATE_ASSERTION\"";

/// Verify a JSON Web Token and show its claims
///
/// For session tokens, origin tokens, and every token signed with EdDSA, ES256 or RS256 whose key stands
/// in a JWK Set. Whether an origin token was made for a certain request, is not checked.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The JWK Set with the keys that are trusted, such as /deskgate/jwks.json of the desk
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
    /// The issuer, claim iss: the address of the desk
    #[arg(long, value_name = "ISSUER")]
    issuer: String,
    /// The audience, claim aud: the origin for origin tokens, the desk itself for session tokens
    #[arg(long, value_name = "AUDIENCE")]
    audience: String,
    /// The type in the header, such as deskgate-origin+jwt or deskgate-session+jwt [default: any]
    #[arg(long, value_name = "TYPE")]
    typ: Option<String>,
    /// Verify as of this time, such as 2026-11-21T12:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = input::parse_time)]
    now: Option<UnixTime>,
    /// The token itself, or - for standard input
    #[arg(value_name = "TOKEN", allow_hyphen_values = true)]
    token: String,
}

#[derive(Serialize)]
struct Accepted {
    verdict: &'static str,
    header: Header,
    claims: Map<String, Value>,
}

#[derive(Serialize)]
struct Header {
    alg: &'static str,
    kid: Option<String>,
    typ: Option<String>,
}

impl Report for Accepted {
    fn write(&self, page: &mut Page) {
        page.accepted("the token is authentic and its time has not passed");
        page.row("algorithm", self.header.alg);
        page.row_if("key", self.header.kid.as_deref().map(Excerpt::new));
        page.row_if("type", self.header.typ.as_deref().map(Excerpt::new));
        page.blank();
        page.heading("Claims");
        for (name, value) in &self.claims {
            let time = value.as_u64().filter(|_| is_time(name)).map(UnixTime::from_seconds);
            let text = value.as_str().map_or_else(|| value.to_string(), String::from);
            let (name, text) = (Excerpt::new(name), Excerpt::new(&text));
            match time {
                Some(time) => page.row(name.as_str(), format_args!("{text} ({time})")),
                None => page.row(name.as_str(), text),
            }
        }
    }
}

/// Claims that are a NumericDate: RFC 7519 4.1 and OpenID Connect.
fn is_time(claim: &str) -> bool {
    matches!(claim, "exp" | "iat" | "nbf" | "auth_time")
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let jwks = input::read_file(&arguments.jwks)?;
    let keys = JwkSet::parse(&jwks, JwkKind::PUBLIC)
        .or_refused_at(&arguments.jwks.display().to_string())?;
    let token = read_token(&arguments.token)?;
    let expected = ExpectedClaims {
        algorithms: ALGORITHMS,
        audience: &arguments.audience,
        issuer: &arguments.issuer,
        max_lifetime: None,
        clock_skew: Duration::ZERO,
        typ: arguments.typ.as_deref(),
    };
    let now = arguments.now.unwrap_or_else(input::clock);
    let jwt = jose::verify_jwt(&token, Keys::Set(&keys), &expected, now, &RustCrypto::new())
        .or_refused()?;
    output.show(&accepted(&jwt));
    Ok(())
}

fn accepted(jwt: &VerifiedJwt) -> Accepted {
    let header = jwt.header();
    Accepted {
        verdict: "accepted",
        header: Header {
            alg: header.algorithm().name(),
            kid: header.key_id().map(String::from),
            typ: header.token_type().map(String::from),
        },
        // What the core has written is JSON.
        claims: serde_json::from_str(&jwt.claims().as_object().to_json()).unwrap_or_default(),
    }
}

fn read_token(argument: &str) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument.trim().into());
    }
    let bytes = Input::from(OsString::from("-")).read()?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Reason::new("cli.not_a_token", "the input is not text", "Give the token alone.")
            .expected(format!("three parts of base64url, at most {MAX_TOKEN_BYTES} bytes"))
            .refused()
    })?;
    Ok(text.trim().into())
}
