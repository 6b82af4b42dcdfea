import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import {
  choice,
  commaList,
  decimal,
  duration,
  durationText,
  Faults,
  flag,
  pem,
  port,
  readSettings,
  renewedSecret,
  type Setting,
  secret,
  settingsOrThrow,
  text,
  url,
  whole,
} from "../src/index.ts";

const meaning = "What it is for.";

const read = <Value>(setting: Setting<Value>, given: string | undefined) => {
  const faults = new Faults();
  const values = readSettings({ NAME: setting }, { NAME: given }, faults);
  return { value: values?.NAME, faults: faults.found };
};

const shapes = {
  whole: whole({ meaning, min: 0, max: 2_000 }),
  port: port({ meaning }),
  decimal: decimal({ meaning, min: 0, max: 2_000 }),
  duration: duration({ meaning, min: 0, max: 86_400_000 }),
  choice: choice(["one", "two"], { meaning }),
  flag: flag({ meaning }),
  url: url({ meaning, protocols: ["https"] }),
  list: commaList(whole({ meaning, min: 0, max: 9 })),
};

const sameRefusals = Object.entries(shapes).flatMap(([shape, setting]) =>
  ["", " ", "\t\n", "0x10", "1e3", "8 ", " 8", "8\n", "-1", "+1", "٣", "1_000", "1,", "NaN", "Infinity"].map(
    (given) => [shape, given, setting as Setting<unknown>] as const,
  ),
);

test.each(sameRefusals)(
  "%s: %j is refused by the variable's name and never guessed at",
  (_, given, setting) => {
    const { value, faults } = read(setting, given);
    expect(value).toBeUndefined();
    expect(faults).toEqual([expect.stringMatching(/^NAME: (must|is empty|has blanks)/)]);
  },
);

test("what is given is read, what is not is the default, and what is neither must be set", () => {
  expect(read(shapes.whole, "0007").value).toBe(7);
  expect(read(shapes.decimal, "0.25").value).toBe(0.25);
  expect(read(shapes.flag, "true").value).toBe(true);
  expect(read(shapes.choice, "two").value).toBe("two");
  expect(read(shapes.list, "1, 2,3").value).toEqual([1, 2, 3]);
  expect(read(shapes.url, "https://a.example/x").value).toBe("https://a.example/x");
  expect(read(shapes.whole.orElse(5), undefined).value).toBe(5);
  expect(read(shapes.whole.optional(), undefined)).toEqual({ value: undefined, faults: [] });
  expect(read(shapes.whole, undefined).faults).toEqual(["NAME: must be set. What it is for."]);
  expect(read(secret({ meaning }), undefined).faults).toEqual([
    "NAME: must be set, or NAME_FILE. What it is for.",
  ]);
});

test("a word that is nearly right gets the right one", () => {
  expect(read(shapes.choice, "tow").faults).toEqual(['NAME: must be one of one, two; did you mean "two"?']);
});

