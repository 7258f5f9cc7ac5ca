// What the helpdesks of these journeys share: a small HTTP server on another site than the desk's, accounts
// with sessions, and pages that say who is signed in. Nothing here is deskgate's.
import crypto from "node:crypto";
import http from "node:http";

// Answers each request by `answer({ method, path, query, form, account })`, which returns
// `{ status, page, redirect, json, account }`.
export async function serve(answer) {
  const sessions = new Map();
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    let body = "";
    for await (const piece of request) body += piece;
    const cookie = /(?:^|; )helpdesk=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];
    const given = {
      method: request.method,
      path: pathname,
      query: searchParams,
      form: new URLSearchParams(body),
      account: sessions.get(cookie),
    };
    const said = await answer(given).catch((error) => ({ status: 500, page: text(String(error.stack)) }));
    if (said.account) {
      const id = crypto.randomBytes(16).toString("hex");
      sessions.set(id, said.account);
      // Cookies do not know ports: two helpdesks on localhost are kept apart by their contexts.
      response.setHeader("Set-Cookie", `helpdesk=${id}; Path=/; HttpOnly; SameSite=Lax`);
    }
    if (said.redirect) response.setHeader("Location", said.redirect);
    response.statusCode = said.status ?? (said.redirect ? 303 : 200);
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(said.page ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export const text = (value) => value.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

export const page = (product, heading, content = "") =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${product}</title><style>
body { font: 16px/1.5 sans-serif; max-width: 32rem; margin: 12vh auto; padding: 0 1rem; overflow-wrap: anywhere }
pre { white-space: pre-wrap }
</style>
<p>${product}</p><h1>${text(heading)}</h1>${content}`;

// The account as JSON, for the test to read and for the picture.
export const shown = (account) => `<pre id="account">${text(JSON.stringify(account, null, 1))}</pre>`;
