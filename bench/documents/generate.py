#!/usr/bin/env python3
"""Writes the documents that everybody is measured on: responses of Entra ID's shape from tests/idp/factory.py,
signed and encrypted by xmlsec1 and not by our own code. By hand, when a document changes.

All of them are for the desk of the benchmark, answer no request, and speak of 2026-11-21T12:00:00Z.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "tests/idp"))
import factory  # noqa: E402

factory.ACS = "http://127.0.0.1:47887/deskgate/acs"
factory.AUDIENCE = "http://127.0.0.1:47887/deskgate/metadata"


class Synchronized(factory.Entra):
    """Groups by distinguished name, as they come from a directory that Entra is synchronized with."""

    def claims(self):
        named = super().claims()
        groups = factory.MICROSOFT + "ws/2008/06/identity/claims/groups"
        named[groups] = [
            f"CN=Helpdesk {n:03} of the regional service organization,OU=Service Management {n % 7},"
            f"OU=Security Groups,OU=Managed by Identity Governance,OU=Region {n % 12:02},OU=Headquarters,"
            f"OU=Contoso Manufacturing and Logistics,DC=corp,DC=europe,DC=directory,DC=contoso,DC=com"
            for n in range(1, self.groups + 1)
        ]
        return {
            name: [value + "".join(f",OU=Subdivision {part}" for part in range(5)) if name == groups else value
                   for value in values]
            for name, values in named.items()
        }


GCM = {"cipher": "http://www.w3.org/2009/xmlenc11#aes256-gcm"}
DOCUMENTS = {
    "entra": factory.Entra(request=None, groups=24),
    "many-groups": Synchronized(request=None, groups=150),
    "encrypted": factory.Entra(request=None, groups=24, encrypted=GCM),
    "signed-twice": factory.Entra(request=None, groups=24, signed="both"),
}

for name, shape in DOCUMENTS.items():
    (HERE / f"{name}.xml").write_text(shape.respond())
