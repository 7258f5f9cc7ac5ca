"""python3-saml as the service provider of an app. Exit code 3: it is not installed."""

import json
import sys
from urllib.parse import urlsplit

try:
    from onelogin.saml2.auth import OneLogin_Saml2_Auth
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings
except ImportError:
    print("python3-saml is not installed (Debian: python3-onelogin-saml2)")
    sys.exit(3)

given = json.load(sys.stdin)
IDP, SP = given["idp"], given["sp"]
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
ACS = urlsplit(SP["acs_url"])
HTTP_REQUEST = {
    "https": "on",
    "http_host": ACS.netloc,
    "server_port": str(ACS.port or 443),
    "script_name": ACS.path,
    "get_data": {},
    "post_data": {},
}


def settings(signed=False):
    return {
        "strict": True,
        "sp": {
            "entityId": SP["entity_id"],
            "assertionConsumerService": {"url": SP["acs_url"], "binding": POST},
            "NameIDFormat": given["name_id_format"],
            "x509cert": SP["certificate"],
            "privateKey": SP["key"],
        },
        "idp": {
            "entityId": IDP["entity_id"],
            "singleSignOnService": {"url": IDP["sso_url"], "binding": REDIRECT},
            "x509cert": IDP["certificate"],
        },
        "security": {
            "authnRequestsSigned": signed,
            "wantMessagesSigned": True,
            "wantAssertionsSigned": True,
            "wantNameId": True,
            "failOnAuthnContextMismatch": True,
            "requestedAuthnContext": ["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"],
            "signatureAlgorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "digestAlgorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
            "rejectUnsolicitedResponsesWithInResponseTo": True,
        },
    }


def request(signed):
    return OneLogin_Saml2_Auth(HTTP_REQUEST, settings(signed)).login(return_to="state")


def read(message):
    parsed = OneLogin_Saml2_Response(OneLogin_Saml2_Settings(settings()), message["saml_response"])
    parsed.is_valid(HTTP_REQUEST, message["request_id"], raise_exceptions=True)
    # What python3-saml leaves to its caller.
    if parsed.get_in_response_to() != message["request_id"]:
        raise ValueError("another request")
    return {"accepted": True, "name_id": parsed.get_nameid(), "attributes": parsed.get_attributes()}


def judge(message):
    try:
        return read(message)
    except Exception as error:  # whatever it is: not accepted
        return {"accepted": False, "reason": str(error)}


if "messages" in given:
    print(json.dumps([judge(message) for message in given["messages"]]))
else:
    print(json.dumps({"redirect": request(False), "signed_redirect": request(True)}))
