// The Worker with a second entry, which runs one part of its work many times in one request, so that
// the CPU time of a single run can be told from that of HTTP.
import { createHash, createPublicKey, verify } from "node:crypto";

import certificate from "idp.crt";
import large from "large.xml";
import small from "small.xml";

import * as deskgate from "./deskgate_edge.js";
import edge, { Desk } from "./worker.mjs";

export { Desk };
export default edge;

// 2026-11-21T12:00:00Z: when the stored responses were made.
const NOW = 1_795_262_400_000;
Date.now = () => NOW;

const HOST = "127.0.0.1:47887";
const key = createPublicKey(certificate);
const messages = { small: prepare(small), large: prepare(large) };

function prepare(xml) {
  const text = xml.trim();
  const body = new TextEncoder().encode(`SAMLResponse=${encodeURIComponent(btoa(unescape(encodeURIComponent(text))))}`);
  // Bytes in place of the canonical ones: for the limit only their number matters.
  const assertion = text.slice(text.indexOf("<Assertion"), text.indexOf("</Assertion>"));
  const signature = assertion.slice(assertion.indexOf("<Signature"), assertion.indexOf("</Signature>"));
  const signedInfo = signature.slice(signature.indexOf("<SignedInfo"), signature.indexOf("<SignatureValue"));
  const canonical = new TextEncoder().encode(assertion).slice(signature.length);
  const value = signature.match(/<SignatureValue>([^<]*)</)[1].replaceAll(/\s/g, "");
  return { body, canonical, signedInfo: new TextEncoder().encode(signedInfo), value: Buffer.from(value, "base64") };
}

// Everything of /acs/complete until the object is asked: form, base64, XML, signature, all rules, session.
function signIn({ body }) {
  const headers = `content-type:application/x-www-form-urlencoded\norigin:http://${HOST}\nsec-fetch-site:same-origin\n`;
  deskgate.handle(NOW, "POST", "http:", HOST, "/deskgate/acs/complete", "", headers, "127.0.0.1");
  const next = deskgate.takePending().bodyRead(body, NOW);
  deskgate.takePending()?.free();
  if (!next.startsWith('{"ask"')) throw new Error(next);
}

// What no implementation can avoid, by the fastest means of this platform.
function limit({ canonical, signedInfo, value }) {
  createHash("sha256").update(canonical).digest();
  // The bytes are not quite those that were signed: the answer is no, after the same work.
  verify("sha256", signedInfo, key, value);
}

function gate(cookie, path) {
  const headers = `accept:text/html\nsec-fetch-mode:navigate\ncookie:${cookie}\nuser-agent:bench\n`;
  const next = deskgate.handle(NOW, "GET", "http:", HOST, path, "", headers, "127.0.0.1");
  if (!next.includes('"forward"')) throw new Error(next);
}

export const rules = {
  async fetch(request) {
    const { operation, size, times, cookie } = await request.json();
    const work = {
      empty: () => {},
      limit: () => limit(messages[size]),
      signIn: () => signIn(messages[size]),
      session: () => gate(cookie, "/tickets/1"),
      public: () => gate("", "/assets/app.css"),
    }[operation];
    for (let time = 0; time < times; time += 1) work();
    return new Response("done");
  },
};
