// samlify as the service provider of an app. Exit code 3: it is not installed.
import { run } from "./service_provider.mjs";

const library = await import("samlify").catch(() => undefined);

await run("samlify", library, (imported, { idp, sp, name_id_format }) => {
  const samlify = imported.default ?? imported;
  // Its validators of schemas need Java or a native module; python3-saml validates by the schemas.
  samlify.setSchemaValidator({ validate: async () => "not validated" });
  const identityProvider = (encrypted, wantAuthnRequestsSigned) =>
    samlify.IdentityProvider({
      metadata: wantAuthnRequestsSigned
        ? idp.metadata.replace('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="true"')
        : idp.metadata,
      isAssertionEncrypted: encrypted,
      messageSigningOrder: "encrypt-then-sign",
    });
  const serviceProvider = (authnRequestsSigned) =>
    samlify.ServiceProvider({
      entityID: sp.entity_id,
      authnRequestsSigned,
      wantAssertionsSigned: true,
      wantMessageSigned: true,
      nameIDFormat: [name_id_format],
      privateKey: sp.key,
      encPrivateKey: sp.key,
      signingCert: sp.certificate,
      requestSignatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
      assertionConsumerService: [
        { Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", Location: sp.acs_url, isDefault: true },
      ],
    });
  const request = (signed, binding) =>
    serviceProvider(signed).createLoginRequest(identityProvider(false, signed), binding, { relayState: "state" }).context;
  return {
    requests: async () => ({
      redirect: request(false, "redirect"),
      signed_redirect: request(true, "redirect"),
      post: request(false, "post"),
    }),
    read: async ({ saml_response, request_id, encrypted }) => {
      const { extract } = await serviceProvider(false).parseLoginResponse(identityProvider(encrypted, false), "post", {
        body: { SAMLResponse: saml_response },
      });
      // What samlify leaves to its caller.
      if (extract.audience !== sp.entity_id) throw new Error(`audience ${extract.audience}`);
      if ((extract.response.inResponseTo ?? null) !== (request_id ?? null)) throw new Error("another request");
      return { name_id: extract.nameID, attributes: extract.attributes };
    },
  };
});
