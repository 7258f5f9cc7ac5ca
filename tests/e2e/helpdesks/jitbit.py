"""A Jitbit Helpdesk to sign in at: python3-saml is its service provider, set up by its Authentication settings.

    jitbit.py PORT CONSOLE.json

{"endpoint_url": "...", "certificate": "text without BEGIN and END", "idp_entity_id": "...",
 "users": {"<Username>": {"email": ..., "first_name": ..., "last_name": ...}}}

Users are created by hand, and found by their Username, which is the NameID.
"""

import html
import json
import secrets
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth

PORT = sys.argv[1]
HOST = f"localhost:{PORT}"
ENTITY_ID = "https://www.jitbit.com/web-helpdesk/"
EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
pending, sessions = set(), {}


def service_provider(given, path, post):
    settings = {
        "strict": True,
        "sp": {
            "entityId": ENTITY_ID,
            "assertionConsumerService": {"url": f"http://{HOST}/helpdesk/Saml/Consume"},
            "NameIDFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        },
        "idp": {
            "entityId": given["idp_entity_id"],
            "singleSignOnService": {"url": given["endpoint_url"]},
            "x509cert": given["certificate"],
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantMessagesSigned": True,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
        },
    }
    request = {"https": "off", "http_host": HOST, "script_name": path, "get_data": {}, "post_data": post}
    return OneLogin_Saml2_Auth(request, settings)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        given, path = json.loads(Path(sys.argv[2]).read_text()), urlsplit(self.path).path
        cookie = (self.headers["Cookie"] or "").removeprefix("jitbit=")
        if cookie in sessions:
            return self.send(200, "Tickets", f'<pre id="account">{html.escape(json.dumps(sessions[cookie]))}</pre>')
        if path == "/helpdesk/User/Login":
            auth = service_provider(given, path, {})
            location = auth.login(return_to=f"http://{HOST}/helpdesk/")
            pending.add(auth.get_last_request_id())
            return self.redirect(location)
        return self.redirect("/helpdesk/User/Login")

    def do_POST(self):
        given, path = json.loads(Path(sys.argv[2]).read_text()), urlsplit(self.path).path
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        post = {name: values[0] for name, values in parse_qs(body).items()}
        if path != "/helpdesk/Saml/Consume":
            return self.send(404, "Not found")
        auth = service_provider(given, path, post)
        # Only what was asked for here, once: it does not take sign-ins that start elsewhere.
        for request in sorted(pending):
            auth.process_response(request_id=request)
            if not auth.get_errors():
                pending.discard(request)
                break
        else:
            return self.send(403, "SAML sign-in failed", f"<p>{html.escape(str(auth.get_last_error_reason()))}</p>")
        user = given["users"].get(auth.get_nameid())
        if user is None:
            return self.send(403, "Log in", f"<p>There is no user {html.escape(auth.get_nameid())}.</p>")
        cookie = secrets.token_hex(16)
        sessions[cookie] = user | {"username": auth.get_nameid(), "attributes": auth.get_attributes()}
        return self.redirect("/helpdesk/", cookie)

    def redirect(self, location, cookie=None):
        self.send_response(303)
        self.send_header("Location", location)
        if cookie:
            self.send_header("Set-Cookie", f"jitbit={cookie}; Path=/helpdesk; HttpOnly; SameSite=Lax")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send(self, status, heading, content=""):
        text = (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
                f'<title>Jitbit stand-in</title><style>body{{font:16px/1.5 sans-serif;max-width:32rem;margin:12vh auto;'
                f'padding:0 1rem;overflow-wrap:anywhere}}pre{{white-space:pre-wrap}}</style>'
                f'<p>Jitbit stand-in</p><h1>{heading}</h1>{content}').encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, pattern, *values):
        sys.stderr.write(f"{pattern % values}\n")


if __name__ == "__main__":
    ThreadingHTTPServer(("localhost", int(PORT)), Handler).serve_forever()
