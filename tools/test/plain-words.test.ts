import { expect, test } from "vitest";
import { plainWords } from "../src/tidy/plain-words.ts";
import { treeOf } from "../src/tidy/rule.ts";

const faultsOf = (path: string, text: string): readonly string[] =>
  plainWords(treeOf([{ path, text }], [])).map(({ line, message }) => `${line} ${message}`);

test.each([
  [
    "a comment",
    "a.ts",
    "\n/** Begins anew. */\n",
    '2 "anew": say "again", or what happens: recreated, rewritten',
  ],
  [
    "a message",
    "a.ts",
    'throw new Error("whoever");\n',
    '1 "whoever": name who it is: a client, a reader, the next owner',
  ],
  ["a template", "a.ts", "const a = `it shall ${end}`;\n", '1 "shall": say "must", "is to" or "will"'],
  ["a document", "README.md", "# A\n\nWaits for so long.\n", '3 "for so long": name the number or the time'],
  [
    "words on two lines",
    "a.ts",
    "/*\n * It stays as\n * it is.\n */\n",
    '2 "stays as it is": say "unchanged"',
  ],
])("a riddle in %s is found", (_where, path, text, fault) => {
  expect(faultsOf(path, text)).toEqual([fault]);
});

test.each([
  ["names of code", "a.ts", "export const shall = whoever.anew;\n"],
  ["an ordinary clause", "README.md", "An event as it is stored is returned as it is stored.\n"],
  ["other files", "LICENSE", "You shall.\n"],
  ["patterns", "a.ts", "export const a = /shall/;\n"],
])("%s may say so", (_what, path, text) => {
  expect(faultsOf(path, text)).toEqual([]);
});
