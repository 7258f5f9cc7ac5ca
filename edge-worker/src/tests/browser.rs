//! A browser with its cookies, at one desk.

use std::collections::BTreeMap;

use deskgate_core::base64;
use serde_json::{Value, json};

use super::harness::{Deployment, Outcome};
use super::identity_provider::certificate;
use crate::http::tests::request;
use crate::http::{Parameters, RequestHead, Response, query_of};

pub(super) const NAVIGATION: &str =
    "accept:text/html\nsec-fetch-mode:navigate\nsec-fetch-dest:document\n";

pub(super) const SAME_ORIGIN_FORM: &str = "content-type:application/x-www-form-urlencoded\n\
     origin:https://help.contoso.com\nsec-fetch-site:same-origin\n";

/// Cookies, and nothing else that a browser has.
#[derive(Clone, Debug, Default)]
pub(super) struct Browser {
    pub(super) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn send(
        &mut self,
        deployment: &mut Deployment,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Outcome {
        let head = self.head(method, path, headers);
        let outcome = deployment.handle(head, body.as_bytes());
        if let Outcome::Answered(response) = &outcome {
            self.keep_cookies(response);
        }
        outcome
    }

    /// A request with the cookies.
    pub(super) fn head(&self, method: &str, path: &str, headers: &str) -> RequestHead {
        let mut headers = headers.to_owned();
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            headers.push_str(&format!("cookie:{}\n", pairs.join("; ")));
        }
        request(method, path, &headers)
    }

    /// Opens a page.
    pub(super) fn open(&mut self, deployment: &mut Deployment, path: &str) -> Outcome {
        self.send(deployment, "GET", path, NAVIGATION, "")
    }

    /// Sends a form of a page of the desk.
    pub(super) fn submit(
        &mut self,
        deployment: &mut Deployment,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Response {
        let headers = format!("{NAVIGATION}{SAME_ORIGIN_FORM}");
        self.send(deployment, "POST", path, &headers, &query_of(fields)).response()
    }

    /// Begins a sign-in and answers the ID of the request, which is the RelayState too.
    pub(super) fn begin(&mut self, deployment: &mut Deployment, target: &str) -> String {
        let path = format!("/deskgate/login?{}", query_of(&[("return", target)]));
        let response = self.open(deployment, &path).response();
        let location = location(&response);
        let query = location.strip_prefix("https://idp.contoso.com/sso?").expect(location);
        let parameters = Parameters::parse(query.as_bytes());
        parameters.once("RelayState").unwrap().unwrap().to_owned()
    }

    /// Brings a response to `acs/complete`, as the page of `acs` does.
    pub(super) fn complete(
        &mut self,
        deployment: &mut Deployment,
        response: &str,
        relay_state: &str,
    ) -> Response {
        let value = base64::encode(response.as_bytes());
        let fields = [("SAMLResponse", value.as_str()), ("RelayState", relay_state)];
        self.submit(deployment, "/deskgate/acs/complete", &fields)
    }

    pub(super) fn has_session(&self) -> bool {
        self.cookies.contains_key("__Host-deskgate")
    }

    fn keep_cookies(&mut self, response: &Response) {
        let lines = response.headers.iter().filter(|(name, _)| *name == "Set-Cookie");
        for (_, line) in lines {
            assert!(line.ends_with("; Secure; HttpOnly; SameSite=Lax"), "{line}");
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match line.contains("Max-Age=0;") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
    }
}

pub(super) fn location(response: &Response) -> &str {
    let location = response.headers.iter().find(|(name, _)| *name == "Location");
    location.map_or_else(|| panic!("{}: {}", response.status, response.body), |(_, v)| v.as_str())
}

/// The settings of the desk in these tests.
pub(crate) fn settings() -> Value {
    json!({
        "name": "Contoso Helpdesk",
        "url": "https://help.contoso.com",
        "origin": "https://tickets.internal",
        "public_paths": ["/robots.txt", "/assets/"],
        "connections": [{
            "name": "contoso",
            "display_name": "Contoso",
            "idp_entity_id": "https://idp.contoso.com/",
            "sso_url": "https://idp.contoso.com/sso",
            "certificates": [certificate()],
        }],
    })
}
