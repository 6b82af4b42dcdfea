import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Faults } from "./faults.ts";
import type { Read, Setting } from "./setting.ts";

/** Environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

// oxlint-disable-next-line typescript/no-explicit-any -- settings of any value stand side by side.
type AnySetting = Setting<any>;

/** Settings by their names. */
export type Vocabulary = Readonly<Record<string, AnySetting>>;

/** The values of a vocabulary by their names. */
export type ValuesOf<Words extends Vocabulary> = {
  readonly [Name in keyof Words]: Words[Name] extends Setting<infer Value> ? Value : never;
};

const fileName = (name: string): string => `${name}_FILE`;

/** Every variable that a vocabulary reads: its names, and those of the files of its secrets. */
export const namesOf = (vocabulary: Vocabulary): readonly string[] =>
  Object.entries(vocabulary).flatMap(([name, { isSecret }]) => (isSecret ? [name, fileName(name)] : [name]));

/** The variable under which a setting is given: its own, or that of its file; its own when neither is. */
export const givenName = (variables: Variables, name: string): string =>
  variables[name] === undefined && variables[fileName(name)] !== undefined ? fileName(name) : name;

/** Whether a setting is given, in its variable or in a file. */
export const isGiven = (variables: Variables, name: string): boolean =>
  variables[givenName(variables, name)] !== undefined;

/** Refusals that all texts have in common: a variable that is empty was forgotten, blanks are invisible. */
const checkText = (text: string, isSecret: boolean): string | undefined => {
  if (text.trim() === "") return "is empty; give it a value, or leave the variable out";
  if (isSecret) return undefined;
  return text === text.trim() ? undefined : "has blanks or an end of line before or after it";
};

const codeOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error;

const readText = (setting: AnySetting, text: string): Read<unknown> => {
  const fault = checkText(text, setting.isSecret);
  return fault === undefined ? setting.parts.read(text) : { fault };
};

const readSecretFile = (setting: AnySetting, path: string): Read<unknown> => {
  const fault = checkText(path, false);
  if (fault !== undefined) return { fault };
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    return { fault: `${path} cannot be read (${codeOf(error)})` };
  }
  if (text.trim() === "") return { fault: "the file is empty" };
  const read = setting.parts.read(text);
  if ("fault" in read) return { fault: `what the file holds ${read.fault}` };
  if (setting.parts.source !== "renewed") return read;
  return { value: async (): Promise<string> => (await readFile(path, "utf8")).trim() };
};

const readOne = (name: string, setting: AnySetting, variables: Variables, faults: Faults): unknown => {
  const file = setting.isSecret ? variables[fileName(name)] : undefined;
  const text = variables[name];
  if (file !== undefined && text !== undefined)
    return faults.add(name, `is given beside ${fileName(name)}; give one of them`);
  if (file === undefined && text === undefined) {
    if (!setting.required) return setting.fallback as unknown;
    const or = setting.isSecret ? `, or ${fileName(name)}` : "";
    return faults.add(name, `must be set${or}. ${setting.parts.meaning}`);
  }
  const read = file === undefined ? readText(setting, text ?? "") : readSecretFile(setting, file);
  if ("value" in read) return read.value;
  return faults.add(givenName(variables, name), read.fault);
};

/**
 * The values of a vocabulary; files of secrets are read at once. What cannot be used is added to `faults`,
 * each with its variable, and then the result is undefined. No fault repeats a value.
 */
export const readSettings = <Words extends Vocabulary>(
  vocabulary: Words,
  variables: Variables,
  faults: Faults,
): ValuesOf<Words> | undefined => {
  const before = faults.found.length;
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(vocabulary))
    values[name] = readOne(name, setting, variables, faults);
  return faults.found.length === before ? (values as ValuesOf<Words>) : undefined;
};

/**
 * The values of a vocabulary. Throws ConfigError with every fault at once; `what` says what cannot be done.
 * `check` adds faults that lie in how settings go together; it sees only values that are right by themselves.
 */
export const settingsOrThrow = <Words extends Vocabulary>(
  what: string,
  vocabulary: Words,
  variables: Variables,
  check?: (values: ValuesOf<Words>, faults: Faults) => void,
): ValuesOf<Words> => {
  const faults = new Faults();
  const values = readSettings(vocabulary, variables, faults);
  if (values !== undefined) check?.(values, faults);
  faults.raise(what);
  return values as ValuesOf<Words>;
};
