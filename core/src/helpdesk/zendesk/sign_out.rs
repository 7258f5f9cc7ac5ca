//! What Zendesk sends to the remote logout URL: somebody signed out, or a token was refused.

use alloc::string::{String, ToString as _};
use core::fmt;

use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::helpdesk::parameters::Parameters;

/// Why Zendesk sent the browser to the remote logout URL, as far as its words tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Its clock and ours differ by more than three minutes.
    Clock,
    /// The account does not let people with such addresses in.
    EmailNotAllowed,
    /// An error with words that are not known.
    Other,
    /// The shared secret is another one.
    Signature,
    /// The person signed out of Zendesk.
    SignedOut,
    /// A token was posted for the second time.
    TokenUsedBefore,
}

/// Words of Zendesk's messages, in lower case. No list is published; each of these was seen.
const WORDS: &[(&str, Cause)] = &[
    ("invalid iat", Cause::Clock),
    ("server clock", Cause::Clock),
    ("signature", Cause::Signature),
    ("check that your tokens match", Cause::Signature),
    ("not allowed to sign up", Cause::EmailNotAllowed),
    ("unique identifier", Cause::TokenUsedBefore),
    ("jti", Cause::TokenUsedBefore),
];

/// A request to the remote logout URL. Anybody can make such a link, so that nothing of it is ever
/// shown to the person in front of the browser, and nothing but [`Cause`] decides anything.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignOut {
    /// What it is about.
    pub cause: Cause,
    /// The words of Zendesk, or of whoever made the link: for the log.
    pub message: Option<Excerpt>,
}

impl SignOut {
    /// Reads the query (without `?`). Everything can be read: what is not understood is an unknown
    /// error, so that nobody is left without a page.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let Ok(parameters) = Parameters::parse(query) else {
            return Self { cause: Cause::Other, message: None };
        };
        if parameters.hostile("kind").is_none() && parameters.hostile("message").is_none() {
            return Self { cause: Cause::SignedOut, message: None };
        }
        let text = parameters.hostile("message").unwrap_or_default();
        let lower = text.to_ascii_lowercase();
        let found = WORDS.iter().find(|(words, _)| lower.contains(words));
        Self {
            cause: found.map_or(Cause::Other, |(_, cause)| *cause),
            message: Some(Excerpt::new(text)),
        }
    }
}

impl fmt::Display for SignOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.cause {
            Cause::Clock => "Zendesk's clock and ours differ by more than three minutes",
            Cause::EmailNotAllowed => "Zendesk lets nobody with this address in",
            Cause::Other => "Zendesk refused the sign-in",
            Cause::Signature => "Zendesk has another shared secret",
            Cause::SignedOut => "the person signed out of Zendesk",
            Cause::TokenUsedBefore => "the token was used before",
        })
    }
}

impl Diagnostic for SignOut {
    fn code(&self) -> &'static str {
        match self.cause {
            Cause::Clock => "zendesk.clock",
            Cause::EmailNotAllowed => "zendesk.email_not_allowed",
            Cause::Other => "zendesk.refused",
            Cause::Signature => "zendesk.signature",
            Cause::SignedOut => "zendesk.signed_out",
            Cause::TokenUsedBefore => "zendesk.token_used_before",
        }
    }

    fn kind(&self) -> Kind {
        match self.cause {
            Cause::Clock => Kind::Expired,
            _ => Kind::NotAllowed,
        }
    }

    fn found(&self) -> Option<String> {
        self.message.as_ref().map(Excerpt::to_string)
    }

    fn help(&self) -> &'static str {
        match self.cause {
            Cause::Clock => {
                "Compare the clock of this Worker with Zendesk's. A page that was loaded and posted \
                 minutes later gives the same message: sign in again."
            }
            Cause::EmailNotAllowed => {
                "In the Admin Center of Zendesk, look at the blocklist of end users and at who may sign \
                 up: both apply to sign-ins by token too."
            }
            Cause::Other => {
                "The words of Zendesk stand in this event. People with a Zendesk password can use \
                 /access/normal, administrators /access/sso_bypass."
            }
            Cause::Signature => {
                "Copy the whole shared secret anew from the Admin Center of Zendesk (Account, Security, \
                 Single sign-on) into the settings of the app. All brands have the same."
            }
            Cause::SignedOut => "Nothing went wrong.",
            Cause::TokenUsedBefore => {
                "Usually a page was loaded again. If the person did not do that, somebody else has \
                 their token."
            }
        }
    }
}
