import { adminCommands, tenantStatus } from "@hybrid/contracts";
import { builtPage } from "@hybrid/control-hub-page/built";
import { chromiumPath, openBrowser, seriousFaults } from "@hybrid/tools/chromium";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Scene, startAt, tenantId } from "./scene.ts";
import { type Language, type Looks, picture, visit } from "./walk.ts";
import { written } from "./written.ts";

const place = `/o/nordhamn/settings/${tenantId}`;

/** Does once what the directory does with orders about tenants: the latest settings are those that hold. */
const answerTenants = async ({ log, write }: Scene): Promise<void> => {
  const orders = await written(log, adminCommands);
  const settings = orders.at(-1)?.value.settings;
  if (!settings) throw new TypeError("no settings were ordered");
  const decided = { tenantId, status: "active" as const, settings, decidedAt: startAt };
  await write(tenantStatus, { [`nordhamn/t-${tenantId}`]: { ...decided, generation: orders.length + 1 } });
};

describe.skipIf(chromiumPath === undefined)("the settings in Chromium", { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
    await builtPage();
  }, 120_000);
  afterAll(() => browser?.close());

  const open = async (looks: Looks = {}) => {
    const seen = await visit(browser, looks);
    await seen.page.goto(`${seen.origin}${place}`);
    await seen.page.getByRole("heading", { level: 1 }).waitFor();
    const press = (word: string): Promise<void> =>
      seen.page.getByRole("button", { name: seen.t(word), exact: true }).click();
    return { ...seen, press };
  };
  const mail = (page: Page) => page.frameLocator("iframe").locator("body");

  test.each<Language>(["en", "sv"])(
    "%s: a keyword and texts are edited, seen in each language, left and found again, saved and undone",
    async (language) => {
      const { page, town, t, faults, press } = await open({ language });
      await press("settings.addKeyword");
      const word = page.getByRole("textbox", { name: t("settings.keyword"), exact: true });
      await word.fill("WEBEX");
      await page.getByText(t("settings.keywordFault.reserved")).waitFor();
      await word.fill("möte");
      await page.getByRole("tab", { name: t("settings.part.texts") }).click();
      await page.getByRole("tab", { name: /^(Swedish|Svenska)/ }).click();
      await page.getByRole("textbox", { name: t("settings.header") }).fill("<b>Nordhamns hamn</b>");
      await mail(page).getByText("<b>Nordhamns hamn</b>").waitFor();
      expect(await mail(page).locator("b").count()).toBe(0);
      await picture(page, "settings-edited", { language });
      await page.getByRole("tab", { name: t("settings.preview.text") }).click();
      await page.getByText("https://acme.webex.com/meet/ada").waitFor();
      // Nothing is lost by going elsewhere.
      await page.getByRole("link", { name: t("nav.overview"), exact: true }).click();
      // The path at the head of the page names it too, until the overview is there.
      await page
        .getByRole("link", { name: t("nav.settings"), exact: true })
        .first()
        .click();
      await press("action.resume");
      await page.getByText(t("settings.unsaved_other").replace("{{count}}", "2")).waitFor();
      await press("action.save");
      await page.getByRole("status").getByText(t("order.trying"), { exact: true }).waitFor();
      const [order] = await written(town.log, adminCommands);
      expect(order?.value.settings?.join).toMatchObject({
        keywords: [{ word: "möte", action: "personalRoom" }],
        texts: [{ language: "sv", header: "<b>Nordhamns hamn</b>", footer: "" }],
      });
      await answerTenants(town);
      await page.getByRole("status").getByText(t("order.done"), { exact: true }).waitFor();
      await press("settings.undo");
      await expect.poll(async () => (await written(town.log, adminCommands)).length).toBe(2);
      const [, undone] = await written(town.log, adminCommands);
      expect(undone?.value.settings?.join).toMatchObject({ keywords: [], texts: [] });
      await page.getByRole("link", { name: t("nav.audit") }).click();
      await page.getByText(t("act.tenants.configure")).first().waitFor();
      expect(faults).toEqual([]);
    },
  );

  test("somebody else saves meanwhile: both are seen, and go on together", async () => {
    const { page, town, t, faults, press } = await open();
    await press("settings.addKeyword");
    await page.getByRole("textbox", { name: t("settings.keyword"), exact: true }).fill("möte");
    const settings = { webexKeyword: "space" as const, meetKeyword: "space" as const, language: "de" };
    await town.write(tenantStatus, {
      [`nordhamn/t-${tenantId}`]: {
        tenantId,
        status: "active",
        generation: 2,
        settings: { ...settings, join: null },
        decidedAt: startAt,
      },
    });
    await page.getByRole("alert").getByText(t("settings.conflict")).waitFor();
    await page.getByRole("alert").getByText("@möte").waitFor();
    await picture(page, "settings-conflict", {});
    await press("settings.keepBoth");
    await press("action.save");
    await page.getByRole("status").getByText(t("order.trying"), { exact: true }).waitFor();
    const [order] = await written(town.log, adminCommands);
    expect(order?.value.settings).toMatchObject({ ...settings, join: { keywords: [{ word: "möte" }] } });
    // What is taken away is asked about first.
    await answerTenants(town);
    await page.getByRole("status").getByText(t("order.done"), { exact: true }).waitFor();
    await page
      .getByRole("button", { name: t("settings.removeKeyword").replace("{{word}}", "@möte") })
      .click();
    await press("action.save");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t("settings.confirmTaken.text")).waitFor();
    await dialog.getByRole("button", { name: t("action.cancel") }).click();
    await press("settings.discard");
    await page.getByText("@möte").or(page.locator("input[value='möte']")).first().waitFor();
    expect((await written(town.log, adminCommands)).length).toBe(1);
    expect(faults).toEqual([]);
  });

  test("who may only look sees settings and previews, and nothing to save with", async () => {
    const { page, t, faults } = await open({ role: "readOnly" });
    await page.getByText(t("settings.mayLook")).waitFor();
    await page.getByRole("tab", { name: t("settings.part.texts") }).click();
    await mail(page).getByText("https://acme.webex.com/meet/ada").waitFor();
    expect(await page.getByRole("textbox", { name: t("settings.header") }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: t("action.save") }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test.each<Looks>([{}, { isDark: true, language: "sv" }])(
    "axe finds nothing serious in any part of the settings: %j",
    async (looks) => {
      const { page, faults, origin } = await open(looks);
      const found: string[] = [];
      for (const part of ["keywords", "texts", "details", "excluded"]) {
        await page.goto(`${origin}${place}?part=${part}`);
        await page.getByRole("tab").first().waitFor();
        if (part === "texts" || part === "details") await mail(page).getByText("webex.com").first().waitFor();
        found.push(...(await seriousFaults(page)).map((fault) => `${part}: ${fault}`));
        await picture(page, `settings-${part}`, looks);
      }
      expect(found).toEqual([]);
      expect(faults).toEqual([]);
    },
  );
});
