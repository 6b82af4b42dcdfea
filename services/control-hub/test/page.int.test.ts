import { adminCommands } from "@hybrid/contracts";
import { builtPage } from "@hybrid/control-hub-page/built";
import { chromiumPath, openBrowser, seriousFaults } from "@hybrid/tools/chromium";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signInToken } from "../src/adapters/sign-in-links.ts";
import { signInLink } from "../src/sign-in-link.ts";
import { answerRules, answerUsers } from "./town.ts";
import { downloaded, type Language, type Looks, picture, visit } from "./walk.ts";
import { written } from "./written.ts";

// The real page in a real browser against the real server; the test plays the services behind the topics.

describe.skipIf(chromiumPath === undefined)(
  "the administrator's page in Chromium",
  { timeout: 120_000 },
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser();
      await builtPage();
    }, 120_000);
    afterAll(() => browser?.close());

    const visitBy = (looks: Looks = {}) => visit(browser, looks);

    test.each<Language>(["en", "sv"])(
      "%s: from the overview to a failing user, the reason, Retry now, Active",
      async (language) => {
        const { page, town, faults, t } = await visitBy({ language });
        await page
          .getByRole("link", { name: t("reason.mailboxMissing") })
          .first()
          .click();
        const row = page.getByRole("row", { name: /@nordhamn/ }).first();
        const address = (await row.getByRole("gridcell").first().textContent()) ?? "";
        await row.click();
        const drawer = page.getByRole("complementary", { name: address });
        await drawer.getByText(t("reason.mailboxMissing.todo")).waitFor();
        await drawer.getByRole("button", { name: t("action.retryNow") }).click();
        await drawer.getByText(t("order.trying")).waitFor();
        await answerUsers(town);
        await drawer.getByText(t("order.done"), { exact: true }).waitFor();
        await drawer.getByText(t("users.fine")).waitFor();
        await page.getByRole("link", { name: t("nav.audit") }).click();
        await page.getByText(t("act.users.retry")).waitFor();
        expect(faults).toEqual([]);
      },
    );

    test.each<Language>(["en", "sv"])(
      "%s: a text is explained, rules are tried and saved, a room and a move are looked at",
      async (language) => {
        const { page, town, t, faults } = await visitBy({ language });
        const press = (word: string): Promise<void> =>
          page.getByRole("button", { name: t(word), exact: true }).click();
        await page.getByRole("link", { name: t("nav.explain") }).click();
        await page.getByRole("textbox", { name: t("explain.text") }).fill('{"subject": "Review"}');
        await press("explain.do");
        await page.getByRole("heading", { name: t("skip.past") }).waitFor();
        await page.getByText(t("explain.decided")).waitFor();
        await page.getByText(t("refused.lookAlikeHost")).waitFor();
        await page.getByRole("tab", { name: t("explain.tab.mailbox") }).click();
        await page.getByRole("textbox", { name: t("explain.user") }).fill("1004");
        await page.getByRole("textbox", { name: t("explain.eventId") }).fill("AAkALg");
        await press("explain.do");
        await page.getByRole("heading", { name: t("skip.past") }).waitFor();
        await page.getByRole("link", { name: t("nav.rules") }).click();
        await page.getByRole("textbox", { name: t("explain.text") }).fill("https://meet.town.example/ada");
        await press("rules.tryNow");
        await page.getByText(t("explain.links")).first().waitFor();
        await press("action.save");
        await page.getByText(t("order.trying")).waitFor();
        await answerRules(town);
        await page
          .getByRole("status")
          .filter({ hasText: t("order.done") })
          .waitFor();
        await page.getByRole("link", { name: t("nav.workspaces") }).click();
        await page.getByText(t("room.finding.notAutoAccepting")).waitFor();
        await page.getByRole("link", { name: t("nav.migrations") }).click();
        await page.getByText(t("moves.waits.cloudToTakeOver")).waitFor();
        await page
          .getByRole("button", { name: t("moves.look") })
          .first()
          .click();
        await page
          .getByRole("status")
          .filter({ hasText: t("order.done") })
          .waitFor();
        expect(faults).toEqual([]);
      },
    );

    test("a day of the archive with its failed item, and the log as CSV", async () => {
      const { page, t, faults } = await visitBy();
      await page.getByRole("link", { name: t("nav.archive") }).click();
      await page.getByRole("link", { name: "main" }).click();
      await page.getByRole("link", { name: "23 November 2026" }).click();
      await page.getByText("Y2lzY29zcGFyazovL3VzL01FU1NBR0U").waitFor();
      const csv = await downloaded(page, () =>
        page.getByRole("link", { name: t("action.downloadCsv") }).click(),
      );
      expect(csv).toContain("2026-11-24 07:30:00,120,480,467,6,4,3");
      expect(faults).toEqual([]);
    });

    test("sv: many users by a file: looked at, ordered, left and found again", async () => {
      const { page, town, faults, t } = await visitBy({ language: "sv", role: "support" });
      // The link also tells how many users are in Error.
      const users = page.getByRole("link", { name: new RegExp(`^${t("nav.users")}`) });
      await users.first().click();
      await page.getByRole("button", { name: t("bulk.title") }).click();
      const lines = ["User,Order", "1004,retry", "1000,disable", "1000,enable", "nobody,disable"];
      const buffer = Buffer.from(lines.join("\n"));
      const file = { name: "orders.csv", mimeType: "text/csv", buffer };
      await page.getByLabel(t("bulk.file")).setInputFiles(file);
      await page.getByText(t("bulk.code.twice")).waitFor();
      await page.getByText(t("bulk.code.unknownUser")).waitFor();
      const apply = t("bulk.apply_other").replace("{{count}}", "2");
      await page.getByRole("button", { name: apply }).click();
      await page.getByRole("dialog").getByRole("button", { name: apply }).click();
      await page.getByText(t("bulk.mayLeave")).waitFor();
      await page.getByRole("link", { name: t("nav.overview"), exact: true }).click();
      await answerUsers(town);
      await users.first().click();
      await page.getByRole("button", { name: t("bulk.title") }).click();
      await page.getByRole("link", { name: t("bulk.lines_other").replace("{{count}}", "4") }).click();
      const done = t("bulk.done_other").replace("{{done}}", "2").replace("{{count}}", "2");
      await page.getByText(done).waitFor();
      // Rows that are chosen go the same way.
      await users.first().click();
      await page.getByRole("checkbox").first().check();
      await page.getByRole("checkbox").nth(1).check();
      await page.getByText(t("users.chosen_other").replace("{{count}}", "2")).waitFor();
      await page
        .getByRole("toolbar")
        .getByRole("button", { name: t("action.switchOff") })
        .click();
      await page.getByRole("button", { name: t("bulk.apply_other").replace("{{count}}", "2") }).waitFor();
      expect(faults).toEqual([]);
    });

    test("a person sees their own calendar, and disconnects it; where they are signed in; what is stored", async () => {
      const { page, town, faults, t } = await visitBy({ role: "user", user: "1004" });
      await page.getByText(t("reason.mailboxMissing")).waitFor();
      await page.getByText(t("sessions.here")).waitFor();
      const stored = await downloaded(page, () => page.getByRole("link", { name: t("me.export") }).click());
      expect(JSON.parse(stored)).toMatchObject({ user: { id: "1004", state: "error" } });
      await page.getByRole("button", { name: t("me.disconnect") }).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("me.disconnect") })
        .click();
      await page.getByText(t("order.done"), { exact: true }).waitFor();
      const [given] = await written(town.log, adminCommands);
      expect([given?.key, given?.value.enabled]).toEqual(["nordhamn/o/user-1004", false]);
      expect(faults).toEqual([]);
    });

    test("who may only look is told so, and nothing is sent", async () => {
      const { page, t } = await visitBy({ role: "readOnly" });
      await page
        .getByRole("link", { name: t("reason.mailboxMissing") })
        .first()
        .click();
      await page
        .getByRole("row", { name: /@nordhamn/ })
        .first()
        .click();
      const retry = page.getByRole("button", { name: t("action.retryNow") });
      expect(await retry.getAttribute("aria-disabled")).toBe("true");
      expect(await retry.getAttribute("title")).toBe(t("role.mayNot"));
    });

    test("names that look like tags are shown as they are; a link that was used signs nobody in", async () => {
      const { page, town, origin, t, faults } = await visitBy();
      await page.getByRole("link", { name: t("nav.teams") }).click();
      await page.getByText("<b>Night shift</b>").waitFor();
      expect(faults).toEqual([]);
      const used = signInLink(
        origin,
        signInToken(town.key, { org: null, role: "full", name: "x", user: null }, 0),
      );
      await page.goto(used);
      await page.getByText(t("signedOut.title")).waitFor();
    });

    const places = [
      ["overview", "overview"],
      ["hybrid", "hybrid"],
      ["users", "users?state=error"],
      ["user", "users?state=error&open=1004"],
      ["groups", "hybrid/groups/setup/prerequisites"],
      ["teams", "teams"],
      ["archive", "archive/main"],
      ["archive-day", "archive/main/2026-11-23"],
      ["explain", "explain"],
      ["rules", "explain/rules"],
      ["workspaces", "workspaces"],
      ["migrations", "migrations"],
      ["audit", "audit"],
      ["bulk", "users-bulk"],
      ["sessions", "sessions"],
      ["me", "../../me"],
      ["settings", "settings"],
    ] as const;

    // On a busy machine all pages in one test would take longer than a test may.
    const halves = [places.slice(0, 7), places.slice(7)];
    const looksOfHalves = [{}, { isDark: true }, { language: "sv" as const }].flatMap((looks) =>
      halves.map((half, n) => [looks, n, half] as const),
    );

    test.each(looksOfHalves)(
      "axe finds nothing serious on any page: %j, half %i",
      async (looks: Looks, _half, half) => {
        const { page, origin, faults, t } = await visitBy(looks);
        const found: string[] = [];
        for (const [name, place] of half) {
          await page.goto(`${origin}/o/nordhamn/${place}`);
          await page.getByRole("heading", { level: 1 }).waitFor();
          if (name !== "me") await page.getByText("nordhamn").first().waitFor();
          else await page.getByText(t("sessions.here")).waitFor();
          await expect
            .poll(() => page.getByRole("status").filter({ hasText: /./ }).count())
            .toBeGreaterThanOrEqual(0);
          found.push(...(await seriousFaults(page)).map((fault) => `${name}: ${fault}`));
          await picture(page, name, looks);
        }
        expect(found).toEqual([]);
        expect(faults).toEqual([]);
      },
    );
  },
);
