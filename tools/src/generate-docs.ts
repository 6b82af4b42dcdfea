import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./generated-files.ts";

const root = join(import.meta.dirname, "../..");

for (const { path, text, once } of generatedFiles()) {
  const target = join(root, path);
  const present = existsSync(target);
  if (present && (once || readFileSync(target, "utf8") === text)) continue;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`${present ? "updated" : "written"} ${path}`);
}
