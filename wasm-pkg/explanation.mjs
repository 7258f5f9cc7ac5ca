// SAML responses explained, but for where the WebAssembly is.

import { seconds, text } from "./arguments.mjs";
import { accepted, asked, VerificationError } from "./errors.mjs";
import { Expected, explain } from "./explain/pkg/deskgate_explain_wasm.js";

export function createExplain(load) {
  return async (response, { connection, redact = false, now, wasm } = {}) => {
    const bytes = typeof response === "string" ? new TextEncoder().encode(response) : response;
    if (!(bytes instanceof Uint8Array)) throw new TypeError("response must be a string or a Uint8Array");
    const time = seconds(now);
    await load(wasm);
    const expected = connection && read(connection, time);
    // The WebAssembly takes `expected` over.
    return accepted(VerificationError, () => explain(bytes, expected, Boolean(redact)));
  };
}

function read({ certificates, idpEntityId, audience, acsUrl, inResponseTo }, time) {
  text("connection.certificates", certificates);
  text("connection.idpEntityId", idpEntityId);
  text("connection.audience", audience);
  text("connection.acsUrl", acsUrl);
  if (inResponseTo !== undefined) text("connection.inResponseTo", inResponseTo);
  const expected = asked(
    VerificationError,
    () => new Expected(certificates, idpEntityId, audience, acsUrl, inResponseTo, time),
  );
  accepted(VerificationError, () => expected.refusal());
  return expected;
}
