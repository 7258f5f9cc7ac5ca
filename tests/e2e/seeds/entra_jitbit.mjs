// Microsoft Entra ID and Jitbit, hosted and on an own server, by docs/guides/entra-jitbit.md (seed 002).
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { freePort, ready, start, stop } from "../processes.mjs";
import { program, startWorker } from "../worker.mjs";
import { accountAt, logIn, PYTHON, settingsOf, startProvider, TENANT } from "./administrator.mjs";

const GUIDE = "entra-jitbit.md";
const SIMON = "bsimon@contoso.com";
const PEOPLE = { [SIMON]: { name_id: SIMON, email: SIMON } };

export async function entraAndJitbit({ run, repository, target, state }) {
  const worker = await startWorker({ repository, target, state });
  const entra = await startProvider({ repository, state });
  const set = (changes) => entra.register(TENANT, worker.url, { product: "entra", people: PEOPLE, ...changes });
  set();
  await entra.download(TENANT, path.join(state, "contoso.xml"));

  const [jitbitPort, originPort] = [await freePort(), await freePort()];
  const jitbitUrl = `http://localhost:${jitbitPort}/helpdesk`;
  const hosted = settingsOf(repository, GUIDE, {
    "https://sso.contoso.com": worker.url,
    "https://contoso.jitbit.com/helpdesk": jitbitUrl,
  });
  worker.apply(hosted);
  const console = path.join(state, "jitbit.json");
  fs.writeFileSync(console, JSON.stringify({
    endpoint_url: `${worker.url}/deskgate/idp/jitbit/sso`,
    idp_entity_id: `${worker.url}/deskgate/idp/jitbit/metadata`,
    certificate: await (await fetch(`${worker.url}/deskgate/idp/jitbit/certificate.txt`)).text(),
    users: { bsimon: { email: SIMON, first_name: "B.", last_name: "Simon" } },
  }));
  const jitbit = start(PYTHON, ["-B", path.join(repository, "tests/e2e/helpdesks/jitbit.py"), jitbitPort, console], {
    log: path.join(state, "jitbit.log"),
  });
  const origin = start(program(target, "deskgate-demo"), ["origin", "--port", originPort, "--edge", worker.url], {
    log: path.join(state, "origin.log"),
  });
  await Promise.all([ready(jitbit, jitbitUrl), ready(origin, `http://127.0.0.1:${originPort}/robots.txt`)]);

  await run("entra to jitbit: whom nobody added is told whom to ask, and signs in once added", async (visit) => {
    const { page, picture, looks } = visit;
    await page.goto(`${jitbitUrl}/User/Login`);
    await logIn(page, SIMON);
    await page.waitForSelector("h1:has-text('You have no account at this helpdesk yet')");
    await looks("no account");
    assert.match(await page.textContent("main"), /it@contoso\.com/);
    worker.deskgate(..."people add bsimon@contoso.com --username bsimon --given-name B. --family-name Simon".split(" "));
    await page.goto(`${jitbitUrl}/User/Login`);
    const account = await accountAt(page);
    await picture("jitbit");
    assert.deepEqual([account.username, account.email], ["bsimon", SIMON]);
    assert.match(worker.deskgate("people", "list"), /bsimon@contoso\.com/);
  });

  await run("entra to jitbit: who was disabled gets no further", async ({ page, looks }) => {
    worker.deskgate("people", "disable", SIMON);
    try {
      await page.goto(`${jitbitUrl}/User/Login`);
      await logIn(page, SIMON);
      await page.waitForSelector("h1:has-text('Your access to this helpdesk has ended')");
      await looks("disabled");
    } finally {
      worker.deskgate("people", "enable", SIMON);
    }
  });

  await run("entra to jitbit: Jitbit takes no sign-in that it did not ask for", async ({ page }) => {
    worker.apply(hosted.replace("email_domains", "allow_idp_initiated = true\nemail_domains"));
    try {
      await page.goto(entra.tile(TENANT));
      await logIn(page, SIMON);
      await page.waitForURL(`${worker.url}/`);
      // The start page leads to Jitbit's own log-in page, which asks.
      await page.getByRole("link", { name: "Jitbit" }).click();
      assert.equal((await accountAt(page)).username, "bsimon");
    } finally {
      worker.apply(hosted);
    }
  });

  const own = settingsOf(repository, GUIDE, {
    "https://help.contoso.com": worker.url,
    "https://jitbit.internal.contoso.com": `http://127.0.0.1:${originPort}`,
  }, 1);
  for (const signed of ["assertion", "response", "both"]) {
    await run(`entra to an own server: from the link of a ticket, Entra signs the ${signed}`, async ({ page, picture }) => {
      set({ signed });
      worker.apply(own);
      await page.goto(`${worker.url}/tickets/4218`);
      await logIn(page, SIMON);
      await page.waitForURL(`${worker.url}/tickets/4218`);
      await picture("ticket");
      await page.goto(worker.url);
      assert.equal(await page.textContent("h1"), "Hello, B. Simon");
    });
  }

  await run("entra to an own server: the tile of My Apps opens it where the connection allows that", async ({ page }) => {
    set({ signed: "assertion" });
    worker.apply(own.replace("email_domains", "allow_idp_initiated = true\nemail_domains"));
    await page.goto(entra.tile(TENANT));
    await logIn(page, SIMON);
    await page.waitForURL(`${worker.url}/`);
    assert.equal(await page.textContent("h1"), "Hello, B. Simon");
  });

  await Promise.all([worker.stop(), entra.stop(), stop(jitbit), stop(origin)]);
}
