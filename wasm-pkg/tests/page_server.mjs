// The server of a page of docs/origins, with the package as npm installs it: only the addresses and the port
// are other ones. Run as a program it serves until its input ends:
//   node page_server.mjs express <the desk's URL> <the server's own URL> <port>
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { install } from "./project.mjs";

/** The code of a page for this desk and port. */
export function snippet(page, { issuer, audience = "https://tickets.internal", port = 3000 }) {
  const text = readFileSync(path.join(import.meta.dirname, `../../docs/origins/${page}.md`), "utf8");
  const [, code] = /^```js\n(.*?)^```$/ms.exec(text);
  return code
    .replace("https://help.contoso.com", issuer)
    .replace("https://tickets.internal", audience)
    .replace("3000", String(port));
}

if (process.argv[1] === import.meta.filename) {
  const [page, issuer, audience, port] = process.argv.slice(2);
  const project = install();
  project.add(page);
  process.stdin.resume().once("end", () => process.exit());
  await import(pathToFileURL(project.write("server.mjs", snippet(page, { issuer, audience, port }))));
}