test("bounds hold exactly, for whole numbers, fractions and lengths of time", () => {
  const bounds = fc.tuple(fc.nat(10_000), fc.nat(10_000)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
  fc.assert(
    fc.property(bounds, fc.nat(12_000), ([min = 0, max = 0], number) => {
      const fits = number >= min && number <= max;
      for (const setting of [
        whole({ meaning, min, max }),
        decimal({ meaning, min, max }),
        duration({ meaning, min, max }),
      ])
        expect(read(setting, String(number)).value).toBe(fits ? number : undefined);
    }),
  );
});

test("a length of time means the same however it is written, and its own text is read back", () => {
  const any = duration({ meaning, min: 0, max: 10 ** 13 });
  expect(["500ms", "45s", "10m", "24h", "7d", "1500"].map((given) => read(any, given).value)).toEqual([
    500, 45_000, 600_000, 86_400_000, 604_800_000, 1_500,
  ]);
  fc.assert(
    fc.property(fc.nat(10 ** 9), (ms) => {
      expect(read(any, durationText(ms)).value).toBe(ms);
      expect(any.orElse(ms).defaultText).toBe(durationText(ms));
    }),
  );
  for (const given of ["1.5h", "1 h", "1H", "h", "1h30m"]) expect(read(any, given).value).toBeUndefined();
});

test("every fault is told at once, and none repeats what was given", () => {
  const vocabulary = {
    A: whole({ meaning, min: 1, max: 2 }),
    B: url({ meaning, protocols: ["redis", "rediss"] }),
    C: secret({ meaning, read: () => ({ fault: "must be longer" }) }),
    D: text({ meaning, pattern: /^[a-z]+$/, must: "small letters" }),
  };
  const given = { A: "hunter2", B: "http://:hunter2@x", C: "hunter2", D: "hunter2" };
  let thrown: unknown;
  try {
    settingsOrThrow("it cannot start", vocabulary, given);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  expect((thrown as ConfigError).faults.map((fault) => fault.slice(0, 2))).toEqual(["A:", "B:", "C:", "D:"]);
  expect((thrown as ConfigError).message).not.toContain("hunter2");
});

test("how settings go together is checked as well", () => {
  const vocabulary = { SHORT: shapes.whole, LONG: shapes.whole };
  const check = (values: { SHORT: number; LONG: number }, faults: Faults): void => {
    if (values.LONG < values.SHORT) faults.add("LONG", "must not be shorter than SHORT");
  };
  expect(settingsOrThrow("x", vocabulary, { SHORT: "1", LONG: "2" }, check)).toEqual({ SHORT: 1, LONG: 2 });
  expect(() => settingsOrThrow("x", vocabulary, { SHORT: "2", LONG: "1" }, check)).toThrow(
    "LONG: must not be shorter than SHORT",
  );
});

const fileOf = async (content: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "settings-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "secret");
  await writeFile(path, content);
  return path;
};

const readFrom = <Value>(setting: Setting<Value>, variables: Record<string, string>) => {
  const faults = new Faults();
  return { value: readSettings({ KEY: setting }, variables, faults)?.KEY, faults: faults.found };
};

test("a secret comes from its variable or from a file, but not from both", async () => {
  const setting = secret({ meaning });
  const path = await fileOf("open-sesame\n");
  expect(readFrom(setting, { KEY: "open-sesame" }).value).toBe("open-sesame");
  expect(readFrom(setting, { KEY_FILE: path }).value).toBe("open-sesame");
  expect(readFrom(setting, { KEY: "a", KEY_FILE: path }).faults).toEqual([
    "KEY: is given beside KEY_FILE; give one of them",
  ]);
  expect(readFrom(setting, { KEY_FILE: `${path}-not` }).faults).toEqual([
    `KEY_FILE: ${path}-not cannot be read (ENOENT)`,
  ]);
  expect(readFrom(setting, { KEY_FILE: await fileOf("\n") }).faults).toEqual(["KEY_FILE: the file is empty"]);
  expect(readFrom(setting, { KEY_FILE: "" }).faults[0]).toMatch(/^KEY_FILE: is empty/);
  expect(readFrom(pem({ meaning }), { KEY_FILE: path }).faults).toEqual([
    "KEY_FILE: what the file holds is no PEM, which begins with -----BEGIN",
  ]);
});

test("a setting that is no secret is not looked for in a file", async () => {
  const { value, faults } = readFrom(shapes.whole.orElse(1), { KEY_FILE: await fileOf("2") });
  expect([value, faults]).toEqual([1, []]);
});

test("a secret that others renew is read again before each use", async () => {
  const path = await fileOf("first\n");
  const { value } = readFrom(renewedSecret({ meaning }), { KEY_FILE: path });
  expect(await value?.()).toBe("first");
  await writeFile(path, "second\n");
  expect(await value?.()).toBe("second");
  expect(await readFrom(renewedSecret({ meaning }), { KEY: "given" }).value?.()).toBe("given");
});
