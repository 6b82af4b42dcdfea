import { createRequire } from "node:module";
import { chromiumPath, openBrowser } from "@hybrid/tools/chromium";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { firstDay, setUpArchive } from "./walk/archive.ts";
import { orderMany } from "./walk/bulk.ts";
import { setUpCalendar } from "./walk/calendar.ts";
import { firstGroup, setUpGroups } from "./walk/groups.ts";
import type { Product } from "./walk/product.ts";
import { refuseRoles } from "./walk/roles.ts";
import { activateUsers } from "./walk/users.ts";
import { type Language, signIn, visitor } from "./walk/visitor.ts";

// Node loads the product itself, as it does for `hybrid`: Vitest would translate every file of it first.
const { startProduct } = createRequire(import.meta.url)("./walk/product.ts") as {
  readonly startProduct: () => Promise<Product>;
};

/*
 * Goal: an administrator comes from nothing to the first Active user, the first group, the first archive day.
 * Method: the page in a real browser, in both languages, before the services as `hybrid up` runs them and
 * both simulators. Nothing is put into topics; the time of services and simulators goes on faster than ours.
 *
 * "Set up Microsoft 365 Groups integration" (help.webex.com), steps in order:
 *
 * | step | done on the page | seen |
 * |---|---|---|
 * | 1 sign in, Hybrid page | signs in by the simulated provider, Hybrid | the cards |
 * | 2 the card | Groups integration | what is missing |
 * | 3 View prerequisites | at first the tenant; then each confirmation | ticks that turn |
 * | 4 Next | Next | the note about permissions |
 * | 5 note, Authorize | Authorize | the simulated Microsoft |
 * | 6 credentials | Ada is chosen: the simulator asks for no password | the permissions |
 * | 7 Accept | accepts there, then Accept here | success |
 * | 8 Go to settings | Go to settings; Hybrid, Edit settings | the settings |
 * | 9 the switch | Enable Microsoft 365 Groups Integration | on; a team gets its group |
 *
 * "Set up a connector to archive Webex Teams data" (learn.microsoft.com):
 *
 * | step | done on the page | seen |
 * |---|---|---|
 * | 1.1, 1.2 Data connectors, Add connector | Hybrid, Add connector | the terms |
 * | 1.3 Accept | Accept | the name |
 * | 1.4 unique name, Next | main, Next | the source |
 * | 1.5, 2 sign in elsewhere, Save & Finish | Save & Finish: there is no elsewhere | the feed is read |
 * | 3.1 automatic user mapping | it is on | why nobody can be foreseen yet |
 * | 3.2 Provide Consent, Accept | the same, Accept at Microsoft | accepted |
 * | 3.3 Next, review, progress | Next, the review, Make | whose mailboxes; the connector runs |
 * | 4 status, Download log | See days, Download log | the first day, and its log |
 *
 * Hybrid Calendar with Office 365, "Authentication and authorization during deployment": start of the set-up,
 * redirect, sign-in and permissions, agreement, test address, indication of success: its wizard, and before
 * it a refusal. Then users are switched on, one fails and is mended; ten thousand lines of CSV; three roles.
 */
describe.skipIf(chromiumPath === undefined)("set up in Chromium", { timeout: 600_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 120_000);
  afterAll(() => browser?.close());

  test.each<Language>(["en", "sv"])("%s: from nothing", async (language) => {
    const product = await startProduct();
    onTestFinished(() => product.stop());
    const admin = await visitor(browser, product, language);
    await signIn(product, admin, ["Hub.Admin"]);
    await setUpCalendar(admin);
    await activateUsers(product, admin);
    await orderMany(product, admin);
    await refuseRoles(browser, product, language);
    await setUpGroups(product, admin);
    await firstGroup(product, admin);
    await setUpArchive(product, admin);
    await firstDay(product, admin);
    expect(admin.faults).toEqual([]);
  });
});
