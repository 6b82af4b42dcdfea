import { connectorLoad, tenantStatus, type UserConsent, userConsents } from "@hybrid/contracts";
import { builtPage } from "@hybrid/control-hub-page/built";
import { actorIdOf, sealedFor } from "@hybrid/kernel";
import { sealValue } from "@hybrid/sealing";
import { chromiumPath, openBrowser, seriousFaults } from "@hybrid/tools/chromium";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load } from "./places.ts";
import { type Scene, startAt, tenantId } from "./scene.ts";
import { fillTown } from "./town.ts";
import { downloaded, type Looks, picture, visit } from "./walk.ts";

// Pages that people meet when something ends, is refused, or is looked at on a telephone.

describe.skipIf(chromiumPath === undefined)("pages at the edge in Chromium", { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
    await builtPage();
  }, 120_000);
  afterAll(() => browser?.close());

  const widthOver = async (page: Page): Promise<number> =>
    Number(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"));

  /** Nothing serious, and nothing that is wider than the window. */
  const look = async (page: Page, name: string, looks: Looks): Promise<readonly string[]> => {
    await picture(page, name, looks);
    const wide = await widthOver(page);
    return [
      ...(await seriousFaults(page)).map((fault) => `${name}: ${fault}`),
      ...(wide > 0 ? [`${name}: ${wide} px too wide`] : []),
    ];
  };

  test.each<Looks>([{}, { isDark: true, language: "sv" }])(
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
      await page.getByText(t("fault.code.notSignedIn")).waitFor();
      found.push(...(await look(page, "session-ended", looks)));
      await page.getByRole("link", { name: t("signedOut.signIn") }).click();
      await page.getByText(t("signedOut.how")).waitFor();
      found.push(...(await look(page, "signed-out", looks)));
      expect(found).toEqual([]);
      expect(faults).toEqual([]);
    },
  );

  test("a table stands as its address says, shows the columns that were chosen, and is taken along", async () => {
    const { page, town, origin, faults, t } = await visit(browser);
    await town.write(connectorLoad, { "nordhamn/c-south": load({ resourceGroup: "=1+1" }) });
    await page.goto(`${origin}/o/nordhamn/explain/rules?rules.sort=-rule#rules=webex`);
    const table = page.getByRole("table", { name: t("rules.title") });
    const names = async () =>
      (await table.locator("tbody tr td:first-child").allTextContents()).filter(Boolean);
    await expect.poll(async () => (await names()).length, { timeout: 15_000 }).toBeGreaterThan(2);
    const down = await names();
    expect(down).toEqual(down.toSorted((a, b) => b.localeCompare(a, "en-GB", { numeric: true })));
    const head = table.getByRole("columnheader", { name: t("explain.rule") });
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    // By the keyboard: the third press goes back to how rows came, the fourth sorts upwards.
    await head.getByRole("button").press("Enter");
    await expect.poll(() => head.getAttribute("aria-sort")).toBe("none");
    await head.getByRole("button").press("Enter");
    await expect.poll(names).toEqual(down.toReversed());
    expect(new URL(page.url()).search).toContain("rules.sort=rule");
    await page.getByText(t("table.columns"), { exact: true }).click();
    await page.getByRole("checkbox", { name: t("explain.service") }).uncheck();
    await page.reload();
    await expect.poll(async () => (await names()).length, { timeout: 15_000 }).toBeGreaterThan(2);
    expect(await table.getByRole("columnheader", { name: t("explain.service") }).count()).toBe(0);
    await page.goto(`${origin}/o/nordhamn/migrations`);
    const clusters = page.getByRole("region", { name: t("moves.clusters") });
    await clusters.getByText("=1+1").waitFor();
    const csv = await downloaded(page, () =>
      clusters.getByRole("button", { name: t("action.downloadCsv") }).click(),
    );
    expect(csv).toBe(
      `\uFEFF${["moves.cluster", "moves.group", "moves.office", "moves.exchange", "moves.load"].map(t).join(",")}\r\n` +
        `north,,700,40,${t("moves.load.amber")}\r\nsouth,'=1+1,700,40,${t("moves.load.amber")}\r\n`,
    );
    expect(faults).toEqual([]);
  });

  test("a person connects the own calendar at Microsoft, and comes back to how it went", async () => {
    const byUser = async (town: Scene): Promise<void> => {
      await fillTown(town);
      await town.write(tenantStatus, {
        [`nordhamn/t-${tenantId}`]: {
          tenantId,
          status: "active",
          generation: 2,
          settings: {
            webexKeyword: "space",
            meetKeyword: "space",
            language: null,
            join: null,
            consent: "user",
          },
          decidedAt: startAt,
        },
      });
    };
    const { page, town, faults, t } = await visit(browser, { role: "user", user: "1004", fill: byUser });
    await page.getByText(t("me.consentNone")).waitFor();
    let outcome = "connectDeclined";
    await page.route("https://consent.example/**", (route) =>
      route.fulfill({
        status: 302,
        headers: { location: `${town.desk.connecting.at(-1) ?? ""}?consent=${outcome}` },
      }),
    );
    await page.getByRole("button", { name: t("me.connect"), exact: true }).click();
    await page.getByText(t("consent.connectDeclined")).waitFor();
    outcome = "connected";
    const consent: UserConsent = {
      tenantId,
      objectId: "44444444-4444-4444-8444-444444444444",
      givenAt: startAt,
      expiresAt: startAt + 30 * 86_400_000,
      refreshToken: sealedFor(actorIdOf("nordhamn/u-1004"), "refresh"),
    };
    await town.write(userConsents, { "nordhamn/u-1004": sealValue(consent, town.vault) as UserConsent });
    await page.getByRole("button", { name: t("me.connect"), exact: true }).click();
    await page.getByText(t("me.connected")).waitFor();
    await page.getByText(t("me.consentUntil").split("{{", 1)[0] ?? "").waitFor();
    await picture(page, "me-connected", {});
    expect(faults).toEqual([]);
  });

  test("on a telephone every page keeps within the window", async () => {
    const { page, origin, faults } = await visit(browser);
    await page.setViewportSize({ width: 390, height: 800 });
    const found: string[] = [];
    for (const place of ["overview", "users", "archive", "migrations", "settings"]) {
      await page.goto(`${origin}/o/nordhamn/${place}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await picture(page, `narrow-${place}`, {});
      const wide = await widthOver(page);
      if (wide > 0) found.push(`${place}: ${wide} px too wide`);
    }
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
  });
});
