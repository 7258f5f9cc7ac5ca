// What people do, one step each, every page kept as a picture.
import assert from "node:assert/strict";

import { step } from "./report.mjs";
import { verifyInPage } from "./verify_in_page.mjs";

const PHONE = { viewport: { width: 390, height: 780 }, colorScheme: "dark" };

export async function journeys({ browser, folder, desk, repository }) {
  const run = (name, body, options) => step(browser, folder, name, body, options);
  const heading = (page) => page.textContent("h1");

  // Chooses an identity provider on the desk's sign-in page.
  async function choose({ page, picture }, target, name) {
    await page.goto(desk.url + target);
    await picture("choose");
    await page.getByRole("link", { name, exact: true }).click();
  }

  // Writes an e-mail address on the desk's sign-in page, whose domain names the identity provider.
  async function writeAddress({ page, picture }, target, address) {
    await page.goto(desk.url + target);
    await page.getByLabel("Your e-mail address at your organization").fill(address);
    await picture("address");
    await page.getByRole("button", { name: "Continue" }).click();
  }

  // Fills in SimpleSAMLphp's form, and follows until the browser is back at the desk.
  async function simpleSamlPhp({ page, picture }, person) {
    await page.fill("input[name=username]", person);
    await page.fill("input[name=password]", "test");
    await picture("simplesamlphp");
    await page.press("input[name=password]", "Enter");
  }

  async function signIn(visit, person = "B.Simon", target = "/") {
    await choose(visit, target, "Fabrikam");
    await simpleSamlPhp(visit, person);
    await visit.page.waitForURL(desk.url + target);
  }

  await run("the address of a person leads to their company, and they sign in at the demo identity provider", async (visit) => {
    const { page, picture } = visit;
    await writeAddress(visit, "/tickets/4218", "B.Simon@contoso.com");
    await page.waitForURL(`${desk.demoUrl}/**`);
    await picture("identity provider");
    await page.click("button");
    await page.waitForURL(`${desk.url}/tickets/4218`);
    await page.goto(desk.url);
    await picture("helpdesk");
    assert.equal(await heading(page), "Hello, B. Simon");
  });

  await run("a person signs in at SimpleSAMLphp and arrives at the ticket of the link", async (visit) => {
    const { page, picture } = visit;
    await signIn(visit, "B.Simon", "/tickets/4218?tab=history");
    await picture("ticket");
    await page.goto(desk.url);
    assert.equal(await heading(page), "Hello, B. Simon");
    await page.goto(`${desk.url}/deskgate/session`);
    await picture("session");
  });

  await run("a name outside ASCII arrives as it is", async (visit) => {
    await signIn(visit, "zoe");
    await visit.picture("helpdesk");
    assert.equal(await heading(visit.page), "Hello, Zoë Ångström & Söhne <łódź> 山田");
  });

  await run("a person of whom nothing but an identifier is known can sign in", async (visit) => {
    await signIn(visit, "bare");
    await visit.picture("helpdesk");
  });

  await run("a sign-in started at SimpleSAMLphp arrives at the helpdesk", async (visit) => {
    const { page, picture } = visit;
    await page.goto(desk.simpleSamlPhp.launch("/"));
    await simpleSamlPhp(visit, "B.Simon");
    await page.waitForURL(`${desk.url}/`);
    await picture("helpdesk");
    assert.equal(await heading(page), "Hello, B. Simon");
  });

  await run("a sign-in started at an identity provider that may not start one is refused", async (visit) => {
    const { page, picture } = visit;
    await page.goto(`${desk.demoUrl}/start`);
    if (await page.isVisible("button")) await page.click("button");
    await page.waitForURL(`${desk.url}/deskgate/**`);
    await page.waitForSelector("h1:not(:text-is('Signing you in'))");
    await picture("refused");
    assert.match(await page.textContent("main"), /Reference/);
  });

  await run("after signing out every page asks to sign in again", async (visit) => {
    const { page, context, picture } = visit;
    await signIn(visit);
    await page.getByRole("link", { name: "Sign out" }).click();
    await picture("confirm");
    await page.click("button:has-text('Sign out')");
    await page.waitForSelector("h1:has-text('signed out')");
    await picture("signed out");
    const names = (await context.cookies(desk.url)).map((cookie) => cookie.name);
    assert.deepEqual(names.filter((name) => name.startsWith("__Host-deskgate")), []);
    const reply = await page.goto(`${desk.url}/tickets/4218`);
    assert.ok(reply.url().startsWith(`${desk.url}/deskgate/login`), reply.url());
    // Back past both pages of signing out, to where the helpdesk was.
    await Promise.all([page.waitForEvent("load"), page.evaluate(() => history.go(-3))]);
    assert.ok(page.url().startsWith(`${desk.url}/deskgate/login`), page.url());
    assert.ok(page.url().endsWith("return=%2F"), page.url());
  });

  await run("a response signed with a certificate that is not configured is refused", async (visit) => {
    const { page, picture } = visit;
    desk.apply({ certificate: desk.wrongCertificate });
    try {
      await choose(visit, "/", "Fabrikam");
      await simpleSamlPhp(visit, "B.Simon");
      await page.waitForSelector("h1:has-text('could not confirm')");
      await picture("refused");
      const text = await page.textContent("main");
      assert.match(text, /it@contoso.com/);
      assert.doesNotMatch(text, /signature|certificate|digest/i);
    } finally {
      desk.apply();
    }
    await page.goto(desk.url);
    assert.notEqual(await heading(page), "Hello, B. Simon");
  });

  // The certificate that the desk's metadata names for both signing and encryption.
  async function certificateOfDesk() {
    const metadata = await (await fetch(`${desk.url}/deskgate/metadata`)).text();
    return metadata.match(/X509Certificate>([^<]+)</)[1];
  }

  for (const binding of ["redirect", "post"]) {
    await run(`SimpleSAMLphp verifies the signature of a request by ${binding}`, async (visit) => {
      desk.simpleSamlPhp.demand({ "validate.authnrequest": true, certData: await certificateOfDesk() });
      try {
        desk.apply();
        await choose(visit, "/", "Fabrikam");
        await visit.page.waitForSelector("text=/signature|signed/i");
        desk.apply({ more: `sign_requests = true\nsso_binding = "${binding}"\n` });
        await signIn(visit);
        assert.equal(await heading(visit.page), "Hello, B. Simon");
      } finally {
        desk.simpleSamlPhp.demand({});
        desk.apply();
      }
    });
  }

  // SimpleSAMLphp demands signatures of the desk, and the desk of it.
  async function withSingleLogout(binding, journey) {
    const service = {
      Binding: `urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${binding === "post" ? "POST" : "Redirect"}`,
      Location: `${desk.url}/deskgate/slo`,
    };
    desk.apply({ more: `slo_url = "${desk.simpleSamlPhp.sloUrl}"\nslo_binding = "${binding}"\n` });
    desk.simpleSamlPhp.demand({
      SingleLogoutService: [service],
      "sign.logout": true,
      "validate.logout": true,
      certData: await certificateOfDesk(),
    });
    try {
      await journey();
    } finally {
      desk.simpleSamlPhp.demand({});
      desk.apply();
    }
  }

  // Neither the desk nor SimpleSAMLphp knows this browser any more.
  async function isAskedWhoTheyAre(visit) {
    await choose(visit, "/", "Fabrikam");
    await visit.page.waitForSelector("input[name=username]");
  }

  for (const binding of ["redirect", "post"]) {
    await run(`signing out at the desk signs out at SimpleSAMLphp by ${binding}`, (visit) =>
      withSingleLogout(binding, async () => {
        const { page, picture } = visit;
        await signIn(visit);
        await page.goto(`${desk.url}/deskgate/logout`);
        await page.click("button:has-text('Sign out')");
        await page.waitForURL(`${desk.url}/deskgate/slo**`);
        await picture("signed out");
        assert.equal(await heading(page), "You are signed out");
        assert.match(await page.textContent("main"), /so has the one at your organization/);
        await isAskedWhoTheyAre(visit);
      }),
    );

    await run(`signing out at SimpleSAMLphp ends the session at the desk by ${binding}`, (visit) =>
      withSingleLogout(binding, async () => {
        const { page, context, picture } = visit;
        await signIn(visit);
        const stolen = (await context.cookies(desk.url)).filter(({ name }) => name === "__Host-deskgate");
        assert.equal(stolen.length, 1);
        await page.goto(desk.simpleSamlPhp.logout(`${desk.url}/robots.txt`));
        await page.waitForURL(`${desk.url}/robots.txt`);
        await picture("signed out");
        await context.addCookies(stolen);
        const reply = await page.goto(`${desk.url}/tickets/4218`);
        assert.ok(reply.url().startsWith(`${desk.url}/deskgate/login`), reply.url());
        await isAskedWhoTheyAre(visit);
      }),
    );
  }

  await run("an assertion that SimpleSAMLphp encrypted is read where the connection allows CBC", async (visit) => {
    const { page, picture } = visit;
    desk.simpleSamlPhp.demand({ "assertion.encryption": true, certData: await certificateOfDesk() });
    try {
      await choose(visit, "/", "Fabrikam");
      await simpleSamlPhp(visit, "B.Simon");
      await page.waitForSelector("h1:has-text('could not confirm')");
      await picture("refused");
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, "");
      desk.apply({ more: `dangerous_allow_cbc_until = "${tomorrow}"\n` });
      await page.goto(desk.simpleSamlPhp.launch("/"));
      await page.waitForURL(`${desk.url}/`);
      assert.equal(await heading(page), "Hello, B. Simon");
    } finally {
      desk.simpleSamlPhp.demand({});
      desk.apply();
    }
  });

  await run(
    "a browser without scripts signs in by pressing Continue",
    async (visit) => {
      const { page, picture } = visit;
      await choose(visit, "/", "Fabrikam");
      await simpleSamlPhp(visit, "B.Simon");
      await picture("page of SimpleSAMLphp");
      await page.click("[type=submit]:visible");
      await picture("page of the desk");
      await page.getByRole("button", { name: "Continue" }).click();
      await page.waitForURL(`${desk.url}/`);
      assert.equal(await heading(page), "Hello, B. Simon");
    },
    { javaScriptEnabled: false },
  );

  await run("a page behind the desk verifies its session with the package of npm", async (visit) => {
    const { page, context } = visit;
    await verifyInPage({ page, context, repository, desk, signIn: (target) => signIn(visit, "B.Simon", target) });
  });

  await run("a hosted helpdesk that speaks SAML signs people in through the desk and their company", async (visit) => {
    const { page, picture } = visit;
    const { helpdesk } = desk.simpleSamlPhp;
    await page.goto(helpdesk.page);
    await page.getByLabel("Your e-mail address at your organization").fill("B.Simon@contoso.com");
    await picture("address");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(`${desk.demoUrl}/**`);
    await page.click("button");
    await page.waitForURL(helpdesk.page);
    await picture("signed in");
    const told = await page.textContent("body");
    for (const text of ["given_name", "B.", "family_name", "Simon", "B.Simon@contoso.com"]) assert.ok(told.includes(text), text);
  });

  await run("somebody with a session at the desk arrives at the hosted helpdesk at once", async (visit) => {
    const { page, picture } = visit;
    await writeAddress(visit, "/", "B.Simon@contoso.com");
    await page.waitForURL(`${desk.demoUrl}/**`);
    await page.click("button");
    await page.waitForURL(`${desk.url}/`);
    await page.goto(desk.simpleSamlPhp.helpdesk.page);
    await page.waitForURL(desk.simpleSamlPhp.helpdesk.page);
    await picture("signed in");
    assert.ok((await page.textContent("body")).includes("B.Simon@contoso.com"));
  });

  await run("a script of a page without session gets an answer that it can read", async ({ page }) => {
    await page.goto(`${desk.url}/robots.txt`);
    const answer = await page.evaluate(async () => {
      const reply = await fetch("/tickets");
      return { status: reply.status, redirected: reply.redirected, body: await reply.json() };
    });
    assert.deepEqual([answer.status, answer.redirected], [401, false]);
  });

  await run("a WebSocket of a page echoes through the gate", async (visit) => {
    await signIn(visit);
    const answer = await visit.page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws`);
          socket.onopen = () => socket.send("żółw");
          socket.onmessage = ({ data }) => resolve(data);
          socket.onerror = () => reject(new Error("the WebSocket failed"));
        }),
    );
    assert.equal(answer, "żółw");
  });

  await run(
    "the pages fit a phone in the dark",
    async (visit) => {
      const { page, picture } = visit;
      await choose(visit, "/", "Fabrikam");
      await simpleSamlPhp(visit, "zoe");
      await page.waitForURL(`${desk.url}/`);
      for (const path of ["/", "/deskgate/session", "/deskgate/logout", "/deskgate/nothing"]) {
        await page.goto(desk.url + path);
        await picture(path);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.ok(overflow <= 0, `${path} is ${overflow} pixels too wide`);
      }
    },
    PHONE,
  );

  await run("a helpdesk that is down is told on a page", async (visit) => {
    const { page, picture } = visit;
    await signIn(visit);
    await desk.stopHelpdesk();
    const reply = await page.goto(desk.url);
    await picture("down");
    assert.equal(reply.status(), 502);
    assert.match(await heading(page), /does not answer/);
  });
}
