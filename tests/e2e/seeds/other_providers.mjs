// Okta, OneLogin, Google Workspace and an identity provider without a guide of its own, by their guides.
import assert from "node:assert/strict";
import path from "node:path";

import { startHelpScout } from "../helpdesks/help_scout.mjs";
import { freePort, ready, start, stop } from "../processes.mjs";
import { program, startWorker } from "../worker.mjs";
import { accountAt, logIn, settingsOf, startProvider } from "./administrator.mjs";

const SIMON = "B.Simon@contoso.com";
// As the guides name them in the consoles.
const ATTRIBUTES = { email: [SIMON], given_name: ["B."], family_name: ["Simon"] };
const PRODUCTS = { okta: { id: ["00u1abcdef2GHIJKL3d8"], ...ATTRIBUTES }, onelogin: ATTRIBUTES, google: ATTRIBUTES };

export async function otherProviders({ run, repository, target, state }) {
  const worker = await startWorker({ repository, target, state });
  const [provider, helpScout, originPort] = await Promise.all([
    startProvider({ repository, state }),
    startHelpScout(),
    freePort(),
  ]);
  const originUrl = `http://127.0.0.1:${originPort}`;
  const origin = start(program(target, "deskgate-demo"), ["origin", "--port", originPort, "--edge", worker.url], {
    log: path.join(state, "origin.log"),
  });
  await ready(origin, `${originUrl}/robots.txt`);

  // What its console is told: both addresses, and who is to be sent how.
  async function setUp(product, file, person) {
    provider.register(product, worker.url, { product, people: { [SIMON]: person } });
    await provider.download(product, path.join(state, file));
  }

  for (const [product, attributes] of Object.entries(PRODUCTS)) {
    await run(`${product}: a person signs in by its guide`, async ({ page }) => {
      await setUp(product, `${product}.xml`, { attributes });
      worker.apply(settingsOf(repository, `${product}.md`, {
        "https://sso.contoso.com": worker.url,
        "https://tickets.internal.contoso.com": originUrl,
      }));
      await page.goto(`${worker.url}/tickets/4218`);
      await logIn(page, SIMON);
      await page.waitForURL(`${worker.url}/tickets/4218`);
      await page.goto(worker.url);
      assert.equal(await page.textContent("h1"), "Hello, B. Simon");
    });
  }

  await run("any provider to help scout: people added by hand sign in, with attributes or without", async (visit) => {
    const { page, context } = visit;
    const nameId = { name_id: SIMON, name_id_format: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" };
    await setUp("keycloak", "contoso.xml", { ...nameId, attributes: ATTRIBUTES });
    worker.apply(settingsOf(repository, "generic-help-scout.md", {
      "https://sso.contoso.com": worker.url,
      "urn:auth0:helpscout:contoso": helpScout.audience,
      "https://helpscout.auth0.example/login/callback?connection=contoso": helpScout.postBackUrl,
    }));
    const file = await fetch(`${worker.url}/deskgate/idp/help-scout/certificate.pem`);
    Object.assign(helpScout.console, {
      singleSignOnUrl: `${worker.url}/deskgate/idp/help-scout/sso`,
      certificate: Buffer.from(await file.arrayBuffer()),
      emailDomains: "contoso.com",
    });
    const attributesOf = async () => {
      await context.clearCookies();
      await page.goto(`${helpScout.url}/members/login/`);
      await page.getByLabel("Email").fill(SIMON);
      await page.getByRole("button", { name: "Log In" }).click();
      await logIn(page, SIMON);
      await page.waitForSelector("#account, footer code");
      return (await page.isVisible("#account")) ? (await accountAt(page)).attributes : page.textContent("h1");
    };
    assert.equal(await attributesOf(), "You have no account at this helpdesk yet");
    worker.deskgate(..."people add b.simon@contoso.com".split(" "));
    assert.deepEqual(await attributesOf(), { given_name: "B.", family_name: "Simon", email: SIMON });
    provider.set("keycloak", { people: { [SIMON]: { ...nameId, attributes: {} } } });
    assert.deepEqual(await attributesOf(), { email: SIMON });
    worker.deskgate(..."people add b.simon@contoso.com --given-name B. --family-name Simon".split(" "));
    assert.deepEqual(await attributesOf(), { given_name: "B.", family_name: "Simon", email: SIMON });
  });

  await Promise.all([worker.stop(), provider.stop(), helpScout.stop(), stop(origin)]);
}
