// node-saml as the service provider of an app. Exit code 3: it is not installed.
import { run } from "./service_provider.mjs";

const library = await import("@node-saml/node-saml").catch(() => undefined);

await run("node-saml", library, ({ SAML, ValidateInResponseTo }, { idp, sp, name_id_format }) => {
  const serviceProvider = (requestId, signs, authnRequestBinding) =>
    new SAML({
      issuer: sp.entity_id,
      audience: sp.entity_id,
      callbackUrl: sp.acs_url,
      entryPoint: idp.sso_url,
      idpCert: idp.certificate,
      identifierFormat: name_id_format,
      wantAuthnResponseSigned: true,
      wantAssertionsSigned: true,
      acceptedClockSkewMs: 0,
      decryptionPvk: sp.key,
      authnRequestBinding,
      // It would deflate what it posts, which SAML Bindings 3.5.4 does not know.
      skipRequestCompression: authnRequestBinding === "HTTP-POST",
      ...(signs && { privateKey: sp.key, signatureAlgorithm: "sha256", digestAlgorithm: "sha256" }),
      validateInResponseTo: requestId ? ValidateInResponseTo.always : ValidateInResponseTo.never,
      cacheProvider: {
        saveAsync: async (key, value) => ({ value, createdAt: Date.now() }),
        getAsync: async (key) => (key === requestId ? new Date().toISOString() : null),
        removeAsync: async (key) => key,
      },
    });
  return {
    requests: async () => ({
      redirect: await serviceProvider(undefined, false).getAuthorizeUrlAsync("state", undefined, {}),
      signed_redirect: await serviceProvider(undefined, true).getAuthorizeUrlAsync("state", undefined, {}),
      signed_post: (await serviceProvider(undefined, true, "HTTP-POST").getAuthorizeMessageAsync("state", undefined, {}))
        .SAMLRequest,
    }),
    read: async ({ saml_response, request_id }) => {
      const { profile } = await serviceProvider(request_id).validatePostResponseAsync({ SAMLResponse: saml_response });
      // What node-saml leaves to its caller.
      if (profile.issuer !== idp.entity_id) throw new Error(`issuer ${profile.issuer}`);
      return { name_id: profile.nameID, attributes: profile.attributes ?? {} };
    },
  };
});
