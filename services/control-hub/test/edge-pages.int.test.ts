import { builtPage } from "@hybrid/control-hub-page/built";
import { chromiumPath, openBrowser, seriousFaults } from "@hybrid/tools/chromium";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Looks, picture, visit } from "./walk.ts";

// Pages that people meet when something ends, is refused, or is looked at on a telephone.

describe.skipIf(chromiumPath === undefined)("pages at the edge in Chromium", { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
    await builtPage();
  }, 120_000);
  afterAll(() => browser?.close());

  /** Nothing serious, and nothing that is wider than the window. */
  const look = async (page: Page, name: string, looks: Looks): Promise<readonly string[]> => {
    await picture(page, name, looks);
    const wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
    return [
      ...(await seriousFaults(page)).map((fault) => `${name}: ${fault}`),
      ...(Number(wide) > 0 ? [`${name}: ${String(wide)} px too wide`] : []),
    ];
  };

  test.each<Looks>([{}, { isDark: true }, { language: "sv" }])(
    "a plan of orders, a role that may not, a session that ended: %j",
    async (looks) => {
      const { page, town, origin, faults, t } = await visit(browser, { ...looks, role: "support" });
      const found: string[] = [];
      await page.goto(`${origin}/o/nordhamn/users-bulk`);
      const lines = ["User,Order", "1004,retry", "1000,disable", "1000,enable", "nobody,disable"];
      const file = { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) };
      await page.getByLabel(t("bulk.file")).setInputFiles(file);
      await page.getByText(t("bulk.code.twice")).waitFor();
      found.push(...(await look(page, "bulk-plan", looks)));
      await page.goto(`${origin}/o/nordhamn/sessions`);
      await page.getByText(t("fault.code.readOnly")).waitFor();
      found.push(...(await look(page, "refused", looks)));
      // An administrator signs the person out while a page is open.
      await page.goto(`${origin}/o/nordhamn/teams`);
      await page.getByText("Harbour office").waitFor();
      const kept = await town.sessions.ofOrganisation("nordhamn", town.clock.now());
      expect(await town.sessions.endKept(kept)).toBe(1);
      await page.getByRole("link", { name: t("nav.audit") }).click();
      await page
        .getByText(t("signedOut.title"))
        .or(page.getByText(t("fault.code.notSignedIn")))
        .waitFor();
      found.push(...(await look(page, "session-ended", looks)));
      expect(found).toEqual([]);
      expect(faults).toEqual([]);
    },
  );

  test("on a telephone every page keeps within the window", async () => {
    const { page, origin, faults } = await visit(browser);
    await page.setViewportSize({ width: 390, height: 800 });
    const found: string[] = [];
    for (const place of [
      "overview",
      "hybrid",
      "users",
      "teams",
      "archive",
      "migrations",
      "settings",
      "audit",
    ]) {
      await page.goto(`${origin}/o/nordhamn/${place}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      found.push(...(await look(page, `narrow-${place}`, {})));
    }
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
  });
});
