// A Worker that has node-saml and jose, and says hello: what they cost before anybody signs in.
import { SAML } from "@node-saml/node-saml";
import { jwtVerify } from "jose";

export default {
  fetch: () => new Response(SAML && jwtVerify ? "hello" : "no"),
};
