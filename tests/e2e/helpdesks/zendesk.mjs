// A Zendesk to sign in at: the rules of its JWT single sign-on by the vendor's documentation, the token
// verified by jose.
import { jwtVerify } from "jose";

import { page, serve, shown } from "./server.mjs";

const PRODUCT = "Zendesk stand-in";

// `console` is what an administrator enters there: remoteLoginUrl, remoteLogoutUrl, sharedSecret and
// updateExternalIds. `users` are the profiles that exist, by primary e-mail address.
export async function startZendesk({ users = {} } = {}) {
  const console = { updateExternalIds: false };
  const profiles = new Map(Object.entries(users));
  const taken = new Set();
  const tokens = [];

  // What the vendor refuses, in the vendor's words.
  async function verify(token) {
    const key = new TextEncoder().encode(console.sharedSecret);
    const verified = await jwtVerify(token, key, { algorithms: ["HS256"], typ: "JWT" }).catch(() => undefined);
    if (!verified) throw new Error("JWT signature invalid, check that your tokens match");
    const { payload, protectedHeader } = verified;
    if (Object.keys(protectedHeader).sort().join() !== "alg,typ") throw new Error("JWT header invalid");
    if (!Number.isInteger(payload.iat)) throw new Error("Invalid iat parameter");
    if (Math.abs(Date.now() / 1000 - payload.iat) > 120) {
      throw new Error(
        "Invalid iat parameter. The supplied iat value is more than 3 minutes off, check your server clock.",
      );
    }
    for (const name of ["jti", "email", "name"]) {
      if (typeof payload[name] !== "string" || !payload[name]) throw new Error(`Missing parameter: ${name}`);
    }
    if (taken.has(payload.jti)) throw new Error("The unique identifier (jti) has already been used");
    taken.add(payload.jti);
    tokens.push(payload);
    return payload;
  }

  // The profile of the primary address, whatever its role is; absent fields are left as they are.
  function signIn({ email, name, phone, external_id: externalId, organization, role }) {
    const key = email.toLowerCase();
    const profile = profiles.get(key) ?? { email, role: "end-user", external_id: null };
    profile.name = name;
    if (phone !== undefined) profile.phone = phone;
    if (organization !== undefined) profile.organization = organization;
    if (role !== undefined) profile.role = role;
    if (externalId !== undefined && (profile.external_id === null || console.updateExternalIds)) {
      profile.external_id = externalId;
    }
    profiles.set(key, profile);
    return profile;
  }

  const server = await serve(async ({ method, path, query, form, account }) => {
    if (path === "/access/jwt" && method === "POST") {
      try {
        const profile = signIn(await verify(form.get("jwt")));
        const wanted = query.get("return_to");
        const target = wanted?.startsWith(`${server.url}/`) ? wanted : profile.role === "end-user" ? "/hc" : "/agent";
        return { account: profile, redirect: target };
      } catch (error) {
        return { redirect: `${console.remoteLogoutUrl}?${new URLSearchParams({ kind: "error", message: error.message })}` };
      }
    }
    if (path === "/access/normal") return { page: page(PRODUCT, "Sign in with your Zendesk password") };
    if (path === "/access/sso_bypass") return { page: page(PRODUCT, "Account owner access") };
    if (path === "/access/logout") {
      return { redirect: `${console.remoteLogoutUrl}?${new URLSearchParams({ email: account?.email ?? "" })}` };
    }
    if (account) return { page: page(PRODUCT, `Signed in to ${path}`, shown(account)) };
    const timestamp = Math.floor(Date.now() / 1000);
    const sent = { brand_id: "360000111111", locale_id: "1", return_to: server.url + path, timestamp };
    return { redirect: `${console.remoteLoginUrl}?${new URLSearchParams(sent)}` };
  });
  return { ...server, console, tokens, profile: (email) => profiles.get(email.toLowerCase()) };
}
