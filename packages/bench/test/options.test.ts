import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { benches } from "../src/catalog.ts";
import { readOptions } from "../src/options.ts";

const known = ["loop", "ingest"];

test("without arguments everything runs at full size", () => {
  expect(readOptions([], known)).toEqual({
    names: [],
    list: false,
    json: false,
    help: false,
    scale: 1,
    rounds: 5,
    roundSeconds: 3,
    folder: null,
    profile: null,
  });
});

test("names and settings are read", () => {
  const args = [
    "loop",
    "--json",
    "--scale",
    "0.5",
    "loop",
    "--rounds=3",
    "--seconds",
    "0.5",
    "--folder",
    "a",
  ];
  expect(readOptions([...args, "--profile", "b"], known)).toMatchObject({
    names: ["loop"],
    json: true,
    scale: 0.5,
    rounds: 3,
    roundSeconds: 0.5,
    folder: "a",
    profile: "b",
  });
});

test("every fault is named at once", () => {
  const args = ["lop", "--scale", "2", "--rounds", "1.5", "--seconds", ""];
  const faults = (): readonly string[] => {
    try {
      readOptions(args, known);
    } catch (error) {
      if (error instanceof ConfigError) return error.faults;
    }
    return [];
  };
  expect(faults()).toEqual([
    'there is no bench "lop"; there are loop, ingest',
    '--scale is "2"; it must be 0.0001 to 1',
    '--rounds is "1.5"; it must be a whole number',
    '--seconds is ""; it must be 0.1 to 60',
  ]);
});

test("an unknown option is refused by name", () => {
  expect(() => readOptions(["--quick"], known)).toThrow(ConfigError);
  expect(() => readOptions(["--quick"], known)).toThrow("--quick");
});

test("figures have names of their own, start with their bench's name and have a unit of one word", () => {
  const all = benches.flatMap(({ name, figures }) => figures.map((figure) => ({ bench: name, ...figure })));
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { bench, name, unit } of all) {
    expect(name).toMatch(new RegExp(`^${bench}-[a-z0-9-]+$`));
    expect(unit).toMatch(/^\S+$/);
  }
});
