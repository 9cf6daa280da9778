// Opens report pages in headless Chromium and checks what a reader would notice.
// Usage: page.cjs CHROMIUM PAGE.html...   (NODE_PATH holds playwright-core and axe-core)
const { chromium } = require("playwright-core");
const axe = require("axe-core");
const path = require("path");
const { pathToFileURL } = require("url");

const [executablePath, ...pages] = process.argv.slice(2);

async function check(browser, file, colorScheme) {
  const problems = [];
  const context = await browser.newContext({ colorScheme, bypassCSP: true });
  const page = await context.newPage();
  const own = pathToFileURL(path.resolve(file)).href;
  const folder = own.slice(0, own.lastIndexOf("/") + 1);
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(folder) && !url.startsWith("data:")) problems.push(`loads ${url}`);
  });
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 720 });
    await page.goto(own);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) problems.push(`scrolls sideways by ${wide} px at ${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 720 });
  if (!(await page.locator("h1").isVisible())) problems.push("shows no heading");
  // Folded parts count too.
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => axe.run());
  for (const { id, help, nodes } of violations) {
    problems.push(`axe ${id}: ${help} (${nodes.length}), first ${nodes[0].html.slice(0, 120)}`);
  }
  await context.close();
  return problems;
}

(async () => {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  let failed = 0;
  for (const file of pages) {
    for (const scheme of ["light", "dark"]) {
      const problems = await check(browser, file, scheme);
      for (const problem of problems) console.log(`${file} (${scheme}): ${problem}`);
      failed += problems.length;
    }
  }
  await browser.close();
  console.log(`${pages.length} pages, ${failed} problems`);
  process.exit(failed ? 1 : 0);
})();
