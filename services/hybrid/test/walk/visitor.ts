import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { seconds } from "@hybrid/kernel";
import type { Browser, Locator, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { customer, type Inhabitant, people } from "./customer.ts";
import type { Product } from "./product.ts";

const wordsOf = async (language: string): Promise<Readonly<Record<string, string>>> =>
  JSON.parse(
    await readFile(
      join(import.meta.dirname, `../../../../packages/control-hub-page/page/words/${language}.json`),
      "utf8",
    ),
  ) as Readonly<Record<string, string>>;

const words = { en: await wordsOf("en"), sv: await wordsOf("sv") };

/** A language of the page. */
export type Language = keyof typeof words;

/** What fills the gaps of a text. */
type Gaps = Readonly<Record<string, string | number>>;

/** The page in somebody's browser, found by what it says, never by how it is built. */
export interface Visitor {
  readonly page: Page;
  readonly t: (name: string, gaps?: Gaps) => string;
  /** Presses the one button of this name. */
  readonly press: (word: string, gaps?: Gaps) => Promise<void>;
  /** Presses it in the dialog that asks. */
  readonly confirm: (word: string, gaps?: Gaps) => Promise<void>;
  readonly follow: (word: string) => Promise<void>;
  /** Waits until the page says it. */
  readonly sees: (text: string) => Promise<void>;
  /** At the simulated Microsoft: who one is, and that one accepts. */
  readonly acceptAs: (person: Inhabitant) => Promise<void>;
  /** What was found wrong in the browser. */
  readonly faults: readonly string[];
}

const text = (language: Language, name: string, gaps: Gaps = {}): string =>
  Object.entries(gaps).reduce(
    (said, [gap, value]) => said.replaceAll(`{{${gap}}}`, String(value)),
    words[language][name] ?? name,
  );

const watch = (page: Page): string[] => {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (/content security policy|trusted/i.test(message.text())) faults.push(message.text());
  });
  return faults;
};

/** A browser before the page, where nobody is signed in yet. */
export const visitor = async (
  browser: Browser,
  { origin }: Product,
  language: Language,
): Promise<Visitor> => {
  const context = await browser.newContext({
    locale: language === "sv" ? "sv-SE" : "en-GB",
    timezoneId: "Europe/Stockholm",
    reducedMotion: "reduce",
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
    // The simulated Microsoft has a certificate of its own authority.
    ignoreHTTPSErrors: true,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = watch(page);
  const t = (name: string, gaps?: Gaps): string => text(language, name, gaps);
  await page.goto(origin);
  return {
    page,
    t,
    faults,
    press: (word, gaps) => page.getByRole("button", { name: t(word, gaps), exact: true }).click(),
    confirm: (word, gaps) =>
      page
        .getByRole("dialog")
        .getByRole("button", { name: t(word, gaps), exact: true })
        .click(),
    follow: (word) =>
      page
        .getByRole("navigation")
        .getByRole("link", { name: new RegExp(`^${t(word)}`) })
        .first()
        .click(),
    sees: (said) => page.getByText(said).first().waitFor(),
    acceptAs: async ({ mail }) => {
      await page
        .getByRole("listitem")
        .filter({ hasText: `(${mail})` })
        .getByRole("link", { name: "accept" })
        .click();
    },
  };
};

/** Signs in by the simulated provider, with these app roles. */
export const signIn = async (
  { graph }: Product,
  { page, t }: Visitor,
  roles: readonly string[],
  { objectId }: Inhabitant = people[0],
): Promise<void> => {
  graph.setSignedIn({ tenantId: customer.tenantId, userId: objectId, accepts: true, claims: { roles } });
  await page.getByRole("link", { name: t("signedOut.signIn"), exact: true }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForURL(/\/(?:o|me)\b/);
  graph.setSignedIn(null);
};

/** Waits until it is so, or is seen, while the time of services and simulators goes on faster than ours. */
export const meanwhile = async (
  { clock }: Product,
  seen: Locator | (() => Promise<boolean>),
): Promise<void> => {
  await expect
    .poll(
      async () => {
        clock.advance(seconds(2));
        return await (typeof seen === "function" ? seen() : seen.isVisible());
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBe(true);
};
