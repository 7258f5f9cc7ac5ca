//! Requests as the libraries of helpdesks write them, and answers as a service provider reads them.

mod answers;
mod metadata;
mod requests;

use crate::time::UnixTime;

const APP: &str = "https://www.jitbit.com/web-helpdesk/";
const ACS_URL: &str = "https://contoso.jitbit.com/helpdesk/Saml/Consume";
const IDP: &str = "https://login.contoso.com/deskgate/idp/jitbit/metadata";
const SSO_URL: &str = "https://login.contoso.com/deskgate/idp/jitbit/sso";

/// 2026-11-21T12:00:00Z.
const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);
