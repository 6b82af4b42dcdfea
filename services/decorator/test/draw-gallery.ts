import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { putBlock } from "../src/domain/body-editor.ts";
import { joinBlock, plainStyle } from "../src/domain/join-block.ts";
import { type Language, languages } from "../src/domain/languages/catalogue.ts";
import { room } from "./bodies.ts";

/*
 * Draws every body of the gallery with join details in it, as a browser shows it, for people to look at:
 *   node services/decorator/test/draw-gallery.ts FOLDER
 * CHROMIUM names the browser; `chromium` when left out.
 */

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder for the pictures");
const source = join(import.meta.dirname, "gallery");
const size = { width: 640, height: 480 };

/** Languages and places in turn, so that the pictures show each of them. */
const blockOf = (nth: number) => {
  const language: Language = languages[nth % languages.length] ?? "en";
  const place = (["personalRoom", "oneTime", "space"] as const)[nth % 3] ?? "personalRoom";
  const made = place === "personalRoom" ? {} : { meetingNumber: "2345 678 9012", password: "sKy7Blue" };
  const texts = nth === 0 ? { header: "Welcome to Acme", footer: "Help: it@acme.example" } : {};
  return joinBlock({ ...room, ...made }, language, { ...plainStyle, place, ...texts });
};

const draw = (page: string, picture: string): void => {
  const options = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    `--window-size=${size.width},${size.height}`,
    `--screenshot=${picture}`,
  ];
  execFileSync(process.env["CHROMIUM"] ?? "chromium", [...options, pathToFileURL(page).href], {
    stdio: "ignore",
  });
};

mkdirSync(folder, { recursive: true });
const pages = mkdtempSync(join(tmpdir(), "gallery-"));
try {
  for (const [nth, name] of readdirSync(source).toSorted().entries()) {
    const { html } = putBlock(readFileSync(join(source, name), "utf8"), blockOf(nth), null);
    const page = join(pages, name);
    // Mail programs show a body in their own page, which says the encoding.
    writeFileSync(page, `<meta charset="utf-8">${html}`);
    draw(page, join(folder, `${basename(name, ".html")}.png`));
  }
} finally {
  rmSync(pages, { recursive: true });
}
