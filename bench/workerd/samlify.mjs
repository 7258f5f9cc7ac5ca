import "./clock.mjs";

import * as samlify from "samlify";

import given from "./given.js";
import { GROUPS, count, serve } from "./serve.mjs";

// Its schema validators are separate packages, two of them with native code or Java: none is installed.
samlify.setSchemaValidator({ validate: () => Promise.resolve("skipped") });

const certificate = given.certificate.replace(/-----[^-]*-----|\s/g, "");
const identityProvider = (encrypted) =>
  samlify.IdentityProvider({
    isAssertionEncrypted: encrypted,
    messageSigningOrder: "sign-then-encrypt",
    metadata: `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"
  entityID="https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/"><IDPSSODescriptor
  protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo
  xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data>
  </KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
  Location="https://login.example.com/saml2"/></IDPSSODescriptor></EntityDescriptor>`,
  });
const identityProviders = { false: identityProvider(false), true: identityProvider(true) };
const serviceProvider = samlify.ServiceProvider({
  entityID: "http://127.0.0.1:47887/deskgate/metadata",
  wantAssertionsSigned: true,
  encPrivateKey: given.decryptionKey,
  clockDrifts: [-180_000, 180_000],
  assertionConsumerService: [
    {
      Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
      Location: "http://127.0.0.1:47887/deskgate/acs",
    },
  ],
});

const validate = (document) =>
  serviceProvider.parseLoginResponse(identityProviders[document.startsWith("encrypted")], "post", {
    body: { SAMLResponse: given.fields[document] },
  });

export default serve(
  (work, document) => () => validate(document),
  async (work, document) => {
    try {
      const { extract } = await validate(document);
      return { name: extract.nameID, groups: count(extract.attributes[GROUPS]) };
    } catch (error) {
      return { refused: error?.message ?? String(error) };
    }
  },
);
