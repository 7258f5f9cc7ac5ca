#!/usr/bin/env python3
"""Writes keys/ and responses/: SAML responses signed by xmlsec1 (libxmlsec), not by our own code.

Run by hand when a case is added; needs openssl and xmlsec1. The results are kept in the repository, so that
the tests need neither. Keys that exist are kept; ECDSA signatures differ from run to run.

Every response speaks of one moment, 2026-11-21T12:00:00Z.
"""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
KEYS = HERE / "keys"
RESPONSES = HERE / "responses"

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
MICROSOFT = "http://schemas.microsoft.com/"

DESK = "https://help.contoso.com"
ADDRESSES = {"audience": f"{DESK}/deskgate/metadata", "acs_url": f"{DESK}/deskgate/acs"}
TENANT = "3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607"
BASE = {
    "response_id": "_6f1e6d2b-7d0e-4c54-9f7c-2b1f0d9e8a11",
    "assertion_id": "_0c3a9d54-2f6b-4e7b-8d11-55aa77cc9900",
    "issuer": f"https://sts.windows.net/{TENANT}/",
    "issue_instant": "2026-11-21T12:00:00.123Z",
    "authn_instant": "2026-11-21T11:42:07.000Z",
    "not_before": "2026-11-21T11:55:00.123Z",
    "not_on_or_after": "2026-11-21T13:00:00.123Z",
    "confirmation_not_on_or_after": "2026-11-21T13:00:00.123Z",
    "session_not_on_or_after": "",
    "status": "urn:oasis:names:tc:SAML:2.0:status:Success",
    "name_id": "B.Simon@contoso.com",
    "name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "in_response_to": "_a1b2c3d4e5f60718293a4b5c6d7e8f90",
}

KEY_COMMANDS = {
    "rsa-2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa-1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
    "other-rsa-2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "ec-p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "ec-p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "ec-p521": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    "ed25519": ["-algorithm", "ED25519"],
}


def make_keys():
    for name, options in KEY_COMMANDS.items():
        key, certificate = KEYS / f"{name}.key", KEYS / f"{name}.crt"
        if key.exists():
            continue
        run("openssl", "genpkey", *options, "-out", key)
        run("openssl", "req", "-x509", "-new", "-key", key, "-sha256", "-days", "36500",
            "-subj", f"/CN=deskgate test {name}", "-out", certificate)


