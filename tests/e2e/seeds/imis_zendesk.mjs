// iMIS and Zendesk, by docs/guides/imis-zendesk.md (seed 003): its table of profile fields, the takeover that
// it warns of, and the ways around a sign-in that does not work.
import assert from "node:assert/strict";
import path from "node:path";

import { startZendesk } from "../helpdesks/zendesk.mjs";
import { startWorker } from "../worker.mjs";
import { accountAt, logIn, settingsOf, startProvider } from "./administrator.mjs";

const GUIDE = "imis-zendesk.md";
const SECRET = "8sZ2x0-the-value-from-Zendesk-9vQ4";
const STAFF = "anna@contoso.org";
const PASSWORD = "Zendesk password (/access/normal)";
const BYPASS = "One-time link for administrators (/access/sso_bypass)";

// What iMIS sends of a member: the iMIS ID as a persistent NameID; no phone where there is none.
const member = (id, name, email, phone) => ({
  name_id: id,
  attributes: { name: [name], email: [email], ...(phone && { phone: [phone] }) },
});

export async function imisAndZendesk({ run, repository, target, state }) {
  const worker = await startWorker({ repository, target, state });
  const [imis, zendesk] = await Promise.all([
    startProvider({ repository, state }),
    startZendesk({
      users: {
        [STAFF]: { email: STAFF, name: "A. Agent", role: "agent", external_id: null, phone: "+1 555 0199" },
      },
    }),
  ]);
  const people = {
    anna: member("10017", "Anna Agent", STAFF),
    zoe: member("20042", "Zoë Ångström & Söhne", "zoe@members.example", "+46 8 555 0100"),
    // Somebody who made an account of their own with the address of an agent.
    mallory: member("66666", "Anna Agent", "Anna@Contoso.org", "+1 900 555 0666"),
  };
  imis.register("imis", worker.url, { product: "imis", signed: "both", people });
  await imis.download("imis", path.join(state, "imis.xml"));
  const settings = settingsOf(repository, GUIDE, {
    "https://sso.contoso.com": worker.url,
    'subdomain = "contoso"  ': `loopback_origin = "${zendesk.url}"\nsubdomain = "contoso"  `,
  });
  worker.apply(settings);
  Object.assign(zendesk.console, {
    sharedSecret: SECRET,
    remoteLoginUrl: `${worker.url}/deskgate/handoff/zendesk`,
    remoteLogoutUrl: `${worker.url}/deskgate/handoff/zendesk/logout`,
  });

  const logInAtZendesk = async (page, account, target = "/hc") => {
    await page.goto(zendesk.url + target);
    await logIn(page, account);
  };
  const lastToken = () => zendesk.tokens.at(-1);

  await run("imis to zendesk: an agent arrives where they wanted, role and telephone untouched", async ({ page, picture }) => {
    await logInAtZendesk(page, "anna", "/agent/tickets/17");
    const account = await accountAt(page);
    await picture("zendesk");
    assert.equal(page.url(), `${zendesk.url}/agent/tickets/17`);
    assert.deepEqual(account, {
      email: STAFF, name: "Anna Agent", role: "agent", external_id: null, phone: "+1 555 0199",
    });
    assert.deepEqual(Object.keys(lastToken()).sort(), ["email", "iat", "jti", "name"]);
  });

  await run("imis to zendesk: the iMIS ID is sent once, while the staff is moved", async ({ page, context }) => {
    worker.apply(settings.replace("[apps.sync]", "send_external_id = true\n\n[apps.sync]"));
    await logInAtZendesk(page, "anna");
    assert.equal((await accountAt(page)).external_id, "10017");
    assert.equal(lastToken().external_id, "10017");
    await context.clearCookies();
    await logInAtZendesk(page, "anna");
    await accountAt(page);
    assert.equal(lastToken().external_id, undefined);
    assert.equal(zendesk.profile(STAFF).external_id, "10017");
  });

  await run("imis to zendesk: an account made with the address of an agent is refused", async ({ page, looks }) => {
    // Also with the setting at Zendesk that the seed warns of.
    zendesk.console.updateExternalIds = true;
    const [before, tokens] = [{ ...zendesk.profile(STAFF) }, zendesk.tokens.length];
    await logInAtZendesk(page, "mallory", "/agent");
    await page.waitForSelector("h1:has-text('belongs to somebody else here')");
    await looks("address of another");
    assert.equal(zendesk.tokens.length, tokens);
    assert.deepEqual(zendesk.profile(STAFF), before);
    // Nor by asking again, with whatever session there is now.
    await page.goto(`${zendesk.url}/agent`);
    assert.ok(!page.url().startsWith(zendesk.url), page.url());
    assert.equal(zendesk.tokens.length, tokens);
    zendesk.console.updateExternalIds = false;
    assert.match(worker.deskgate("audit", "--json"), /pinned|another/);
  });

  await run("imis to zendesk: a member is created, and a number that iMIS lost is left alone", async ({ page, context }) => {
    await logInAtZendesk(page, "zoe");
    const created = await accountAt(page);
    assert.deepEqual(created, {
      email: "zoe@members.example",
      role: "end-user",
      external_id: "20042",
      name: "Zoë Ångström & Söhne",
      phone: "+46 8 555 0100",
    });
    people.zoe = member("20042", "Zoë Ström", "zoe@members.example");
    imis.set("imis", { people });
    await context.clearCookies();
    await logInAtZendesk(page, "zoe");
    const updated = await accountAt(page);
    assert.deepEqual([updated.name, updated.phone], ["Zoë Ström", "+46 8 555 0100"]);
    assert.ok(!("phone" in lastToken()));
  });

  await run("imis to zendesk: a refused token ends at a page with the cause and the ways around", async ({ page, looks }) => {
    zendesk.console.sharedSecret = "another-secret-that-nobody-applied";
    try {
      await logInAtZendesk(page, "zoe");
      await page.waitForURL(`${worker.url}/deskgate/handoff/zendesk/logout?**`);
      await looks("secret");
      assert.match(await page.textContent("main"), /the secret that Zendesk and this page share/);
      await page.getByRole("link", { name: BYPASS }).click();
      assert.equal(page.url(), `${zendesk.url}/access/sso_bypass`);
      await page.goBack();
      await page.getByRole("link", { name: PASSWORD }).click();
      assert.equal(page.url(), `${zendesk.url}/access/normal`);
    } finally {
      zendesk.console.sharedSecret = SECRET;
    }
  });

  await run("imis to zendesk: a wrong clock is told as such, and the words of the link are not shown", async ({ page, looks }) => {
    const message = "Invalid iat parameter. The supplied iat value is more than 3 minutes off. Call +1 900 555 0666!";
    await page.goto(`${zendesk.console.remoteLogoutUrl}?${new URLSearchParams({ kind: "error", message })}`);
    await looks("clock");
    const text = await page.textContent("main");
    assert.match(text, /clock/);
    assert.doesNotMatch(text, /0666/);
  });

  await run("imis to zendesk: signing out of Zendesk asks about the session of the desk", async ({ page, looks }) => {
    await logInAtZendesk(page, "zoe");
    await accountAt(page);
    await page.goto(`${zendesk.url}/access/logout`);
    await page.waitForURL(`${worker.url}/**`);
    await looks("sign out");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.waitForSelector("h1:has-text('signed out')");
  });

  await Promise.all([worker.stop(), imis.stop(), zendesk.stop()]);
}
