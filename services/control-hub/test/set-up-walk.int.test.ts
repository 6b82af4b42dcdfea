import {
  archiveLog,
  archiveStatus,
  peopleSync,
  tenantStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { builtPage } from "@hybrid/control-hub-page/built";
import { chromiumPath, openBrowser, seriousFaults } from "@hybrid/tools/chromium";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connector, entry, type Scene, startAt, status, tenantId } from "./scene.ts";
import { type Language, type Looks, picture, visit } from "./walk.ts";
import { archiveOrders } from "./written.ts";

// The numbered steps by which an administrator sets a service up, in a real browser against the real server.
// The test plays the services behind the topics, and Microsoft, which sends the browser back.

const settings = {
  webexKeyword: "personalRoom" as const,
  meetKeyword: "space" as const,
  language: null,
  join: null,
};

const nothing = async (): Promise<void> => {};

/** The tenant as the directory decided about it. */
const decideTenant = (town: Scene, generation = 1, site: string | null = null): Promise<void> =>
  town.write(tenantStatus, {
    [`nordhamn/t-${tenantId}`]: {
      tenantId,
      status: "active",
      generation,
      settings: {
        ...settings,
        join: site === null ? null : { ...joinSettings, site },
      },
      decidedAt: startAt + generation,
    },
  });

const joinSettings = {
  keywords: [],
  site: null,
  phone: true,
  video: true,
  texts: [],
  textsForOthers: null,
  excluded: {
    allDay: false,
    free: false,
    private: false,
    noInvitees: false,
    categories: [],
    subjectPattern: null,
  },
};

const firstDay = {
  day: "2026-11-24",
  completedAt: startAt,
  source: 3,
  available: 9,
  success: 7,
  partial: 1,
  skipped: 1,
  failed: 0,
};

/** Microsoft and the service of consents: they send the browser back with this outcome. */
const playMicrosoft = async (page: Page, town: Scene, outcomes: readonly string[]): Promise<void> => {
  const left = [...outcomes];
  await page.route("https://consent.example/**", async (route) => {
    const returnTo = town.desk.errands.at(-1)?.returnTo ?? "";
    await route.fulfill({ status: 302, headers: { location: `${returnTo}?${left.shift() ?? ""}` } });
  });
};

