// A Help Scout to sign in at: node-saml is its service provider, set up by the boxes of its page
// Manage > Company > Authentication.
import { X509Certificate } from "node:crypto";

import { SAML, ValidateInResponseTo } from "@node-saml/node-saml";

import { page, serve, shown } from "./server.mjs";

const PRODUCT = "Help Scout stand-in";
const LOG_IN =
  '<form method="post" action="/members/login/">' +
  '<label>Email <input name="email"></label><button>Log In</button></form>';

export async function startHelpScout() {
  const audience = "urn:auth0:helpscout:contoso";
  // What an administrator enters: singleSignOnUrl, certificate (the bytes of the uploaded file),
  // emailDomains (with commas).
  const console = { emailDomains: "" };
  const users = new Map();

  // One upload slot: PEM or CER, one certificate.
  function serviceProvider() {
    const certificate = new X509Certificate(console.certificate);
    return new SAML({
      issuer: audience,
      audience,
      callbackUrl: `${server.url}/login/callback?connection=contoso`,
      entryPoint: console.singleSignOnUrl,
      idpCert: certificate.toString(),
      identifierFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
      // Both directions are supported: whoever was asked for and whoever was not.
      validateInResponseTo: ValidateInResponseTo.ifPresent,
      wantAuthnResponseSigned: true,
      wantAssertionsSigned: true,
      disableRequestedAuthnContext: true,
      acceptedClockSkewMs: 0,
      cacheProvider: requests,
    });
  }
  // Shared by all requests of this server; each identifier is used once.
  const ids = new Map();
  const requests = {
    saveAsync: async (key, value) => (ids.set(key, value), { value, createdAt: Date.now() }),
    getAsync: async (key) => ids.get(key) ?? null,
    removeAsync: async (key) => (ids.delete(key), key),
  };

  function isOfOurs(email) {
    const domains = console.emailDomains.split(",").map((domain) => domain.trim().toLowerCase());
    return domains.includes(email.split("@")[1]?.toLowerCase());
  }

  const server = await serve(async ({ method, path, form, account }) => {
    if (path === "/members/login/" && method === "GET") return { page: page(PRODUCT, "Log In", LOG_IN) };
    if (path === "/members/login/") {
      if (!isOfOurs(form.get("email"))) return { page: page(PRODUCT, "Enter your password") };
      return { redirect: await serviceProvider().getAuthorizeUrlAsync("/mailbox/", undefined, {}) };
    }
    if (path === "/login/callback" && method === "POST") {
      try {
        const { profile } = await serviceProvider().validatePostResponseAsync(Object.fromEntries(form));
        const { nameID, issuer, attributes } = profile;
        // Users are created at the first sign-in.
        const user = users.get(nameID.toLowerCase()) ?? { email: nameID };
        users.set(nameID.toLowerCase(), Object.assign(user, { issuer, attributes, relay_state: form.get("RelayState") }));
        return { account: user, redirect: "/mailbox/" };
      } catch (error) {
        return { status: 403, page: page(PRODUCT, "SAML sign-in failed", `<p>${error.message}</p>`) };
      }
    }
    if (account) return { page: page(PRODUCT, "Mailbox", shown(account)) };
    return { redirect: "/members/login/" };
  });
  return {
    ...server,
    console,
    audience,
    postBackUrl: `${server.url}/login/callback?connection=contoso`,
    user: (email) => users.get(email.toLowerCase()),
  };
}
