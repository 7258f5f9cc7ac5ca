#!/usr/bin/env python3
"""Makes the responses that real identity providers send, each in its own shape: Entra ID, Okta, OneLogin,
Google Workspace, AD FS and Keycloak.

    factory.py            writes responses/ and index.json, by hand when a shape is added
    factory.py SHAPE      writes one of them to standard output

serve.py sends them to a browser, as of now.

Nothing of deskgate is used: the XML is written here, xmlsec1 (libxmlsec) signs and encrypts it. The shapes
follow captures and vendors' documentation; no response here was captured. All of them speak of one moment,
2026-11-21T12:00:00Z, and of B. Simon. tests/tests/identity_providers.rs says what has to come of each.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "vectors"))
from generate import CLAIMS, DS, KEYS, MICROSOFT, MORE, TENANT, XENC, bare_certificate, run, sign, signature  # noqa: E402

ACS = "https://help.contoso.com/deskgate/acs"
AUDIENCE = "https://help.contoso.com/deskgate/metadata"
REQUEST = "_a1b2c3d4e5f60718293a4b5c6d7e8f90"
FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
ATTRIBUTE_NAME = "urn:oasis:names:tc:SAML:2.0:attrname-format:"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"

SHA256 = {"algorithm": MORE + "rsa-sha256", "digest": XENC + "sha256"}
SHA1 = {"algorithm": DS + "rsa-sha1", "digest": DS + "sha1"}

# What nobody's console changes.
DEFAULTS = {
    "request": REQUEST,
    "signed": "assertion",
    "name_id": "B.Simon@contoso.com",
    "name_id_format": FORMAT + "emailAddress",
    "key": "rsa-2048",
    "encrypted": None,
    **SHA256,
}


class Shape:
    """The habits of one identity provider. Every value may be set by a case."""

    prefixes = None          # PrefixList
    ds = "ds:"               # prefix of the elements of a signature
    issuer = None
    attributes = {}
    settings = {}

    def __init__(self, **changes):
        self.__dict__.update(DEFAULTS | self.settings | changes)

    def in_response_to(self):
        return f' InResponseTo="{self.request}"' if self.request else ""

    def signature_of(self, part, identifier):
        if self.signed not in (part, "both"):
            return ""
        return signature(identifier, self.algorithm, self.digest, prefixes=self.prefixes, prefix=self.ds,
                         certificate=bare_certificate(self.key))

    def respond(self):
        xml = self.write()
        # The assertion first: the signature of the response covers it, or its ciphertext.
        if self.signed in ("assertion", "both"):
            xml = self.signed_by(sign(xml, self.key, "assertion:Assertion", "Assertion"))
        if self.encrypted is not None:
            xml = encrypt(xml, **self.encrypted)
        if self.signed in ("response", "both"):
            xml = self.signed_by(sign(xml, self.key, "protocol:Response", "Response"))
        return self.post(xml)

    def signed_by(self, xml):
        """What the signer leaves behind."""
        return xml

    def post(self, xml):
        """What the sender adds around it."""
        return xml


class Entra(Shape):
    """Default namespaces instead of prefixes, attributes before the AuthnStatement, 70 minutes."""

    ds = ""
    issuer = f"https://sts.windows.net/{TENANT}/"
    settings = {"groups": 3, "email": "B.Simon@contoso.com", "overage": False, "context": CLASSES + "Password",
                "object_id": "9a4f6a1e-0b7c-4a53-9d5e-6f0d1c2b3a4d", "display_name": "B. Simon", "given_name": "B.",
                "family_name": "Simon"}

    def claims(self):
        named = {
            MICROSOFT + "identity/claims/tenantid": [TENANT],
            MICROSOFT + "identity/claims/objectidentifier": [self.object_id],
            MICROSOFT + "identity/claims/displayname": [self.display_name],
        }
        if self.overage:
            named[MICROSOFT + "claims/groups.link"] = [
                f"https://graph.windows.net/{TENANT}/users/{self.object_id}/getMemberObjects"]
        elif self.groups:
            named[MICROSOFT + "ws/2008/06/identity/claims/groups"] = [
                f"{n:08x}-1c2d-4e3f-8a4b-{n * 7919:012x}" for n in range(1, self.groups + 1)]
        named |= {
            MICROSOFT + "identity/claims/identityprovider": [f"https://sts.windows.net/{TENANT}/"],
            MICROSOFT + "claims/authnmethodsreferences": [
                MICROSOFT + "ws/2008/06/identity/authenticationmethod/password", MICROSOFT + "claims/multipleauthn"],
            CLAIMS + "givenname": [self.given_name],
            CLAIMS + "surname": [self.family_name],
            # A claim without a value is left out.
            CLAIMS + "emailaddress": [self.email] if self.email else [],
            CLAIMS + "name": [self.name_id],
        }
        return {name: values for name, values in named.items() if values}

    def write(self):
        attributes = "".join(
            f'<Attribute Name="{name}">'
            + "".join(f"<AttributeValue>{escape(value)}</AttributeValue>" for value in values)
            + "</Attribute>"
            for name, values in self.claims().items()
        )
        name_id_format = f' Format="{self.name_id_format}"' if self.name_id_format else ""
        return (
            f'<samlp:Response ID="_6f1e6d2b-7d0e-4c54-9f7c-2b1f0d9e8a11" Version="2.0" '
            f'IssueInstant="2026-11-21T12:00:00.123Z" Destination="{ACS}"{self.in_response_to()} xmlns:samlp="{SAMLP}">'
            f'<Issuer xmlns="{SAML}">{self.issuer}</Issuer>'
            f'{self.signature_of("response", "_6f1e6d2b-7d0e-4c54-9f7c-2b1f0d9e8a11")}'
            f'<samlp:Status><samlp:StatusCode Value="{SUCCESS}"/></samlp:Status>'
            f'<Assertion ID="_0c3a9d54-2f6b-4e7b-8d11-55aa77cc9900" IssueInstant="2026-11-21T12:00:00.117Z" '
            f'Version="2.0" xmlns="{SAML}"><Issuer>{self.issuer}</Issuer>'
            f'{self.signature_of("assertion", "_0c3a9d54-2f6b-4e7b-8d11-55aa77cc9900")}'
            f'<Subject><NameID{name_id_format}>{escape(self.name_id)}</NameID>'
            f'<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData'
            f'{self.in_response_to()} NotOnOrAfter="2026-11-21T13:00:00.018Z" Recipient="{ACS}"/>'
            f'</SubjectConfirmation></Subject>'
            f'<Conditions NotBefore="2026-11-21T11:55:00.018Z" NotOnOrAfter="2026-11-21T13:05:00.018Z">'
            f'<AudienceRestriction><Audience>{AUDIENCE}</Audience></AudienceRestriction></Conditions>'
            f'<AttributeStatement>{attributes}</AttributeStatement>'
            f'<AuthnStatement AuthnInstant="2026-11-21T11:42:07.000Z" '
            f'SessionIndex="_0c3a9d54-2f6b-4e7b-8d11-55aa77cc9900"><AuthnContext><AuthnContextClassRef>{self.context}'
            f'</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion></samlp:Response>'
        )


class Okta(Shape):
    """saml2p and saml2, an XML declaration, `xs` in the PrefixList and declared on the Assertion, five minutes
    each way, and no attribute unless somebody adds it."""

    prefixes = "xs"
    issuer = "http://www.okta.com/exk1fcia6d6EMsf331d8"
    settings = {"signed": "both", "attributes": {
        "id": ["00u1abcdef2GHIJKL3d8"], "email": ["B.Simon@contoso.com"], "firstName": ["B."], "lastName": ["Simon"]}}

    def write(self):
        entity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
        attributes = "".join(
            f'<saml2:Attribute Name="{name}" NameFormat="{ATTRIBUTE_NAME}unspecified">'
            + "".join(
                f'<saml2:AttributeValue xmlns:xs="{XS}" xmlns:xsi="{XSI}" xsi:type="xs:string">{escape(value)}'
                f'</saml2:AttributeValue>' if value else
                f'<saml2:AttributeValue xmlns:xs="{XS}" xmlns:xsi="{XSI}" xsi:type="xs:string"/>'
                for value in values)
            + "</saml2:Attribute>"
            for name, values in self.attributes.items()
        )
        statement = (f'<saml2:AttributeStatement xmlns:saml2="{SAML}">{attributes}</saml2:AttributeStatement>'
                     if attributes else "")
        return (
            f'<saml2p:Response xmlns:saml2p="{SAMLP}" xmlns:xs="{XS}" Destination="{ACS}" ID="id53208937423471581285932"'
            f'{self.in_response_to()} IssueInstant="2026-11-21T12:00:00.123Z" Version="2.0">'
            f'<saml2:Issuer xmlns:saml2="{SAML}" Format="{entity}">{self.issuer}</saml2:Issuer>'
            f'{self.signature_of("response", "id53208937423471581285932")}'
            f'<saml2p:Status xmlns:saml2p="{SAMLP}"><saml2p:StatusCode Value="{SUCCESS}"/></saml2p:Status>'
            f'<saml2:Assertion xmlns:saml2="{SAML}" xmlns:xs="{XS}" ID="id53208937424092441912323" '
            f'IssueInstant="2026-11-21T12:00:00.123Z" Version="2.0">'
            f'<saml2:Issuer Format="{entity}" xmlns:saml2="{SAML}">{self.issuer}</saml2:Issuer>'
            f'{self.signature_of("assertion", "id53208937424092441912323")}'
            f'<saml2:Subject xmlns:saml2="{SAML}"><saml2:NameID Format="{self.name_id_format}">{self.name_id}'
            f'</saml2:NameID><saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml2:SubjectConfirmationData{self.in_response_to()} NotOnOrAfter="2026-11-21T12:05:00.124Z" '
            f'Recipient="{ACS}"/></saml2:SubjectConfirmation></saml2:Subject>'
            f'<saml2:Conditions xmlns:saml2="{SAML}" NotBefore="2026-11-21T11:55:00.124Z" '
            f'NotOnOrAfter="2026-11-21T12:05:00.124Z"><saml2:AudienceRestriction><saml2:Audience>{AUDIENCE}'
            f'</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>'
            f'<saml2:AuthnStatement xmlns:saml2="{SAML}" AuthnInstant="2026-11-21T12:00:00.123Z" '
            f'SessionIndex="{self.request or "id1795262400123.1234567890"}"><saml2:AuthnContext>'
            f'<saml2:AuthnContextClassRef>{CLASSES}PasswordProtectedTransport</saml2:AuthnContextClassRef>'
            f'</saml2:AuthnContext></saml2:AuthnStatement>{statement}</saml2:Assertion></saml2p:Response>'
        )

    def post(self, xml):
        return '<?xml version="1.0" encoding="UTF-8"?>' + xml


class OneLogin(Shape):
    """The Response signed, three minutes each way, a session of a day, attributes of the connector."""

    issuer = "https://app.onelogin.com/saml/metadata/634027"
    settings = {"signed": "response", "attributes": {
        "User.email": ["B.Simon@contoso.com"], "memberOf": [""], "User.LastName": ["Simon"],
        "PersonImmutableID": [""], "User.FirstName": ["B."]}}

    def write(self):
        attributes = "".join(
            f'<saml:Attribute NameFormat="{ATTRIBUTE_NAME}basic" Name="{name}">'
            + "".join(f'<saml:AttributeValue xmlns:xsi="{XSI}" xsi:type="xs:string">{escape(value)}'
                      f'</saml:AttributeValue>' for value in values)
            + "</saml:Attribute>"
            for name, values in self.attributes.items()
        )
        return (
            f'<samlp:Response xmlns:saml="{SAML}" xmlns:samlp="{SAMLP}" ID="R6fe8a4a2bdc6cd7d3b2cbd1b2a6e9d0d6e3f1a2b" '
            f'Version="2.0" IssueInstant="2026-11-21T12:00:00Z" Destination="{ACS}"{self.in_response_to()}>'
            f'<saml:Issuer>{self.issuer}</saml:Issuer>'
            f'{self.signature_of("response", "R6fe8a4a2bdc6cd7d3b2cbd1b2a6e9d0d6e3f1a2b")}'
            f'<samlp:Status><samlp:StatusCode Value="{SUCCESS}"/></samlp:Status>'
            f'<saml:Assertion xmlns:saml="{SAML}" xmlns:xs="{XS}" xmlns:xsi="{XSI}" Version="2.0" '
            f'ID="pfxd8a1a8a5-4a2d-3a8b-9e6c-1b2c3d4e5f60" IssueInstant="2026-11-21T12:00:00Z">'
            f'<saml:Issuer>{self.issuer}</saml:Issuer>'
            f'{self.signature_of("assertion", "pfxd8a1a8a5-4a2d-3a8b-9e6c-1b2c3d4e5f60")}'
            f'<saml:Subject><saml:NameID Format="{self.name_id_format}">{self.name_id}</saml:NameID>'
            f'<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
            f'NotOnOrAfter="2026-11-21T12:03:00Z" Recipient="{ACS}"{self.in_response_to()}/></saml:SubjectConfirmation>'
            f'</saml:Subject><saml:Conditions NotBefore="2026-11-21T11:57:00Z" NotOnOrAfter="2026-11-21T12:03:00Z">'
            f'<saml:AudienceRestriction><saml:Audience>{AUDIENCE}</saml:Audience></saml:AudienceRestriction>'
            f'</saml:Conditions><saml:AuthnStatement AuthnInstant="2026-11-21T11:59:59Z" '
            f'SessionNotOnOrAfter="2026-11-22T12:00:00Z" SessionIndex="_8f2c1b40-a1b2-0139-5e6f-0a1b2c3d4e5f">'
            f'<saml:AuthnContext><saml:AuthnContextClassRef>{CLASSES}PasswordProtectedTransport'
            f'</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>'
            f'<saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion></samlp:Response>\n'
        )


class Google(Shape):
    """An XML declaration, values typed xs:anyType, empty attributes as empty elements, a NameID without Format."""

    issuer = "https://accounts.google.com/o/saml2?idpid=C02dfl1r1"
    settings = {"signed": "response", "attributes": {
        "phone": None, "address": None, "jobTitle": None, "firstName": ["B."], "lastName": ["Simon"],
        "email": ["B.Simon@contoso.com"]}}

    def write(self):
        attributes = "".join(
            f'<saml2:Attribute Name="{name}"/>' if values is None else
            f'<saml2:Attribute Name="{name}">'
            + "".join(f'<saml2:AttributeValue xmlns:xs="{XS}" xmlns:xsi="{XSI}" xsi:type="xs:anyType">{escape(value)}'
                      f'</saml2:AttributeValue>' for value in values)
            + "</saml2:Attribute>"
            for name, values in self.attributes.items()
        )
        return (
            f'<saml2p:Response xmlns:saml2p="{SAMLP}" Destination="{ACS}" ID="_fc141db284eb3098605351bde4d9be59"'
            f'{self.in_response_to()} IssueInstant="2026-11-21T12:00:00.338Z" Version="2.0">'
            f'<saml2:Issuer xmlns:saml2="{SAML}">{self.issuer}</saml2:Issuer>'
            f'{self.signature_of("response", "_fc141db284eb3098605351bde4d9be59")}'
            f'<saml2p:Status><saml2p:StatusCode Value="{SUCCESS}"/></saml2p:Status>'
            f'<saml2:Assertion xmlns:saml2="{SAML}" ID="_6bcc2c5a0e1f4b6c9d8e7f6a5b4c3d2e" '
            f'IssueInstant="2026-11-21T12:00:00.338Z" Version="2.0"><saml2:Issuer>{self.issuer}</saml2:Issuer>'
            f'{self.signature_of("assertion", "_6bcc2c5a0e1f4b6c9d8e7f6a5b4c3d2e")}'
            f'<saml2:Subject><saml2:NameID>{self.name_id}</saml2:NameID>'
            f'<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml2:SubjectConfirmationData{self.in_response_to()} NotOnOrAfter="2026-11-21T12:05:00.338Z" '
            f'Recipient="{ACS}"/></saml2:SubjectConfirmation></saml2:Subject>'
            f'<saml2:Conditions NotBefore="2026-11-21T11:55:00.338Z" NotOnOrAfter="2026-11-21T12:05:00.338Z">'
            f'<saml2:AudienceRestriction><saml2:Audience>{AUDIENCE}</saml2:Audience></saml2:AudienceRestriction>'
            f'</saml2:Conditions><saml2:AttributeStatement>{attributes}</saml2:AttributeStatement>'
            f'<saml2:AuthnStatement AuthnInstant="2026-11-21T12:00:00.000Z" '
            f'SessionIndex="_6bcc2c5a0e1f4b6c9d8e7f6a5b4c3d2e"><saml2:AuthnContext><saml2:AuthnContextClassRef>'
            f'{CLASSES}unspecified</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>'
            f'</saml2:Assertion></saml2p:Response>'
        )

    def post(self, xml):
        return '<?xml version="1.0" encoding="UTF-8" standalone="no"?>' + xml


class AdFs(Shape):
    """Consent on the Response, default namespaces in the Assertion, claim URIs, an hour; the hash of the request."""

    issuer = "http://fs.contoso.com/adfs/services/trust"
    settings = {"attributes": {
        CLAIMS + "emailaddress": ["B.Simon@contoso.com"], CLAIMS + "givenname": ["B."], CLAIMS + "surname": ["Simon"],
        "http://schemas.xmlsoap.org/claims/Group": ["Domain Users", "Helpdesk"]}}

    def write(self):
        attributes = "".join(
            f'<Attribute Name="{name}">'
            + "".join(f"<AttributeValue>{escape(value)}</AttributeValue>" for value in values)
            + "</Attribute>"
            for name, values in self.attributes.items()
        )
        return (
            f'<samlp:Response ID="_2f9c3a54-8c1d-4f6e-b7a8-90a1b2c3d4e5" Version="2.0" '
            f'IssueInstant="2026-11-21T12:00:00.482Z" Destination="{ACS}" '
            f'Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified"{self.in_response_to()} xmlns:samlp="{SAMLP}">'
            f'<Issuer xmlns="{SAML}">{self.issuer}</Issuer>'
            f'{self.signature_of("response", "_2f9c3a54-8c1d-4f6e-b7a8-90a1b2c3d4e5")}'
            f'<samlp:Status><samlp:StatusCode Value="{SUCCESS}" /></samlp:Status>'
            f'<Assertion ID="_d1e2f3a4-b5c6-47d8-99e0-f1a2b3c4d5e6" IssueInstant="2026-11-21T12:00:00.482Z" '
            f'Version="2.0" xmlns="{SAML}"><Issuer>{self.issuer}</Issuer>'
            f'{self.signature_of("assertion", "_d1e2f3a4-b5c6-47d8-99e0-f1a2b3c4d5e6")}'
            f'<Subject><NameID Format="{self.name_id_format}">{self.name_id}</NameID>'
            f'<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData'
            f'{self.in_response_to()} NotOnOrAfter="2026-11-21T12:05:00.482Z" Recipient="{ACS}" />'
            f'</SubjectConfirmation></Subject>'
            f'<Conditions NotBefore="2026-11-21T12:00:00.451Z" NotOnOrAfter="2026-11-21T13:00:00.451Z">'
            f'<AudienceRestriction><Audience>{AUDIENCE}</Audience></AudienceRestriction></Conditions>'
            f'<AttributeStatement>{attributes}</AttributeStatement>'
            f'<AuthnStatement AuthnInstant="2026-11-21T12:00:00.201Z" '
            f'SessionIndex="_d1e2f3a4-b5c6-47d8-99e0-f1a2b3c4d5e6"><AuthnContext><AuthnContextClassRef>'
            f'urn:federation:authentication:windows</AuthnContextClassRef></AuthnContext></AuthnStatement>'
            f'</Assertion></samlp:Response>'
        )


class Keycloak(Shape):
    """Superfluous namespaces, the document signed by Java: `&#13;` at the line ends of base64."""

    ds = "dsig:"
    issuer = "https://id.contoso.com/realms/staff"
    settings = {"signed": "response", "name_id_format": PERSISTENT, "name_id": "G-5e0c1f2a-3b4d-4e5f-8a6b-7c8d9e0f1a2b",
                "attributes": {"email": ["B.Simon@contoso.com"], "firstName": ["B."], "lastName": ["Simon"]},
                "roles": ["offline_access", "helpdesk-agent"]}

    def write(self):
        def attribute(name, value):
            return (f'<saml:Attribute FriendlyName="{name}" Name="{name}" NameFormat="{ATTRIBUTE_NAME}basic">'
                    f'<saml:AttributeValue xmlns:xs="{XS}" xmlns:xsi="{XSI}" xsi:type="xs:string">{escape(value)}'
                    f'</saml:AttributeValue></saml:Attribute>')
        attributes = "".join(attribute(name, value) for name, values in self.attributes.items() for value in values)
        # One attribute for each role, all of one name.
        roles = "".join(attribute("Role", role) for role in self.roles)
        return (
            f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" Destination="{ACS}" '
            f'ID="ID_1e0f7c2a-6b5d-4c3e-9f8a-7b6c5d4e3f2a"{self.in_response_to()} IssueInstant="2026-11-21T12:00:00.640Z" '
            f'Version="2.0"><saml:Issuer>{self.issuer}</saml:Issuer>'
            f'{self.signature_of("response", "ID_1e0f7c2a-6b5d-4c3e-9f8a-7b6c5d4e3f2a")}'
            f'<samlp:Status><samlp:StatusCode Value="{SUCCESS}"/></samlp:Status>'
            f'<saml:Assertion xmlns="{SAML}" ID="ID_90817263-5a4b-4c3d-8e2f-1a0b9c8d7e6f" '
            f'IssueInstant="2026-11-21T12:00:00.639Z" Version="2.0"><saml:Issuer>{self.issuer}</saml:Issuer>'
            f'{self.signature_of("assertion", "ID_90817263-5a4b-4c3d-8e2f-1a0b9c8d7e6f")}'
            f'<saml:Subject><saml:NameID Format="{self.name_id_format}">{self.name_id}</saml:NameID>'
            f'<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData{self.in_response_to()} NotOnOrAfter="2026-11-21T12:04:58.639Z" '
            f'Recipient="{ACS}"/></saml:SubjectConfirmation></saml:Subject>'
            f'<saml:Conditions NotBefore="2026-11-21T11:59:58.639Z" NotOnOrAfter="2026-11-21T12:00:58.639Z">'
            f'<saml:AudienceRestriction><saml:Audience>{AUDIENCE}</saml:Audience></saml:AudienceRestriction>'
            f'</saml:Conditions><saml:AuthnStatement AuthnInstant="2026-11-21T12:00:00.640Z" '
            f'SessionIndex="4f5e6d7c-8b9a-4012-b345-6c7d8e9f0a1b::2b3c4d5e-6f70-4812-9a3b-4c5d6e7f8091" '
            f'SessionNotOnOrAfter="2026-11-21T22:00:00.640Z"><saml:AuthnContext><saml:AuthnContextClassRef>'
            f'{CLASSES}unspecified</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>'
            f'<saml:AttributeStatement>{attributes}{roles}</saml:AttributeStatement></saml:Assertion></samlp:Response>'
        )

    def signed_by(self, xml):
        # Those of a signature inside were there when it was signed: libxml2 writes them in another way.
        def with_references(value):
            return value[1] + re.sub(r"(?<!;)\n", "&#13;\n", value[2]) + value[3]
        xml = xml.replace("&#xD;", "&#13;")
        return re.sub(r"(<dsig:SignatureValue>)(.*?)(</)", with_references, xml, flags=re.S)


def encrypt(xml, cipher="http://www.w3.org/2009/xmlenc11#aes256-gcm", digest=True, place="inside", key="other-rsa-2048"):
    """The Assertion encrypted; `place` says where the EncryptedKey stands."""
    method = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"'
    method += f'><ds:DigestMethod Algorithm="{DS}sha1"/></xenc:EncryptionMethod>' if digest else "/>"
    template = (
        f'<xenc:EncryptedData xmlns:xenc="{XENC}" Id="_data" Type="{XENC}Element"><xenc:EncryptionMethod '
        f'Algorithm="{cipher}"/><ds:KeyInfo xmlns:ds="{DS}"><xenc:EncryptedKey Id="_key">{method}<xenc:CipherData>'
        f'<xenc:CipherValue></xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData>'
        f'<xenc:CipherValue></xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>'
    )
    with tempfile.TemporaryDirectory() as folder:
        plain, empty, result = (Path(folder, name) for name in ("in.xml", "template.xml", "out.xml"))
        plain.write_text(xml)
        empty.write_text(template)
        run("xmlsec1", "--encrypt", "--pubkey-cert-pem", KEYS / f"{key}.crt", "--session-key", "aes-256",
            "--xml-data", plain, "--node-xpath", "//*[local-name()='Assertion']", "--output", result, empty)
        text = result.read_text().removeprefix('<?xml version="1.0"?>\n').removesuffix("\n")
    beside = ""
    if place == "beside":
        found = re.search(r"<xenc:EncryptedKey.*</xenc:EncryptedKey>", text, flags=re.S)[0]
        text = text.replace(found, f'<ds:RetrievalMethod URI="#_key" Type="{XENC}EncryptedKey"/>')
        beside = found.replace("<xenc:EncryptedKey ", f'<xenc:EncryptedKey xmlns:xenc="{XENC}" xmlns:ds="{DS}" ')
    text = re.sub("<xenc:EncryptedData", f'<saml:EncryptedAssertion xmlns:saml="{SAML}"><xenc:EncryptedData', text)
    return text.replace("</xenc:EncryptedData>", f"</xenc:EncryptedData>{beside}</saml:EncryptedAssertion>")


GUEST = "b.simon_fabrikam.com#EXT#@contoso.onmicrosoft.com"
CBC = XENC + "aes256-cbc"
UNSOLICITED = {"request": None}
ALLOWED_SHA1 = {"allow_sha1": True}
SIMON = {"email": "B.Simon@contoso.com", "given_name": "B.", "family_name": "Simon"}
ENTRA_NAME = SIMON | {"name": "B. Simon"}
FULL_NAME = SIMON | {"name": "B. Simon"}

# name: (shape, changes, what the connection has beside its certificate, expected code, the person)
CASES = {
    "entra": (Entra, {}, {}, "ok", ENTRA_NAME | {"groups": 3}),
    "entra-response-signed": (Entra, {"signed": "response"}, {}, "ok", ENTRA_NAME | {"groups": 3}),
    "entra-both-signed": (Entra, {"signed": "both"}, {}, "ok", ENTRA_NAME | {"groups": 3}),
    "entra-idp-initiated": (Entra, UNSOLICITED, {}, "ok", ENTRA_NAME | {"groups": 3}),
    "entra-sha1": (Entra, SHA1, {}, "dsig.sha1", None),
    "entra-sha1-allowed": (Entra, SHA1, ALLOWED_SHA1, "ok", ENTRA_NAME | {"groups": 3}),
    # The user principal name of a guest is no address.
    "entra-guest": (Entra, {"name_id": GUEST, "email": "b.simon@fabrikam.com"}, {}, "ok",
                    ENTRA_NAME | {"email": "b.simon@fabrikam.com", "groups": 3}),
    "entra-guest-without-email": (Entra, {"name_id": GUEST, "email": ""}, {}, "ok",
                                  ENTRA_NAME | {"email": None, "groups": 3}),
    "entra-member-without-email": (Entra, {"email": "", "name_id_format": FORMAT + "unspecified"}, {}, "ok",
                                   ENTRA_NAME | {"email": None, "groups": 3}),
    "entra-persistent": (Entra, {"name_id": "AAdN4S3gZ0Xk5vXl3u8pFZQbK2Yc9wTq1RrO7hJmE6o", "name_id_format": PERSISTENT},
                         {}, "ok", ENTRA_NAME | {"groups": 3}),
    "entra-150-groups": (Entra, {"groups": 150}, {}, "ok", ENTRA_NAME | {"groups": 150}),
    "entra-group-overage": (Entra, {"overage": True}, {}, "ok", ENTRA_NAME | {"groups": 0, "groups_omitted": True}),
    # One sample of the vendor's documentation has this issuer and white space around it.
    "entra-padded-issuer": (Entra, {"issuer": f"\n    https://sts.windows.net/{TENANT}/\n  "}, {}, "ok",
                            ENTRA_NAME | {"groups": 3}),
    "entra-encrypted": (Entra, {"encrypted": {}}, {}, "ok", ENTRA_NAME | {"groups": 3}),
    "entra-encrypted-cbc": (Entra, {"encrypted": {"cipher": CBC}}, {}, "xenc.cbc_not_allowed", None),
    "entra-encrypted-cbc-response-signed": (Entra, {"encrypted": {"cipher": CBC}, "signed": "both"},
                                            {"allow_cbc": True}, "ok", ENTRA_NAME | {"groups": 3}),
    "okta": (Okta, {}, {}, "ok", FULL_NAME),
    "okta-tile": (Okta, UNSOLICITED, {}, "ok", FULL_NAME),
    "okta-no-attributes": (Okta, {"attributes": {}}, {}, "ok", {"email": "B.Simon@contoso.com"}),
    "okta-empty-email": (Okta, {"attributes": {"email": [""], "firstName": ["B."]}, "name_id": "bsimon",
                                "name_id_format": FORMAT + "unspecified"}, {}, "ok",
                         {"email": None, "given_name": "B.", "name": "B."}),
    "okta-encrypted-key-beside": (Okta, {"encrypted": {"place": "beside"}}, {}, "ok", FULL_NAME),
    "okta-encrypted-cbc": (Okta, {"encrypted": {"cipher": CBC, "place": "beside"}}, {"allow_cbc": True}, "ok", FULL_NAME),
    "onelogin": (OneLogin, {}, {}, "ok", FULL_NAME),
    "onelogin-sha1": (OneLogin, SHA1, {}, "dsig.sha1", None),
    "onelogin-sha1-allowed": (OneLogin, SHA1, ALLOWED_SHA1, "ok", FULL_NAME),
    "onelogin-assertion-signed": (OneLogin, {"signed": "assertion"}, {}, "ok", FULL_NAME),
    "onelogin-encrypted-without-digest-method": (OneLogin, {"encrypted": {"digest": False}, "signed": "both"}, {}, "ok",
                                                 FULL_NAME),
    "google": (Google, {}, {}, "ok", FULL_NAME),
    "google-assertion-signed": (Google, {"signed": "assertion"}, {}, "ok", FULL_NAME),
    "google-nothing-mapped": (Google, {"attributes": {"email": None}}, {}, "ok", {"email": None}),
    "adfs": (AdFs, {}, {}, "ok", FULL_NAME | {"groups": 2}),
    "adfs-both-signed": (AdFs, {"signed": "both"}, {}, "ok", FULL_NAME | {"groups": 2}),
    "adfs-windows-session": (AdFs, {}, {"authn_context": CLASSES + "PasswordProtectedTransport"},
                             "saml.authn_context_mismatch", None),
    "keycloak": (Keycloak, {}, {}, "ok", FULL_NAME),
    "keycloak-both-signed": (Keycloak, {"signed": "both"}, {}, "ok", FULL_NAME),
    "keycloak-assertion-signed": (Keycloak, {"signed": "assertion"}, {}, "ok", FULL_NAME),
}


def make(name):
    shape, changes, *_ = CASES[name]
    return shape(**changes).respond()


def main():
    if len(sys.argv) > 1:
        sys.stdout.write(make(sys.argv[1]))
        return
    index, files = [], {}
    for name, (shape, changes, connection, expected, person) in CASES.items():
        # Cases that differ in the connection only share a file.
        file = files.setdefault(f"{shape} {changes}", name)
        if file == name:
            (HERE / "responses" / f"{name}.xml").write_bytes(make(name).encode())
        index.append({"name": name, "file": file, "idp_entity_id": shape.issuer,
                      "in_response_to": changes.get("request", REQUEST), "connection": connection,
                      "expected": expected, "person": person})
    common = {"now": "2026-11-21T12:00:00Z", "audience": AUDIENCE, "acs_url": ACS, "certificate": "rsa-2048",
              "decryption_key": "other-rsa-2048"}
    lines = ",\n".join("  " + json.dumps(line) for line in index)
    (HERE / "index.json").write_text(f'{{"common": {json.dumps(common)},\n "responses": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