describe.skipIf(chromiumPath === undefined)("setting up in Chromium", { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
    await builtPage();
  }, 120_000);
  afterAll(() => browser?.close());

  const begin = async (looks: Looks) => {
    const visited = await visit(browser, { fill: nothing, ...looks });
    const { page, t } = visited;
    const press = (word: string): Promise<void> =>
      page.getByRole("button", { name: t(word), exact: true }).click();
    const serious: string[] = [];
    const look = async (name: string): Promise<void> => {
      // Every page is looked at in both languages elsewhere; here once is enough.
      if (looks.language === "sv") return;
      serious.push(...(await seriousFaults(page)).map((fault) => `${name}: ${fault}`));
      await picture(page, `set-up-${name}`, looks);
    };
    return { ...visited, press, look, serious };
  };

  // In both languages it is walked before running services: services/hybrid/test/set-up-walk.int.test.ts.
  test.each<Language>(["en"])(
    "%s: Hybrid Calendar from nothing to the first Active user",
    async (language) => {
      const { page, town, t, press, look, serious, faults } = await begin({ language });
      await playMicrosoft(page, town, [
        "consent=needsAdministrator&details=AADSTS90094",
        `consent=accepted&tenant=${tenantId}`,
      ]);
      // Nothing is there: the card says what is missing.
      await page.getByRole("link", { name: t("nav.hybrid"), exact: true }).click();
      const card = page.getByRole("article", { name: t("service.calendar") });
      await card.getByText(t("missing.tenant")).waitFor();
      await card.getByRole("button", { name: t("action.setUp"), exact: true }).click();
      await page.getByRole("radio", { name: t("calendar.cloud.worldwide") }).waitFor();
      await look("instance");
      await press("action.next");
      await page.getByText("RoleManagement.Read.Directory").waitFor();
      await look("authorize");
      // Who lacks the role is sent back with the reason.
      await press("action.authorize");
      await page.getByText(t("consent.needsAdministrator"), { exact: true }).waitFor();
      await page.getByText("AADSTS90094").waitFor();
      await look("refused");
      await decideTenant(town);
      await press("action.authorize");
      await page.getByText(t("calendar.tick.role")).waitFor();
      await look("role");
      await press("action.next");
      // A mailbox without a licence, then one that works.
      town.desk.failing = { name: "settings", code: "mailboxMissing" };
      await page.getByLabel(t("trial.mailbox")).fill("ada@nordhamn.example");
      await press("action.testMailbox");
      await page.getByText(t("reason.mailboxMissing"), { exact: true }).waitFor();
      await look("trial");
      town.desk.failing = null;
      await press("action.testMailbox");
      await page.getByText(t("trial.works")).waitFor();
      await press("action.next");
      await page.getByLabel(t("calendar.siteName")).fill("nordhamn.webex.com");
      await press("action.save");
      await page
        .getByRole("status")
        .filter({ hasText: t("order.done") })
        .waitFor();
      await decideTenant(town, 2, "nordhamn.webex.com");
      await look("site");
      await press("action.next");
      await press("calendar.observe");
      await page.getByText(t("calendar.chosen"), { exact: true }).waitFor();
      await press("calendar.live");
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("calendar.live"), exact: true })
        .click();
      await page.getByRole("button", { name: t("calendar.observe"), exact: true }).waitFor();
      await look("mode");
      await press("action.next");
      await press("calendar.synchronise");
      await town.write(peopleSync, {
        "nordhamn/o/sync-webex": {
          run: 1,
          full: true,
          phase: "done",
          read: 1,
          unusable: 0,
          startedAt: startAt,
          endedAt: startAt,
          nextAt: null,
          trouble: null,
          at: startAt,
        },
      });
      await town.write(userDirectory, { "nordhamn/u-1": entry({ mailAddress: "ada@nordhamn.example" }) });
      await town.write(userStatus, { "nordhamn/u-1": status({ mailAddress: "ada@nordhamn.example" }) });
      await page.getByText(t("hybrid.calendar.figures_one").replace("{{count}}", "1")).waitFor();
      await look("people");
      await press("hybrid.seeUsers");
      await page.getByRole("row", { name: /ada@nordhamn/ }).waitFor();
      expect(serious).toEqual([]);
      expect(faults).toEqual([]);
    },
  );

  test.each<Language>(["en", "sv"])(
    "%s: an archive connector from the terms to the first day",
    async (language) => {
      const fill = (town: Scene): Promise<void> => decideTenant(town);
      const { page, town, origin, t, press, look, serious, faults } = await begin({ language, fill });
      await playMicrosoft(page, town, [`consent=accepted&tenant=${tenantId}`]);
      town.desk.missingConsent.add(tenantId);
      await page.getByRole("link", { name: t("nav.hybrid"), exact: true }).click();
      await page.getByRole("button", { name: t("archive.add"), exact: true }).click();
      await page.getByText(t("archive.terms.right")).waitFor();
      await look("terms");
      await press("action.accept");
      await page.getByText(t("archive.nameForm")).waitFor();
      await page.getByRole("textbox", { name: t("archive.name") }).fill("main");
      await look("name");
      await press("action.next");
      await page.getByText("olga@acme.example").waitFor();
      await look("source");
      await press("archive.saveFinish");
      // Without the consent nobody can be foreseen, and nothing goes on.
      await page.getByRole("switch", { name: t("archive.autoMap") }).waitFor();
      await press("action.next");
      await page.getByText(t("archive.consentWaits")).waitFor();
      await look("consent");
      town.desk.missingConsent.clear();
      await press("archive.provideConsent");
      await page.getByText(t("consent.accepted")).waitFor();
      await page.goto(`${origin}/o/nordhamn/hybrid/archive/setup/mapping`);
      await page.getByText("guest@elsewhere.example").waitFor();
      await look("mapping");
      await press("action.next");
      await press("action.next");
      await page.getByText(t("archive.fromYesterday")).waitFor();
      await look("review");
      await press("archive.make");
      await page.getByText(t("archive.beingMade").replace("{{name}}", "main")).waitFor();
      await town.write(archiveStatus, { "nordhamn/c-main": connector({ archivedTo: startAt }) });
      await page.getByText(t("archive.running"), { exact: true }).waitFor();
      await look("progress");
      await town.write(archiveLog, { "nordhamn/c-main": { connector: "main", days: [firstDay] } });
      await page.getByRole("link", { name: t("hybrid.seeDays") }).click();
      await page.getByRole("cell", { name: "7", exact: true }).first().waitFor();
      // A day is read again, and the connector rests.
      await press("archive.rerun");
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("archive.rerun"), exact: true })
        .click();
      await page
        .getByRole("status")
        .filter({ hasText: t("order.done") })
        .waitFor();
      const ordered = (await archiveOrders(town.log, town.vault)).map(({ kind, by }) => [kind, by]);
      expect(ordered).toEqual([
        ["create", "ada@acme.example"],
        ["rerun", "ada@acme.example"],
      ]);
      expect(serious).toEqual([]);
      expect(faults).toEqual([]);
    },
  );
});
