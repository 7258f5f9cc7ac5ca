// One desk for several companies: Entra ID for two of them and iMIS for everybody else, an own server behind
// the gateway and Zendesk beside it; and the ways in when no identity provider works.
import assert from "node:assert/strict";
import path from "node:path";

import { startZendesk } from "../helpdesks/zendesk.mjs";
import { freePort, ready, start, stop } from "../processes.mjs";
import { program, startWorker } from "../worker.mjs";
import { accountAt, logIn, startProvider, TENANT } from "./administrator.mjs";

const FABRIKAM = "7b1c2d3e-4f50-4a61-9b72-c3d4e5f60718";
const SIMON = "B.Simon@contoso.com";
const OWNER = "owner@contoso.com";
const SECRET = "a-shared-secret-of-forty-characters-long";

export async function severalConnections({ run, repository, target, state }) {
  const worker = await startWorker({ repository, target, state });
  const [provider, zendesk, originPort] = await Promise.all([
    startProvider({ repository, state }),
    startZendesk(),
    freePort(),
  ]);
  const originUrl = `http://127.0.0.1:${originPort}`;
  const origin = start(program(target, "deskgate-demo"), ["origin", "--port", originPort, "--edge", worker.url], {
    log: path.join(state, "origin.log"),
  });
  await ready(origin, `${originUrl}/robots.txt`);
  provider.register(TENANT, worker.url, { product: "entra", people: { [SIMON]: {} } });
  provider.register(FABRIKAM, worker.url, {
    product: "entra",
    people: {
      "Olga@fabrikam.com": {
        name_id: "Olga@fabrikam.com", email: "Olga@fabrikam.com", display_name: "Olga Öberg", given_name: "Olga",
        family_name: "Öberg", object_id: "1b2c3d4e-5f60-4172-8394-a5b6c7d8e9f0",
      },
      // Fabrikam's administrator can write any address into their own directory.
      "Mallory@fabrikam.com": { name_id: "Mallory@fabrikam.com", email: SIMON },
    },
  });
  provider.register("imis", worker.url, {
    product: "imis",
    signed: "both",
    people: { zoe: { name_id: "20042", attributes: { name: ["Zoë Ström"], email: ["zoe@members.example"] } } },
  });
  for (const tenant of [TENANT, FABRIKAM, "imis"]) await provider.download(tenant, path.join(state, `${tenant}.xml`));
  const settings = `
name = "Contoso Helpdesk"
url = "${worker.url}"
origin = "${originUrl}"
support = "it@contoso.com"
owners = ["${OWNER}"]

[[connections]]
name = "contoso"
display_name = "Contoso"
preset = "entra"
metadata_file = "${TENANT}.xml"
email_domains = ["contoso.com", "contoso.org"]

[[connections]]
name = "fabrikam"
display_name = "Fabrikam, Inc."
preset = "entra"
metadata_file = "${FABRIKAM}.xml"
email_domains = ["fabrikam.com"]

[[connections]]
name = "members"
display_name = "Members of Contoso"
preset = "imis"
metadata_file = "imis.xml"
dangerous_any_email_domain = true

[[apps]]
name = "zendesk"
helpdesk = "zendesk"
mode = "hand_off"

[apps.zendesk]
subdomain = "contoso"
loopback_origin = "${zendesk.url}"
shared_secret = "${SECRET}"
`;
  worker.apply(settings);
  Object.assign(zendesk.console, {
    sharedSecret: SECRET,
    remoteLoginUrl: `${worker.url}/deskgate/handoff/zendesk`,
    remoteLogoutUrl: `${worker.url}/deskgate/handoff/zendesk/logout`,
  });

  async function writeAddress(page, address) {
    await page.getByLabel("Your e-mail address at your organization").fill(address);
    await page.getByRole("button", { name: "Continue" }).click();
  }

  await run("several companies: the address leads to the right one, and goes along", async ({ page, looks }) => {
    await page.goto(`${worker.url}/tickets/4218`);
    await looks("sign in");
    await writeAddress(page, "olga@fabrikam.com");
    await page.waitForURL(`${provider.url}/${FABRIKAM}/saml2?**`);
    assert.equal(await page.getByLabel("Account").inputValue(), "olga@fabrikam.com");
    await logIn(page);
    await page.waitForURL(`${worker.url}/tickets/4218`);
    await page.goto(worker.url);
    assert.equal(await page.textContent("h1"), "Hello, Olga Öberg");
  });

  await run("several companies: from Zendesk to Entra ID, and back with what Zendesk sent along", async ({ page, picture }) => {
    await page.goto(`${zendesk.url}/hc/requests/9`);
    await writeAddress(page, SIMON.toLowerCase());
    await logIn(page);
    const account = await accountAt(page);
    await picture("zendesk");
    assert.equal(page.url(), `${zendesk.url}/hc/requests/9`);
    assert.deepEqual(account, { email: SIMON, role: "end-user", external_id: null, name: "B. Simon" });
  });

  await run("several companies: an address that nobody here has is told so", async ({ page, looks }) => {
    await page.goto(worker.url);
    await writeAddress(page, "somebody@mail.contoso.com");
    await page.waitForSelector("[role=alert]");
    await looks("unknown address");
  });

  await run("several companies: whoever has no company's address takes the button", async ({ page }) => {
    await page.goto(worker.url);
    await page.getByRole("link", { name: "Members of Contoso" }).click();
    await logIn(page, "zoe");
    await page.waitForURL(`${worker.url}/`);
    assert.equal(await page.textContent("h1"), "Hello, Zoë Ström");
  });

  await run("several companies: one cannot send people of another", async ({ page, looks }) => {
    await page.goto(worker.url);
    await writeAddress(page, "mallory@fabrikam.com");
    await logIn(page);
    await page.waitForSelector("h1:has-text('does not belong to your organization')");
    await looks("other domain");
    await page.goto(worker.url);
    assert.ok(page.url().startsWith(`${worker.url}/deskgate/login`), page.url());
  });

  await run("break-glass: an owner gets in by a link, once, and to no other helpdesk", async ({ page, looks }) => {
    const link = worker.deskgate("break-glass", "--email", OWNER).trim();
    await page.goto(link);
    await looks("confirm");
    await page.getByRole("button", { name: `Sign in as ${OWNER}` }).click();
    await page.waitForURL(`${worker.url}/`);
    await page.goto(`${worker.url}/tickets/4218`);
    assert.equal(page.url(), `${worker.url}/tickets/4218`);
    await page.goto(`${worker.url}/deskgate/session`);
    await looks("session");
    const tokens = zendesk.tokens.length;
    await page.goto(`${zendesk.url}/agent`);
    await page.waitForSelector("h1:has-text('Emergency access ends here')");
    await looks("elsewhere");
    assert.equal(zendesk.tokens.length, tokens);
    await page.context().clearCookies();
    await page.goto(link);
    if (await page.getByRole("button").count()) await page.getByRole("button").click();
    await page.waitForSelector("h1:has-text('does not sign anybody in')");
    await looks("used");
    assert.match(worker.deskgate("audit", "--json"), /break_glass\.used/);
  });

  await run("break-glass: the command makes no link for anybody else", async () => {
    const command = () => worker.deskgate("break-glass", "--email", SIMON);
    assert.throws(command, ({ stdout, stderr }) => /this is no owner of the desk/.test(stdout + stderr));
  });

  await run("force_saml off: the own sign-in of the helpdesk is reachable, and learns of nobody", async ({ page }) => {
    worker.apply(settings.replace("support =", "force_saml = false\nsupport ="));
    try {
      const reply = await page.goto(`${worker.url}/echo`);
      assert.equal(reply.url(), `${worker.url}/echo`);
      const { headers } = JSON.parse(await page.textContent("body"));
      assert.deepEqual(Object.keys(headers).filter((name) => name.startsWith("deskgate")), []);
      await page.goto(`${worker.url}/deskgate/login?return=%2Ftickets%2F4218`);
      await writeAddress(page, SIMON);
      await logIn(page);
      await page.waitForURL(`${worker.url}/tickets/4218`);
    } finally {
      worker.apply(settings);
    }
    await page.context().clearCookies();
    const reply = await page.goto(`${worker.url}/echo`);
    assert.ok(reply.url().startsWith(`${worker.url}/deskgate/login`), reply.url());
  });

  await Promise.all([worker.stop(), provider.stop(), zendesk.stop(), stop(origin)]);
}
