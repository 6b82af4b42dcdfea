import { expect, test } from "vitest";
import { entryPoints } from "../src/tidy/package-rules.ts";
import { treeOf } from "../src/tidy/rule.ts";

const faultsOf = (manifest: object): readonly string[] => {
  const files = [
    { path: "packages/log/package.json", text: JSON.stringify(manifest) },
    { path: "packages/log/src/port.ts", text: "export {};\n" },
  ];
  return entryPoints(treeOf(files, [])).map(({ message }) => message);
};

test("what a package offers to be imported is there", () => {
  expect(faultsOf({ exports: { "./port": "./src/port.ts" }, imports: { "#all/*": "./src/*.ts" } })).toEqual(
    [],
  );
  expect(
    faultsOf({ exports: { ".": "./src/index.ts" }, imports: { "#domain/*": "./src/domain/*.ts" } }),
  ).toEqual([
    ". leads to ./src/index.ts, where nothing is",
    "#domain/* leads to ./src/domain/*.ts, where nothing is",
  ]);
});
