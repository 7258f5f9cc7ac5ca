// People of a helpdesk that is hosted elsewhere and takes tokens as Zendesk does.
import assert from "node:assert/strict";

import { step } from "./report.mjs";

export async function handOff({ browser, folder, desk }) {
  const run = (name, body, options) => step(browser, folder, name, body, options);
  const heading = (page) => page.textContent("h1");

  // From the helpdesk to the demo identity provider.
  async function beginAtZendesk({ page, picture }) {
    await page.goto(desk.zendeskUrl);
    await page.getByRole("link", { name: "Sign in with your company account" }).click();
    await page.getByLabel("Your e-mail address at your organization").fill("B.Simon@contoso.com");
    await picture("address");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(`${desk.demoUrl}/**`);
  }

  await run("a person signs in to a hosted helpdesk, which learns who they are by a form", async (visit) => {
    const { page, picture } = visit;
    await beginAtZendesk(visit);
    const posted = page.waitForRequest((request) => request.url().startsWith(`${desk.zendeskUrl}/access/jwt`));
    await page.click("button");
    const request = await posted;
    assert.equal(request.method(), "POST");
    assert.match(request.url(), /[?&]brand_id=\d+&locale_id=1&timestamp=\d+$/);
    assert.doesNotMatch(request.url(), /eyJ/);
    // The helpdesk learns whose page it was, and not which.
    assert.ok([undefined, `${desk.url}/`].includes((await request.allHeaders()).referer));
    await page.waitForURL(`${desk.zendeskUrl}/hc`);
    await picture("hosted helpdesk");
    assert.equal(await heading(page), "Hello, B. Simon");
    assert.match(await page.textContent("#evidence"), /B\.Simon@contoso\.com/);
  });

  await run(
    "the way to a hosted helpdesk works without script",
    async (visit) => {
      const { page } = visit;
      await beginAtZendesk(visit);
      for (const _page of ["identity provider", "assertion", "acs", "token"]) {
        if (page.url().startsWith(desk.zendeskUrl)) break;
        await page.locator("main form button").first().click();
        await page.waitForLoadState();
      }
      assert.equal(page.url(), `${desk.zendeskUrl}/hc`);
      assert.equal(await heading(page), "Hello, B. Simon");
    },
    { javaScriptEnabled: false },
  );

  await run("a page of somebody else that frames the hand-off gets nothing", async (visit) => {
    const { page } = visit;
    await beginAtZendesk(visit);
    await page.click("button");
    await page.waitForURL(`${desk.zendeskUrl}/hc`);
    const sent = [];
    page.on("request", (request) => sent.push(request.url()));
    const answered = page.waitForResponse((response) => response.url().includes("/deskgate/handoff/"));
    await page.setContent(`<iframe src="${desk.url}/deskgate/handoff/zendesk"></iframe>`);
    assert.equal((await answered).status(), 403);
    await page.waitForTimeout(300);
    assert.ok(!sent.some((url) => url.includes("/access/jwt")), sent.join(" "));
  });

  await run("a refusal of the hosted helpdesk is told in our own words", async ({ page, picture }) => {
    const message = encodeURIComponent("JWT signature invalid <script>document.title = 'x'</script>");
    await page.goto(`${desk.url}/deskgate/handoff/zendesk/logout?kind=error&message=${message}`);
    await picture("refusal");
    assert.equal(await heading(page), "Zendesk does not trust this sign-in page");
    assert.doesNotMatch(await page.content(), /JWT signature|document\.title/);
    const links = await page.locator("a").evaluateAll((all) => all.map((link) => link.href));
    for (const way of ["/access/normal", "/access/sso_bypass"]) assert.ok(links.some((link) => link.endsWith(way)));
  });
}
