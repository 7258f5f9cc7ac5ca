// A page behind the desk that verifies its session with the npm package, as npm would publish it and without a
// bundler: the script is that of docs/origins/README.md.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

// An import map is a script of the page itself, so the policy of the package's README gets a nonce.
const PAGE = `<!doctype html>
<title>Helpdesk</title>
<script type="importmap" nonce="map">{ "imports": { "@deskgate/verify": "/package/index.mjs" } }</script>
<script type="module" src="/page.mjs"></script>
<h1></h1>`;
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-map'; connect-src 'self'";

// Serves the page, its script and the package.
function serve(folder, script) {
  return new Promise((resolve) => {
    const server = http.createServer((request, response) => {
      const send = (type, body) => response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": POLICY }).end(body);
      if (request.url === "/page") return send("text/html", PAGE);
      if (request.url === "/page.mjs") return send(TYPES[".mjs"], script);
      const file = path.join(folder, path.normalize(request.url));
      const type = TYPES[path.extname(file)];
      if (type && fs.existsSync(file)) return send(type, fs.readFileSync(file));
      return response.writeHead(404).end();
    });
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

// `npm pack`, unpacked.
function unpack(repository) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "deskgate-package-"));
  const options = { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
  const packed = execFileSync("npm", ["pack", path.join(repository, "wasm-pkg"), "--json", "--ignore-scripts"], options);
  execFileSync("tar", ["-xzf", JSON.parse(packed)[0].filename], options);
  return folder;
}

/** `signIn` brings the browser to a path behind the desk. */
export async function verifyInPage({ page, context, repository, desk, signIn }) {
  const pages = fs.readFileSync(path.join(repository, "docs/origins/README.md"), "utf8");
  const [, script] = /^```js page\.mjs\n(.*?)^```$/ms.exec(pages);
  const folder = unpack(repository);
  const server = await serve(folder, `${script}document.querySelector("h1").textContent = identity.email;\n`);
  desk.apply({ origin: `http://127.0.0.1:${server.address().port}` });
  try {
    await signIn("/page");
    await page.waitForSelector("h1:has-text('@')");
    assert.equal(await page.textContent("h1"), "B.Simon@contoso.com");
    const cookies = await context.cookies(desk.url);
    const session = cookies.find((cookie) => cookie.name === "__Host-deskgate").value;
    assert.equal(await page.evaluate(() => document.cookie), "", "no script reads the session's cookie");
    assert.deepEqual(await page.evaluate(refusals, session), {
      "the session itself": "B.Simon@contoso.com",
      "a changed session": "jose.signature_invalid",
      "a changed token": "jose.signature_invalid",
      "another path": "session.path_mismatch",
      "another method": "session.method_mismatch",
      "another audience": "jose.audience_mismatch",
      "another desk": "jose.issuer_mismatch",
      "a minute later": "jose.expired",
      "the session for the token": "jose.type_mismatch",
    });
  } finally {
    desk.apply();
    server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

// Runs inside the page.
async function refusals(session) {
  const { createVerifier } = await import("/package/index.mjs");
  const jwksUrl = `${location.origin}/.well-known/deskgate/jwks.json`;
  const create = (options) => createVerifier({ jwksUrl, issuer: location.origin, audience: location.origin, ...options });
  const verifier = await create({});
  const { url, headers } = await fetch("/deskgate/session", { headers: { Accept: "application/json" } });
  const token = headers.get("Deskgate-Assertion");
  const request = { method: "GET", url, headers };
  const withToken = (token) => ({ ...request, headers: new Headers({ "Deskgate-Assertion": token }) });
  // The first letter of the signature: of the last one not every bit counts.
  const changed = (token) => token.replace(/\.([^.])([^.]*)$/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}`);
  const code = (verification) => verification.then(() => "accepted", (refusal) => refusal.code);
  const now = Math.floor(Date.now() / 1000) + 60;
  return {
    "the session itself": (await verifier.verifySession(session)).identity.email,
    "a changed session": await code(verifier.verifySession(changed(session))),
    "a changed token": await code(verifier.verifyOriginToken(withToken(changed(token)))),
    "another path": await code(verifier.verifyOriginToken({ ...request, url: `${location.origin}/page` })),
    "another method": await code(verifier.verifyOriginToken({ ...request, method: "POST" })),
    "another audience": await code((await create({ audience: "https://tickets.internal" })).verifyOriginToken(request)),
    "another desk": await code((await create({ issuer: "https://help.fabrikam.com" })).verifyOriginToken(request)),
    "a minute later": await code(verifier.verifyOriginToken(request, { now })),
    "the session for the token": await code(verifier.verifyOriginToken(withToken(session))),
  };
}
