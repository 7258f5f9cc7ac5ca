"""Peers in Python, asked as deskgate-bench is: one JSON object a line, each way.

python_peers.py FOLDER, after deskgate-bench has filled the folder.
"""

import base64
import calendar
import json
import sys
import time
from pathlib import Path

import xmlsec
from lxml import etree
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

FOLDER = Path(sys.argv[1])
NOW = calendar.timegm((2026, 11, 21, 12, 0, 0))
GROUPS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"
DESK = "http://127.0.0.1:47887"

OneLogin_Saml2_Utils.now = staticmethod(lambda: NOW)


def python3_saml(document):
    """The whole of a service provider's check."""
    settings = OneLogin_Saml2_Settings({
        "strict": True,
        "sp": {
            "entityId": f"{DESK}/deskgate/metadata",
            "assertionConsumerService": {"url": f"{DESK}/deskgate/acs"},
            "x509cert": read("decryption.crt"),
            "privateKey": read("decryption.key"),
        },
        "idp": {
            "entityId": "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/",
            "singleSignOnService": {"url": "https://login.example.com/saml2"},
            "x509cert": read("idp.crt"),
        },
        "security": {"wantAssertionsSigned": True},
    })
    request = {"https": "off", "http_host": DESK.removeprefix("http://"), "script_name": "/deskgate/acs",
               "get_data": {}, "post_data": {}}
    field = post_value(document)

    def validate():
        response = OneLogin_Saml2_Response(settings, field)
        if not response.is_valid(request):
            raise ValueError(response.get_error())
        groups = response.get_attributes().get(GROUPS, [])
        return {"name": response.get_nameid(), "groups": len(groups)}

    return validate


def python_xmlsec(document):
    """lxml and xmlsec alone: base64, decryption and all signatures. No rule of SAML, and no identity."""
    key = xmlsec.Key.from_file(str(FOLDER / "idp.crt"), xmlsec.KeyFormat.CERT_PEM)
    private_key = xmlsec.Key.from_file(str(FOLDER / "decryption.key"), xmlsec.KeyFormat.PEM)
    field = post_value(document)

    def verify():
        root = etree.fromstring(base64.b64decode(field))
        encrypted = root.find(".//{http://www.w3.org/2001/04/xmlenc#}EncryptedData")
        if encrypted is not None:
            keys = xmlsec.KeysManager()
            keys.add_key(private_key)
            xmlsec.EncryptionContext(keys).decrypt(encrypted)
        xmlsec.tree.add_ids(root, ["ID"])
        signatures = root.findall(".//{http://www.w3.org/2000/09/xmldsig#}Signature")
        if not signatures:
            raise ValueError("no signature")
        for signature in signatures:
            context = xmlsec.SignatureContext()
            context.key = key
            context.verify(signature)
        return {}

    return verify


WORKS = {"python3-saml": python3_saml, "python-xmlsec": python_xmlsec}


def read(name):
    return (FOLDER / name).read_text()


def post_value(document):
    return base64.b64encode((FOLDER / f"{document}.xml").read_bytes()).decode()


def answer(request, operations):
    name = (request["work"], request["document"])
    if name not in operations:
        operations[name] = WORKS[request["work"]](request["document"])
    operation = operations[name]
    if "times" not in request:
        return operation()
    before = time.thread_time_ns()
    for _ in range(request["times"]):
        operation()
    return {"microseconds": (time.thread_time_ns() - before) / 1000}


def main():
    operations = {}
    for line in sys.stdin:
        try:
            result = answer(json.loads(line), operations)
        except Exception as error:
            result = {"refused": str(error)}
        print(json.dumps(result), flush=True)


main()
