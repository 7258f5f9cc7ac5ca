import "./clock.mjs";

import { SAML } from "@node-saml/node-saml";

import given from "./given.js";
import { GROUPS, count, serve } from "./serve.mjs";

const saml = new SAML({
  callbackUrl: "http://127.0.0.1:47887/deskgate/acs",
  issuer: "http://127.0.0.1:47887/deskgate/metadata",
  audience: "http://127.0.0.1:47887/deskgate/metadata",
  idpIssuer: "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/",
  idpCert: given.certificate,
  decryptionPvk: given.decryptionKey,
  wantAuthnResponseSigned: false,
  wantAssertionsSigned: true,
  acceptedClockSkewMs: 180_000,
  validateInResponseTo: "never",
});

const validate = (document) => saml.validatePostResponseAsync({ SAMLResponse: given.fields[document] });

export default serve(
  (work, document) => () => validate(document),
  async (work, document) => {
    try {
      const { profile } = await validate(document);
      return { name: profile.nameID, groups: count(profile.attributes[GROUPS]) };
    } catch (error) {
      return { refused: error.message };
    }
  },
);
