import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dataTopicsFile, dataTopicsPath } from "./data-topics-file.ts";

const root = join(import.meta.dirname, "../..");

const write = (path: string, text: string, once = false): void => {
  const target = join(root, path);
  const present = existsSync(target);
  if (present && (once || readFileSync(target, "utf8") === text)) return;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`${present ? "updated" : "written"} ${path}`);
};

write(dataTopicsPath, await dataTopicsFile());
// Everything else is made from the topics as they are now.
const { generatedFiles } = await import("./generated-files.ts");
for (const { path, text, once } of generatedFiles()) write(path, text, once);
