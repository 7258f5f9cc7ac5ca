// Microsoft Entra ID and Help Scout, by docs/guides/entra-help-scout.md (seeds 000 and 001).
import assert from "node:assert/strict";
import path from "node:path";

import { startHelpScout } from "../helpdesks/help_scout.mjs";
import { startWorker } from "../worker.mjs";
import { accountAt, logIn, settingsOf, startProvider, TENANT } from "./administrator.mjs";

const GUIDE = "entra-help-scout.md";
const GUEST = "b.simon_fabrikam.com#EXT#@contoso.onmicrosoft.com";
const PEOPLE = { "B.Simon@contoso.com": {}, [GUEST]: { name_id: GUEST, email: "" } };

export async function entraAndHelpScout({ run, repository, target, state }) {
  const worker = await startWorker({ repository, target, state });
  const [entra, helpScout] = await Promise.all([startProvider({ repository, state }), startHelpScout()]);
  const console = { product: "entra", people: PEOPLE, signed: "assertion", assigned: true };
  const set = (changes) => entra.register(TENANT, worker.url, { ...console, ...changes });
  set();
  await entra.download(TENANT, path.join(state, "contoso.xml"));
  const settings = settingsOf(repository, GUIDE, {
    "https://sso.contoso.com": worker.url,
    "urn:auth0:helpscout:contoso": helpScout.audience,
    "https://helpscout.auth0.example/login/callback?connection=contoso": helpScout.postBackUrl,
  });
  worker.apply(settings);
  const file = await fetch(`${worker.url}/deskgate/idp/help-scout/certificate.pem`);
  Object.assign(helpScout.console, {
    singleSignOnUrl: `${worker.url}/deskgate/idp/help-scout/sso`,
    certificate: Buffer.from(await file.arrayBuffer()),
    emailDomains: "contoso.com, contoso.org",
  });

  async function logInAtHelpScout(page, email = "B.Simon@contoso.com") {
    await page.goto(`${helpScout.url}/members/login/`);
    await page.getByLabel("Email").fill(email);
    await page.getByRole("button", { name: "Log In" }).click();
  }

  async function isInTheMailbox(page) {
    const account = await accountAt(page);
    assert.equal(page.url(), `${helpScout.url}/mailbox/`);
    assert.deepEqual(
      [account.email, account.issuer, account.attributes],
      [
        "B.Simon@contoso.com",
        `${worker.url}/deskgate/idp/help-scout/metadata`,
        { given_name: "B.", family_name: "Simon", email: "B.Simon@contoso.com" },
      ],
    );
    return account;
  }

  for (const signed of ["assertion", "response", "both"]) {
    await run(`entra to help scout: from the log-in page, Entra signs the ${signed}`, async ({ page, picture }) => {
      set({ signed });
      await logInAtHelpScout(page);
      await picture("entra");
      await logIn(page, "b.simon@contoso.com");
      const account = await isInTheMailbox(page);
      assert.equal(account.relay_state, "/mailbox/");
      await picture("mailbox");
      // Nobody is asked again, and the address of the account is the same.
      await logInAtHelpScout(page);
      await isInTheMailbox(page);
    });
  }

  await run("entra to help scout: an address of another domain gets the password page of Help Scout", async ({ page }) => {
    await logInAtHelpScout(page, "somebody@elsewhere.example");
    assert.equal(await page.textContent("h1"), "Enter your password");
  });

  await run("entra to help scout: the tile of My Apps leads to the start page, and on", async ({ page, looks }) => {
    await page.goto(worker.url);
    await looks("start page of nobody");
    await page.goto(entra.tile(TENANT));
    await logIn(page, "B.Simon@contoso.com");
    await page.waitForURL(`${worker.url}/`);
    await looks("start page");
    await page.getByRole("link", { name: "Help Scout" }).click();
    const account = await isInTheMailbox(page);
    assert.equal(account.relay_state, null);
  });

  await run("entra to help scout: with a target in the settings the tile leads straight to Help Scout", async ({ page }) => {
    const line = "allow_idp_initiated = true";
    worker.apply(settings.replace(line, `${line}\nidp_initiated_target = "/deskgate/idp/help-scout/start"`));
    try {
      await page.goto(entra.tile(TENANT));
      await logIn(page, "B.Simon@contoso.com");
      await isInTheMailbox(page);
    } finally {
      worker.apply(settings);
    }
  });

  const refusals = {
    "the Reply URL ends with a slash": [{ reply_urls: [`${worker.url}/deskgate/acs/`] }, /AADSTS50011/],
    "the Identifier is another": [{ identifier: "urn:contoso:helpdesk" }, /AADSTS700016/],
    "B.Simon is not assigned": [{ assigned: false }, /AADSTS50105/],
  };
  for (const [name, [changes, expected]] of Object.entries(refusals)) {
    await run(`entra to help scout: Entra refuses when ${name}`, async ({ page }) => {
      set(changes);
      try {
        await logInAtHelpScout(page);
        if (changes.assigned === false) await logIn(page, "B.Simon@contoso.com");
        await page.waitForSelector("h1:has-text('trouble signing you in')");
        assert.match(await page.textContent("p"), expected);
      } finally {
        set();
      }
    });
  }

  await run("entra to help scout: a guest without an e-mail address is told so", async ({ page, looks }) => {
    await logInAtHelpScout(page, "guest@contoso.com");
    await logIn(page, GUEST);
    await page.waitForSelector("h1:has-text('Your account has no e-mail address')");
    await looks("no address");
    assert.equal(helpScout.user(GUEST), undefined);
  });

  await run("entra to help scout: the log joins both ends", async ({ page }) => {
    await logInAtHelpScout(page);
    const posted = page.waitForRequest(helpScout.postBackUrl);
    await logIn(page, "B.Simon@contoso.com");
    const form = new URLSearchParams((await posted).postData());
    const id = /<[^>]*Response[^>]* ID="([^"]+)"/.exec(Buffer.from(form.get("SAMLResponse"), "base64").toString())[1];
    await isInTheMailbox(page);
    const { events } = JSON.parse(worker.deskgate("audit", "--json"));
    const answer = events.find(({ event, token }) => event === "bridge" && token === id);
    const signIn = events.find(({ event, session }) => event === "login.accepted" && session === answer.session);
    assert.deepEqual([answer.app, signIn.connection, signIn.subject], ["help-scout", "contoso", answer.subject]);
  });

  await Promise.all([worker.stop(), entra.stop(), helpScout.stop()]);
}
