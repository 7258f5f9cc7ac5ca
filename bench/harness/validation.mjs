// Who validates what, with which verdict.
import { DOCUMENTS, EXPECTED_GROUPS, PERSON } from "./place.mjs";

const PLAIN = DOCUMENTS.filter((document) => document !== "encrypted");

// What the runtimes have to offer. Natively the limit knows no decryption. `signatureOnly` knows no SAML and reads no identity.
export const PARTICIPANTS = [
  { runtime: "workerd", work: "limit", limit: true },
  { runtime: "workerd", work: "deskgate", ours: true },
  { runtime: "workerd", work: "deskgate-without-crypto", ours: true },
  { runtime: "workerd", work: "deskgate-pure", ours: true },
  { runtime: "workerd", work: "deskgate-pure-without-keys", ours: true },
  { runtime: "workerd", work: "sign-in", ours: true, documents: PLAIN },
  { runtime: "workerd", work: "node-saml" },
  { runtime: "workerd", work: "samlify" },
  { runtime: "workerd", work: "bergshamra", signatureOnly: true, slow: true },
  { runtime: "native", work: "limit-aws-lc", limit: true, documents: PLAIN },
  { runtime: "native", work: "limit", limit: true, documents: PLAIN },
  { runtime: "native", work: "deskgate-aws-lc", ours: true },
  { runtime: "native", work: "deskgate", ours: true },
  { runtime: "native", work: "deskgate-without-crypto", ours: true },
  { runtime: "native", work: "bergshamra", signatureOnly: true, slow: true },
  { runtime: "native", work: "samael", slow: true },
  { runtime: "python", work: "python3-saml", slow: true },
  { runtime: "python", work: "python-xmlsec", signatureOnly: true, slow: true },
];

// Right documents that a peer is known to refuse, and why. Whatever is not here is a failure.
const KNOWN_REFUSALS = {
  "samlify encrypted": "its call of privateDecrypt, which names no hash for OAEP, fails in workerd",
  "samael encrypted": "wants the Response signed when the Assertion is encrypted",
};

// Puts every document and its changed twin to everybody. Ours must be right; so must those of the others,
// or what they take says nothing.
export async function verdicts(participants, check) {
  const refusals = [];
  for (const participant of participants.filter(({ limit }) => !limit)) {
    for (const document of participant.documents ?? DOCUMENTS) {
      const name = `${participant.work} (${participant.runtime}) ${document}`;
      const known = KNOWN_REFUSALS[`${participant.work} ${document}`];
      const answer = await participant.program.verdict(participant.work, document);
      if (known && answer.refused) {
        refusals.push({ ...identify(participant), document, reason: known });
        continue;
      }
      check(`${name} is accepted`, isRight(answer, participant, document), JSON.stringify(answer));
      // Everything from memory would say yes to anything.
      if (participant.work.includes("without")) continue;
      const changed = await participant.program.verdict(participant.work, `${document}-changed`);
      check(`${name}, changed, is refused`, changed.refused !== undefined, JSON.stringify(changed));
    }
  }
  return refusals;
}

const identify = ({ runtime, work }) => ({ runtime, work });

function isRight(answer, { signatureOnly, work }, document) {
  if (answer.refused !== undefined) return false;
  if (signatureOnly || work === "sign-in") return true;
  return answer.name === PERSON && answer.groups === (EXPECTED_GROUPS[document] ?? 24);
}

// One item for each participant and document that is not refused.
export function items(participants, refusals) {
  const isRefused = ({ runtime, work }, document) =>
    refusals.some((each) => each.runtime === runtime && each.work === work && each.document === document);
  return DOCUMENTS.flatMap((document) =>
    participants
      .filter((each) => (each.documents ?? DOCUMENTS).includes(document) && !isRefused(each, document))
      .map(({ runtime, work, program }) => ({ runtime, work, document, program })),
  );
}

export const TOKEN_WORKS = ["session-mint", "session-verify", "origin-mint", "origin-verify"];
