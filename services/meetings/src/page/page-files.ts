import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { extname, join } from "node:path";

const folder = join(import.meta.dirname, "../../page");

/** Everything that a browser may ask for; nothing else of the folder is given out. */
export const pageFiles = [
  "index.html",
  "page.css",
  "icon.svg",
  "main.ts",
  "agenda.ts",
  "elements.ts",
  "event-lines.ts",
  "meeting-draft.ts",
  "meeting-form.ts",
  "meetings-api.ts",
  "render.ts",
  "words.ts",
] as const;
/** See {@link pageFiles}. */
export type PageFile = (typeof pageFiles)[number];

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ts": "text/javascript; charset=utf-8",
};

/** A file as a browser takes it. */
export interface ServedFile {
  readonly type: string;
  readonly content: string;
}

const served = async (file: PageFile): Promise<ServedFile> => {
  const source = await readFile(join(folder, file), "utf8");
  const extension = extname(file);
  return {
    type: types[extension] ?? "application/octet-stream",
    // The sources are the page: without their types browsers run them, and there is nothing to build.
    content: extension === ".ts" ? stripTypeScriptTypes(source) : source,
  };
};

/** Reads a file of the page once, and gives the same from then on. */
export const createPageFiles = (): ((file: PageFile) => Promise<ServedFile>) => {
  const read = new Map<PageFile, Promise<ServedFile>>();
  return (file) => {
    const known = read.get(file) ?? served(file);
    read.set(file, known);
    return known;
  };
};
