// One line per step: `ok name`, `not ok name why` or `SKIPPED name: why`; the counts come last.
import path from "node:path";

const counts = { passed: 0, failed: 0, skipped: 0 };

// Runs a step with a page of its own. What the step returns is of no interest; an error fails it.
export async function step(browser, folder, name, body, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  let pictures = 0;
  const picture = (label) =>
    page.screenshot({ path: path.join(folder, `${slug(name)}-${(pictures += 1)}-${slug(label)}.png`), fullPage: true });
  // A page as it is seen on a desk by day and by night, and on a telephone, where it has to fit.
  const looks = async (label) => {
    const before = page.viewportSize();
    await picture(`${label} light`);
    await page.emulateMedia({ colorScheme: "dark" });
    await picture(`${label} dark`);
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 360, height: 740 });
    await picture(`${label} phone`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.setViewportSize(before);
    if (wider > 0) throw new Error(`${label} is ${wider} pixels too wide for a telephone`);
  };
  try {
    await body({ page, context, picture, looks });
    counts.passed += 1;
    console.log(`ok ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`not ok ${name} ${String(error.message).split("\n").slice(0, 3).join(" ")} (at ${page.url()})`);
    await picture("failed").catch(() => {});
  } finally {
    await context.close();
  }
}

export function skipped(name, why) {
  counts.skipped += 1;
  console.log(`SKIPPED ${name}: ${why}`);
}

export function finish() {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0;
}

const slug = (text) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
