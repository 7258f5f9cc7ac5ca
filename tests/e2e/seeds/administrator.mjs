// What an administrator does by a guide: copies its desk.toml, with addresses of this machine in place of
// those that the guide invents, and sets up an identity provider.
import fs from "node:fs";
import path from "node:path";

import { freePort, ready, start, stop } from "../processes.mjs";

export const PYTHON = "/usr/bin/python3";
export const TENANT = "3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607";
const SETTINGS = /```toml\n([^]*?)```/g;

// The settings of a guide, the n-th of them. Each of `replaced` has to be there.
export function settingsOf(repository, guide, replaced, index = 0) {
  const written = fs.readFileSync(path.join(repository, "docs/guides", guide), "utf8");
  let text = [...written.matchAll(SETTINGS)][index][1];
  for (const [from, to] of Object.entries(replaced)) {
    if (!text.includes(from)) throw new Error(`${guide} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

// tests/idp/serve.py with a console that `set` writes: application by tenant.
export async function startProvider({ repository, state }) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const file = path.join(state, "console.json");
  const applications = {};
  const set = (tenant, changes) => {
    applications[tenant] = { ...applications[tenant], ...changes };
    fs.writeFileSync(file, JSON.stringify({ applications }));
  };
  fs.writeFileSync(file, JSON.stringify({ applications }));
  const server = start(PYTHON, ["-B", path.join(repository, "tests/idp/serve.py"), port, file], {
    log: path.join(state, "provider.log"),
  });
  await ready(server, url);
  return {
    url,
    set,
    // The two boxes of Basic SAML Configuration.
    register: (tenant, deskUrl, changes) =>
      set(tenant, { identifier: `${deskUrl}/deskgate/metadata`, reply_urls: [`${deskUrl}/deskgate/acs`], ...changes }),
    // Download at Federation Metadata XML.
    async download(tenant, to) {
      const reply = await fetch(`${url}/${tenant}/federationmetadata/2007-06/federationmetadata.xml`);
      fs.writeFileSync(to, await reply.text());
    },
    tile: (tenant) => `${url}/${tenant}/start`,
    stop: () => stop(server),
  };
}

// Signs in on the page of the provider.
export async function logIn(page, account) {
  const box = page.getByLabel("Account");
  if (account) await box.fill(account);
  await page.getByLabel("Password").fill("test");
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function accountAt(page) {
  await page.waitForSelector("#account");
  return JSON.parse(await page.textContent("#account"));
}
