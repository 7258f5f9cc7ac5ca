// What the platform alone takes for a gate that signs a token for each request: what edge-worker/worker.mjs asks of it,
// with values that never change, and not one rule.
import { generateKeyPairSync, sign } from "node:crypto";

const { privateKey } = generateKeyPairSync("ed25519");
const SIGNED = new Uint8Array(1000).fill(97);
const TOKEN = "a".repeat(1200);
const encoder = new TextEncoder();
const bytes = new Uint8Array(32 * 1024);

export default {
  async fetch(request, env) {
    const { protocol, host, pathname, search } = new URL(request.url);
    let head = request.cf?.clientIp ?? "";
    request.headers.forEach((value, name) => {
      head += `${name}:${value}\n`;
    });
    encoder.encodeInto(head, bytes);
    sign(null, SIGNED, privateKey);
    const headers = new Headers(request.headers);
    headers.delete("cookie");
    headers.set("X-Forwarded-Host", host);
    headers.set("X-Forwarded-Proto", protocol.slice(0, -1));
    headers.set("X-Forwarded-For", "127.0.0.1");
    headers.set("Deskgate-Assertion", TOKEN);
    const { method, body } = request;
    const asked = { method, headers, body, cache: "no-store", redirect: "manual", encodeResponseBody: "manual" };
    const response = await fetch(env.ORIGIN + pathname + search, asked);
    const relayed = new Response(response.body, response);
    relayed.headers.set("Cache-Control", "private, no-store");
    relayed.headers.append("Vary", "Cookie");
    return relayed;
  },
};