def run(*command):
    environment = os.environ | {"SSL_CERT_FILE": "/dev/null"}
    subprocess.run([str(part) for part in command], check=True, env=environment,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def entra_attributes(groups):
    named = {
        MICROSOFT + "identity/claims/tenantid": [TENANT],
        MICROSOFT + "identity/claims/objectidentifier": ["9a4f6a1e-0b7c-4a53-9d5e-6f0d1c2b3a4d"],
        MICROSOFT + "identity/claims/displayname": ["B. Simon"],
        MICROSOFT + "ws/2008/06/identity/claims/groups": [
            f"{n:08x}-1c2d-4e3f-8a4b-{n * 7919:012x}" for n in range(1, groups + 1)
        ],
        MICROSOFT + "identity/claims/identityprovider": [f"https://sts.windows.net/{TENANT}/"],
        MICROSOFT + "claims/authnmethodsreferences": [
            MICROSOFT + "ws/2008/06/identity/authenticationmethod/password",
            MICROSOFT + "claims/multipleauthn",
        ],
        CLAIMS + "givenname": ["B."],
        CLAIMS + "surname": ["Simon"],
        CLAIMS + "emailaddress": ["B.Simon@contoso.com"],
        CLAIMS + "name": ["B.Simon@contoso.com"],
    }
    return named


def attributes_xml(named, value_start="<AttributeValue>"):
    return "".join(
        f'<Attribute Name="{escape(name)}">'
        + "".join(f"{value_start}{escape(value)}</AttributeValue>" for value in values)
        + "</Attribute>"
        for name, values in named.items()
    )


def signature(of, algorithm, digest, c14n=EXCLUSIVE, prefixes=None, prefix="", certificate=None):
    """An empty signature for xmlsec1 to fill. `prefix` is "" (as Entra ID writes it) or "ds:"."""
    p = prefix
    declaration = f'xmlns:{p[:-1]}="{DS}"' if p else f'xmlns="{DS}"'
    inclusive = (
        f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{prefixes}"/>' if prefixes else ""
    )
    key_info = (
        f"<{p}KeyInfo><{p}X509Data><{p}X509Certificate>{certificate}</{p}X509Certificate></{p}X509Data></{p}KeyInfo>"
        if certificate else ""
    )
    return (
        f'<{p}Signature {declaration}><{p}SignedInfo><{p}CanonicalizationMethod Algorithm="{c14n}"/>'
        f'<{p}SignatureMethod Algorithm="{algorithm}"/><{p}Reference URI="#{of}"><{p}Transforms>'
        f'<{p}Transform Algorithm="{DS}enveloped-signature"/>'
        f'<{p}Transform Algorithm="{c14n}">{inclusive}</{p}Transform></{p}Transforms>'
        f'<{p}DigestMethod Algorithm="{digest}"/><{p}DigestValue></{p}DigestValue></{p}Reference></{p}SignedInfo>'
        f"<{p}SignatureValue></{p}SignatureValue>{key_info}</{p}Signature>"
    )


def bare_certificate(key):
    lines = (KEYS / f"{key}.crt").read_text().splitlines()
    return "".join(line for line in lines if not line.startswith("-----"))


def respond(key="rsa-2048", signed="assertion", algorithm=MORE + "rsa-sha256", digest=XENC + "sha256",
            c14n=EXCLUSIVE, prefixes=None, prefix="", groups=24, attributes=None, edit=None, **fields):
    fields = BASE | ADDRESSES | fields
    request = fields["in_response_to"]
    fields |= {
        "in_response_to": f' InResponseTo="{request}"' if request else "",
        "response_issuer": fields["issuer"],
        "destination": fields["acs_url"],
        "recipient": fields["acs_url"],
        "name_id": escape(fields["name_id"]),
        "attributes": attributes or attributes_xml(entra_attributes(groups)),
    }
    how = dict(algorithm=algorithm, digest=digest, c14n=c14n, prefixes=prefixes, prefix=prefix,
               certificate=bare_certificate(key))
    for part in ("assertion", "response"):
        wanted = signed in (part, "both")
        fields[f"{part}_signature"] = signature(fields[f"{part}_id"], **how) if wanted else ""
    xml = (HERE / "response.xml").read_text().strip()
    xml = re.sub(r"\{(\w+)\}", lambda placeholder: fields[placeholder[1]], xml)
    if edit:
        xml = edit(xml)
    # The assertion first: the signature of the response covers it.
    if signed in ("assertion", "both"):
        xml = sign(xml, key, "assertion:Assertion", "Assertion")
    if signed in ("response", "both"):
        xml = sign(xml, key, "protocol:Response", "Response")
    return xml


def sign(xml, key, id_element, parent):
    with tempfile.TemporaryDirectory() as folder:
        unsigned, result = Path(folder, "in.xml"), Path(folder, "out.xml")
        unsigned.write_text(xml)
        run("xmlsec1", "--sign", "--privkey-pem", KEYS / f"{key}.key",
            "--id-attr:ID", f"urn:oasis:names:tc:SAML:2.0:{id_element}",
            "--node-xpath", f"//*[local-name()='{parent}']/*[local-name()='Signature']",
            "--output", result, unsigned)
        text = result.read_text()
    return text.removeprefix('<?xml version="1.0"?>\n').removesuffix("\n")


def as_okta_writes(xml):
    """Prefixed names, typed values, and xs named in the PrefixList, as Okta and Shibboleth write them."""
    xml = re.sub(r"<(/?)(Issuer|Assertion|Subject|NameID|SubjectConfirmation|SubjectConfirmationData|Conditions"
                 r"|AudienceRestriction|Audience|AttributeStatement|Attribute|AttributeValue|AuthnStatement"
                 r"|AuthnContext|AuthnContextClassRef)\b", r"<\1saml2:\2", xml)
    xml = xml.replace('xmlns="urn:oasis:names:tc:SAML:2.0:assertion"',
                      'xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"')
    xml = xml.replace("<saml2:Assertion ", '<saml2:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" ')
    return xml.replace("<saml2:AttributeValue>",
                       '<saml2:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                       'xsi:type="xs:string">')


ZOE = attributes_xml({
    "email": ["zoe@contoso.com"],
    "given_name": ["Zoë & Søn"],
    "family_name": ["Ångström <łódź> 山田"],
    "groups": ["agents", "Größe ≥ 3"],
})

# name: (arguments of respond, what the verifier must know beside BASE, expected code)
CASES = {
    "entra-assertion-signed": ({}, {}, "ok"),
    "entra-response-signed": ({"signed": "response"}, {}, "ok"),
    "entra-both-signed": ({"signed": "both"}, {}, "ok"),
    "entra-large": ({"groups": 650}, {}, "ok"),
    "idp-initiated": ({"in_response_to": ""}, {"solicited": False}, "ok"),
    "idp-initiated-where-solicited-expected": ({"in_response_to": ""}, {}, "saml.in_response_to_mismatch"),
    "solicited-where-unsolicited-expected": ({}, {"solicited": False}, "saml.not_unsolicited"),
    "okta-prefix-list": ({"edit": as_okta_writes, "prefixes": "xs", "prefix": "ds:"}, {}, "ok"),
    "okta-both-signed": ({"edit": as_okta_writes, "prefixes": "xs", "prefix": "ds:", "signed": "both"}, {}, "ok"),
    "names-outside-ascii": ({"attributes": ZOE, "name_id": "zoë@contoso.com"}, {}, "ok"),
    "inclusive-c14n": ({"c14n": INCLUSIVE}, {}, "ok"),
    "rsa-sha384": ({"algorithm": MORE + "rsa-sha384", "digest": MORE + "sha384"}, {}, "ok"),
    "rsa-sha512": ({"algorithm": MORE + "rsa-sha512", "digest": XENC + "sha512"}, {}, "ok"),
    "ecdsa-p256": ({"key": "ec-p256", "algorithm": MORE + "ecdsa-sha256"}, {}, "ok"),
    "ecdsa-p384": ({"key": "ec-p384", "algorithm": MORE + "ecdsa-sha384", "digest": MORE + "sha384"}, {}, "ok"),
    "ecdsa-p521": ({"key": "ec-p521", "algorithm": MORE + "ecdsa-sha512", "digest": XENC + "sha512"}, {}, "ok"),
    "sha1-refused": ({"algorithm": DS + "rsa-sha1", "digest": DS + "sha1"}, {}, "dsig.sha1"),
    "sha1-allowed": ({"algorithm": DS + "rsa-sha1", "digest": DS + "sha1"}, {"allow_sha1": True}, "ok"),
    "signed-by-another-key": ({"key": "other-rsa-2048"}, {"certificate": "rsa-2048"}, "dsig.signature_mismatch"),
    "unsigned": ({"signed": "nothing"}, {}, "saml.not_signed"),
}


def main():
    make_keys()
    index = []
    for name, (arguments, knows, expected) in CASES.items():
        (RESPONSES / f"{name}.xml").write_text(respond(**arguments))
        index.append({
            "name": name,
            "certificate": knows.get("certificate", arguments.get("key", "rsa-2048")),
            "in_response_to": BASE["in_response_to"] if knows.get("solicited", True) else None,
            "allow_sha1": knows.get("allow_sha1", False),
            **ADDRESSES,
            "expected": expected,
        })
    common = {"now": "2026-11-21T12:00:00Z", "idp_entity_id": BASE["issuer"]}
    text = json.dumps({"common": common, "responses": index}, indent=1) + "\n"
    (RESPONSES / "index.json").write_text(text)


if __name__ == "__main__":
    main()
