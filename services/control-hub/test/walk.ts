import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Role } from "@hybrid/control-hub-page/api";
import { builtPage } from "@hybrid/control-hub-page/built";
import type { Browser, Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { signInToken } from "../src/adapters/sign-in-links.ts";
import { signInLink } from "../src/sign-in-link.ts";
import { type Scene, scene } from "./scene.ts";
import { fillTown } from "./town.ts";

const textsOf = async (language: string): Promise<Record<string, string>> =>
  JSON.parse(
    await readFile(
      join(import.meta.dirname, `../../../packages/control-hub-page/page/words/${language}.json`),
      "utf8",
    ),
  ) as Record<string, string>;

const texts = { en: await textsOf("en"), sv: await textsOf("sv") };

/** A language of the page. */
export type Language = keyof typeof texts;

const said = (language: Language, name: string): string => texts[language][name] ?? name;

/** How the page is looked at. */
export interface Looks {
  readonly language?: Language;
  readonly role?: Role;
  /** Which user of the directory is signed in; null when left out: none. */
  readonly user?: string;
  readonly isDark?: boolean;
  /** What is there before; the whole town when left out. */
  readonly fill?: (town: Scene) => Promise<void>;
}

/** The page in a browser before the server of a scene of its own. */
export const visit = async (
  browser: Browser,
  { language = "en", role = "full", user, isDark = false, fill = fillTown }: Looks = {},
) => {
  const town = await scene(builtPage);
  await fill(town);
  await town.app.listen({ host: "127.0.0.1", port: 0 });
  const origin = `http://localhost:${(town.app.server.address() as AddressInfo).port}`;
  const context = await browser.newContext({
    locale: language === "sv" ? "sv-SE" : "en-GB",
    timezoneId: "Europe/Stockholm",
    colorScheme: isDark ? "dark" : "light",
    reducedMotion: "reduce",
    viewport: { width: 1280, height: 860 },
    acceptDownloads: true,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (/content security policy|trusted/i.test(message.text())) faults.push(message.text());
  });
  const guest = { org: "nordhamn", role, name: "ada@acme.example", user: user ?? null } as const;
  await page.goto(signInLink(origin, signInToken(town.key, guest, town.clock.now())));
  await page.getByRole("heading", { level: 1 }).waitFor();
  return { town, page, origin, faults, t: (name: string) => said(language, name) };
};

const pictures = join(import.meta.dirname, "../../../docs/pictures");

/** Those that the repository keeps; every page was looked at. */
const shown: ReadonlySet<string> = new Set([
  "overview-light",
  "overview-dark",
  "user-light",
  "user-dark",
  "groups-light",
  "hybrid-dark",
  "set-up-trial-light",
  "settings-edited-light",
]);

/**
 * HYBRID_PICTURES=1 makes the pictures of the documentation again; with the name of a folder every page is
 * pictured there, in every look.
 */
export const picture = async (
  page: Page,
  name: string,
  { isDark = false, language = "en" }: Looks,
): Promise<void> => {
  const wanted = process.env["HYBRID_PICTURES"];
  const theme = isDark ? "dark" : "light";
  const isShown = language === "en" && shown.has(`${name}-${theme}`);
  if (wanted === undefined || (wanted === "1" && !isShown)) return;
  const path =
    wanted === "1"
      ? join(pictures, `hub-${name}-${theme}.png`)
      : join(wanted, `${name}-${theme}-${language}.png`);
  await page.screenshot({ path });
};

/** What a press downloads. */
export const downloaded = async (page: Page, press: () => Promise<void>): Promise<string> => {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return readFile(await download.path(), "utf8");
};
