#!/usr/bin/env python3
"""An identity provider to sign in at with a browser, which answers in the shapes of factory.py, and as the SAML
provider in front of an iMIS. What an administrator sets in its console is a file that is read anew for each
request.

    serve.py PORT CONSOLE.json

{"applications": {"<tenant>": {
    "product": "entra", "google", "imis", "keycloak", "okta" or "onelogin",
    "identifier": "https://.../deskgate/metadata",    Identifier (Entity ID)
    "reply_urls": ["https://.../deskgate/acs"],       Reply URL (Assertion Consumer Service URL)
    "signed": "assertion",                            Signing Option: assertion, response or both
    "relay_state": null,                              Relay State, of sign-ins that start here
    "assigned": true,                                 Users and groups: all of them, or nobody
    "people": {"<user principal name>": {...}}}}}     settings of the shape

Nothing of deskgate is used. The refusals are those of Entra ID, in its words, also where another one is played.
"""

import base64
import datetime
import html
import json
import re
import secrets
import sys
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import factory

PASSWORD = "test"
MOMENT = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.timezone.utc)
NAMES = {"saml": factory.SAML, "samlp": factory.SAMLP}
FORMATS = {factory.FORMAT + "emailAddress", factory.FORMAT + "unspecified", factory.PERSISTENT,
           "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}


class Imis(factory.OneLogin):
    """iMIS behind a SAML provider: a persistent NameID, which is the iMIS ID, and the four fields that are kept
    in step. What a member has not is not sent."""

    issuer = "https://sso.imis.example/"
    settings = {"signed": "both", "name_id_format": factory.PERSISTENT, "attributes": {}}


SHAPES = {"entra": factory.Entra, "google": factory.Google, "imis": Imis, "keycloak": factory.Keycloak,
          "okta": factory.Okta, "onelogin": factory.OneLogin}


class Refused(Exception):
    pass


def moved(xml, application, tenant):
    """The text of the factory as of now, for this application, with identifiers that nobody saw before."""
    by = datetime.datetime.now(datetime.timezone.utc) - MOMENT

    def later(found):
        moment = datetime.datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%S") + by
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + (found[2] or "") + "Z"

    xml = re.sub(r"(2026-11-2\dT\d\d:\d\d:\d\d)(\.\d+)?Z", later, xml)
    for identifier in set(re.findall(r' ID="([^"]+)"', xml)):
        xml = xml.replace(identifier, "_" + secrets.token_hex(16))
    xml = xml.replace(factory.ACS, html.escape(application["reply_urls"][0]))
    xml = xml.replace(factory.AUDIENCE, html.escape(application["identifier"]))
    return xml.replace(factory.TENANT, tenant)


def respond(application, tenant, account, request):
    shape = SHAPES[application["product"]]
    settings = application["people"][account] | {"request": request}
    if "signed" in application:
        settings["signed"] = application["signed"]

    class Now(shape):
        def write(self):
            return moved(super().write(), application, tenant)

    return Now(**settings).respond()


def issuer(application, tenant):
    return SHAPES[application["product"]].issuer.replace(factory.TENANT, tenant)


def request_of(application, value):
    """Reads an AuthnRequest by Redirect, and refuses what Entra ID refuses."""
    try:
        root = ElementTree.fromstring(zlib.decompress(base64.b64decode(value, validate=True), -15))
    except (ValueError, zlib.error, ElementTree.ParseError) as error:
        raise Refused("AADSTS750054: SAMLRequest or SAMLResponse must be present as query string parameters") from error
    sent_by = root.findtext("saml:Issuer", namespaces=NAMES)
    if sent_by != application["identifier"]:
        raise Refused(f"AADSTS700016: Application with identifier '{sent_by}' was not found in the directory 'Contoso'.")
    acs = root.get("AssertionConsumerServiceURL")
    if acs is not None and acs not in application["reply_urls"]:
        raise Refused(f"AADSTS50011: The redirect URI '{acs}' specified in the request does not match the redirect URIs "
                      f"configured for the application '{sent_by}'.")
    if root.find("saml:Subject", NAMES) is not None:
        raise Refused("AADSTS900236: The SAML authentication request property 'Subject' is not supported")
    policy = root.find("samlp:NameIDPolicy", NAMES)
    if policy is not None and policy.get("Format", factory.FORMAT + "unspecified") not in FORMATS:
        raise Refused("AADSTS900235: SAML authentication request's NameIDPolicy format is not supported")
    context = root.find("samlp:RequestedAuthnContext", NAMES)
    if context is not None and context.get("Comparison", "exact") != "exact":
        raise Refused("AADSTS900237: SAML authentication request's RequestedAuthnContext Comparison must be 'exact'")
    classes = [] if context is None else [found.text for found in context.findall("saml:AuthnContextClassRef", NAMES)]
    if classes and factory.CLASSES + "Password" not in classes:
        raise Refused("AADSTS75011: Authentication method by which the user authenticated with the service doesn't match "
                      "requested authentication method")
    identifier = root.get("ID", "")
    if not re.match(r"[A-Za-z_]", identifier):
        raise Refused("AADSTS7500529: The value is not a valid SAML ID")
    return identifier


def page(title, content):
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<title>{title}</title><style>body{{font:16px/1.5 sans-serif;max-width:26rem;margin:15vh auto;padding:0 1rem}}'
            f'input,button{{font:inherit;width:100%;padding:.5rem;margin:.25rem 0 1rem;box-sizing:border-box}}</style>'
            f'<h1>{title}</h1>{content}')


