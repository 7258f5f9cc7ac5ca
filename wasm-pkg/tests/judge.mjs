// Runs in Node.js, workerd and a page alike: what a verifier says to each vector, to the letter.
export async function judge(createVerifier, { cases, ...options }) {
  const verifier = await createVerifier(options);
  const verdicts = {};
  for (const { name, kind, token, method, path, now } of cases) {
    const request = { method, url: path, headers: { "deskgate-assertion": token } };
    try {
      verdicts[name] =
        kind === "session"
          ? await verifier.verifySession(token, { now })
          : await verifier.verifyOriginToken(request, { now });
    } catch ({ name: kindOfError, code, message, expected, found }) {
      verdicts[name] = { kindOfError, code, message, expected, found };
    }
  }
  // As it would be sent: absent and undefined are the same.
  return JSON.parse(JSON.stringify(verdicts));
}
