// Verifies tokens with the npm package, as npm would publish it, inside a page of Chromium, as browser code
// of a helpdesk would.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

// Serves the package's folder, and an empty page.
function serve(folder) {
  return new Promise((resolve) => {
    const server = http.createServer((request, response) => {
      const file = path.join(folder, path.normalize(request.url));
      const type = TYPES[path.extname(file)];
      if (type && fs.existsSync(file)) {
        response.writeHead(200, { "Content-Type": type }).end(fs.readFileSync(file));
      } else {
        response.writeHead(request.url === "/" ? 200 : 404, { "Content-Type": "text/html" }).end("<!doctype html>");
      }
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

export async function verifyInPage({ page, repository, desk, session, origin }) {
  const jwks = await (await fetch(`${desk.url}/deskgate/jwks.json`)).text();
  const folder = unpack(repository);
  const server = await serve(path.join(folder, "package"));
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const results = await page.evaluate(verify, {
      jwks,
      session,
      origin,
      deskUrl: desk.url,
      originUrl: desk.originUrl,
    });
    assert.equal(results.session, "B.Simon@contoso.com");
    assert.equal(results.origin, "B.Simon@contoso.com");
    assert.match(results.code, /^jose\./, "a changed token has to be refused");
  } finally {
    server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

// Runs inside the page.
async function verify({ jwks, session, origin, deskUrl, originUrl }) {
  const { createVerifier } = await import("/index.mjs");
  const verifier = await createVerifier({ jwks, issuer: deskUrl, audience: originUrl });
  const changed = `${session.slice(0, -2)}${session.endsWith("AA") ? "BB" : "AA"}`;
  let code = "accepted";
  try {
    await verifier.verifySession(changed);
  } catch (refusal) {
    code = refusal.code;
  }
  const request = { method: "GET", url: "/echo", headers: { "deskgate-assertion": origin } };
  return {
    session: (await verifier.verifySession(session)).identity.email,
    origin: (await verifier.verifyOriginToken(request)).identity.email,
    code,
  };
}