def hidden(name, value):
    return f'<input type="hidden" name="{name}" value="{html.escape(value)}">' if value is not None else ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers["Content-Length"]), 100_000)).decode()
        self.answer({name: values[0] for name, values in parse_qs(body).items()})

    def answer(self, given):
        _, tenant, *rest = urlsplit(self.path).path.split("/", 2)
        application = json.loads(Path(sys.argv[2]).read_text())["applications"].get(tenant)
        action = rest[0] if rest else ""
        if application is None:
            return self.send(404, page("Not found", ""))
        try:
            if action == "federationmetadata/2007-06/federationmetadata.xml":
                return self.send(200, self.metadata(application, tenant), "application/xml")
            if action == "saml2" and self.command == "GET":
                return self.send(200, self.sign_in(application, given))
            if action == "start":  # The tile of My Apps, and Test.
                return self.send(200, self.sign_in(application, given, starts_here=True))
            if action == "login" and self.command == "POST":
                return self.send(200, self.log_in(application, tenant, given))
            return self.send(404, page("Not found", ""))
        except Refused as refused:
            return self.send(400, page("Sorry, but we're having trouble signing you in.", f"<p>{html.escape(str(refused))}</p>"))

    def sign_in(self, application, given, starts_here=False, problem=""):
        if not starts_here:
            request_of(application, given.get("SAMLRequest", ""))
        state = application.get("relay_state") if starts_here else given.get("RelayState")
        hint = given.get("login_hint", given.get("account", "")) if application["product"] == "entra" else ""
        request = None if starts_here else given["SAMLRequest"]
        return page("Sign in", f'{problem}<form method="post" action="login">'
                    f'{hidden("SAMLRequest", request)}{hidden("RelayState", state)}'
                    f'<label>Account<input name="account" value="{html.escape(hint)}"></label>'
                    f'<label>Password<input name="password" type="password"></label><button>Sign in</button></form>')

    def log_in(self, application, tenant, given):
        request = request_of(application, given["SAMLRequest"]) if "SAMLRequest" in given else None
        account = next((name for name in application["people"] if name.lower() == given.get("account", "").lower()), None)
        if account is None or given.get("password") != PASSWORD:
            return self.sign_in(application, given, "SAMLRequest" not in given, "<p>Your account or password is incorrect.</p>")
        if not application.get("assigned", True):
            raise Refused(f"AADSTS50105: Your administrator has configured the application to block users unless they are "
                          f"specifically granted ('assigned') access. The signed in user '{account}' is blocked.")
        response = base64.b64encode(respond(application, tenant, account, request).encode()).decode()
        return page("Working...", f'<form method="post" action="{html.escape(application["reply_urls"][0])}">'
                    f'{hidden("SAMLResponse", response)}{hidden("RelayState", given.get("RelayState"))}'
                    f'<noscript><button>Submit</button></noscript></form>'
                    f'<script>document.forms[0].submit()</script>')

    def metadata(self, application, tenant):
        base = f"http://localhost:{sys.argv[1]}/{tenant}"
        service = ('<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
                   f'Location="{base}/saml2"/>')
        return (f'<?xml version="1.0" encoding="utf-8"?><EntityDescriptor ID="_{secrets.token_hex(16)}" '
                f'entityID="{issuer(application, tenant)}" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">'
                f'<IDPSSODescriptor protocolSupportEnumeration="{factory.SAMLP}"><KeyDescriptor use="signing">'
                f'<KeyInfo xmlns="{factory.DS}"><X509Data><X509Certificate>{factory.bare_certificate("rsa-2048")}'
                f'</X509Certificate></X509Data></KeyInfo></KeyDescriptor>{service}</IDPSSODescriptor></EntityDescriptor>')

    def send(self, status, text, kind="text/html"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, pattern, *values):
        sys.stderr.write(f"{pattern % values}\n")


if __name__ == "__main__":
    ThreadingHTTPServer(("localhost", int(sys.argv[1])), Handler).serve_forever()
