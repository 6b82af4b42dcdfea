import { createRequire } from "node:module";
import { chromiumPath, openBrowser } from "@hybrid/tools/chromium";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { setUpCalendar } from "./walk/calendar.ts";
import { firstGroup, setUpGroups } from "./walk/groups.ts";
import type { Product } from "./walk/product.ts";
import { activateUsers } from "./walk/users.ts";
import { type Language, signIn, visitor } from "./walk/visitor.ts";

// Node loads the product itself, as it does for `hybrid`: Vitest would translate every file of it first.
const { startProduct } = createRequire(import.meta.url)("./walk/product.ts") as {
  readonly startProduct: () => Promise<Product>;
};

describe.skipIf(chromiumPath === undefined)("set up in Chromium", { timeout: 240_000 }, () => {
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
    await setUpGroups(product, admin);
    await firstGroup(product, admin);
    expect(admin.faults).toEqual([]);
  });
});
