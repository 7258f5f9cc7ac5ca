// Somebody writes a reply while their session ends.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { step } from "./report.mjs";

export async function kept({ browser, folder, desk }) {
  const run = (name, body, options) => step(browser, folder, name, body, options);
  const TICKET = "/tickets/4214";
  const heading = (page) => page.textContent("h1");
  const conversation = (page) => page.textContent(".card");

  // From wherever the desk asks who this is, at the demo identity provider.
  async function identify(page) {
    const address = page.getByLabel("Your e-mail address at your organization");
    if (await address.isVisible()) {
      await address.fill("B.Simon@contoso.com");
      await page.getByRole("button", { name: "Continue" }).click();
    }
    await page.waitForURL(`${desk.demoUrl}/**`);
    await page.click("button");
  }

  async function openTicket(page) {
    await page.goto(desk.url + TICKET);
    await identify(page);
    await page.waitForURL(desk.url + TICKET);
  }

  const write = async (page, text, file) => {
    await page.getByLabel("Your reply").fill(text);
    await page.getByLabel("A file, if you like").setInputFiles(file);
  };

  const endSessions = () => desk.deskgate("sessions", "end", "--user", "B.Simon@contoso.com");

  async function replyTooLate(page, text) {
    await openTicket(page);
    await write(page, text, { name: "labels.txt", mimeType: "text/plain", buffer: Buffer.from("no labels\n") });
    endSessions();
    // The helpdesk looks for news meanwhile.
    assert.equal(await page.evaluate(async () => (await fetch("/tickets")).status), 401);
    await page.getByRole("button", { name: "Reply" }).click();
    await page.waitForURL(`${desk.url}/deskgate/kept/*`);
    assert.equal(await heading(page), "Sign in to send what you wrote");
  }

  async function signInAgain(page) {
    const address = page.url();
    await page.getByRole("link", { name: "Sign in" }).click();
    await identify(page);
    await page.waitForURL(address);
    assert.equal(await heading(page), "Send what you wrote?");
    return address;
  }

  await run("a reply that meets an ended session is kept and sent after the new sign-in", async (visit) => {
    const { page, looks, picture } = visit;
    const text = "The laptop is on its way. Grüße, Łukasz & 山田";
    await replyTooLate(page, text);
    await looks("kept");
    const address = await signInAgain(page);
    await looks("asked");
    const asked = await page.textContent("main");
    for (const shown of [`${TICKET}/replies`, "B. Simon", "text", "labels.txt"]) assert.ok(asked.includes(shown), shown);
    assert.ok(!asked.includes("laptop"), "no contents");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Send it");
    await page.keyboard.press("Enter");
    await page.waitForURL(desk.url + TICKET);
    await picture("arrived");
    const told = await conversation(page);
    assert.ok(told.includes(text), told);
    assert.ok(told.includes("labels.txt (10 bytes)"), told);
    // Once.
    const again = await page.goto(address);
    assert.equal(again.status(), 404);
    await picture("gone");
    await page.goto(desk.url + TICKET);
    assert.equal((await conversation(page)).split(text).length, 2);
  });

  await run("a reply that was kept is discarded", async ({ page, picture }) => {
    const text = "This was for another ticket";
    await replyTooLate(page, text);
    await signInAgain(page);
    await page.getByRole("button", { name: "Discard it" }).click();
    await page.waitForSelector("h1:has-text('It was discarded')");
    await picture("discarded");
    await page.goto(desk.url + TICKET);
    assert.ok(!(await conversation(page)).includes(text));
  });

  await run("a file too large to be kept stays in the browser and is sent from there", async (visit) => {
    const { page, context, looks, picture } = visit;
    const text = "The recording of the meeting";
    await openTicket(page);
    // On disk, as people have them: a file that a script made could not be read a second time.
    const file = path.join(folder, "meeting.bin");
    fs.writeFileSync(file, Buffer.alloc(1_500_000));
    await write(page, text, file);
    endSessions();
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: "Reply" }).click();
    assert.equal((await answered).status(), 413);
    await page.waitForSelector("h1:has-text('Not sent')");
    await looks("too large");
    const opened = context.waitForEvent("page");
    await page.getByRole("link", { name: "Sign in in a new tab" }).click();
    const tab = await opened;
    await identify(tab);
    await tab.waitForURL(desk.url + TICKET);
    await tab.close();
    await page.reload();
    await page.waitForURL(desk.url + TICKET);
    await picture("arrived");
    const told = await conversation(page);
    assert.ok(told.includes(text) && told.includes("meeting.bin (1500000 bytes)"), told);
  });
}
