import { PassThrough } from "node:stream";
import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { isWanted } from "../src/commands/archive-create.ts";
import { canBeAsked, isAgreed, type Terminal } from "../src/terminal-question.ts";

/** Streams that say of themselves that they are a terminal, and what was shown on them. */
const pseudoTerminal = (isTTY = true) => {
  const end = () => Object.assign(new PassThrough(), { isTTY, setRawMode: () => undefined, columns: 80 });
  const [input, output] = [end(), end()];
  let shown = "";
  output.setEncoding("utf8").on("data", (text: string) => void (shown += text));
  const terminal: Terminal = { input, output };
  return { terminal, type: (keys: string) => void input.write(keys), input, shown: () => shown };
};

test.each([
  ["y\r", true],
  ["YES\r", true],
  ["  yes \r", true],
  ["yy\u007f\r", true],
  ["\r", false],
  ["n\r", false],
  ["yesterday\r", false],
  ["\u0003", false],
  ["\u0004", false],
])("a person who types %j is taken at their word", async (keys, isYes) => {
  const { terminal, type, shown } = pseudoTerminal();
  const agreed = isAgreed(terminal, "Make this connector?");
  type(keys);
  expect(await agreed).toBe(isYes);
  expect(shown()).toContain("Make this connector? [y/N]");
});

test("a terminal that goes away while it is asked says no", async () => {
  const { terminal, input } = pseudoTerminal();
  const agreed = isAgreed(terminal, "Make this connector?");
  input.end();
  expect(await agreed).toBe(false);
});

test("only a terminal at both ends can be asked", () => {
  const [real, pipe] = [pseudoTerminal().terminal, pseudoTerminal(false).terminal];
  expect(canBeAsked(real)).toBe(true);
  expect(canBeAsked({ input: pipe.input, output: real.output })).toBe(false);
  expect(canBeAsked({ input: real.input, output: pipe.output })).toBe(false);
});

test("a connector is made after a yes at the terminal, or by --yes; nobody at the terminal is refused", async () => {
  const { terminal, type, shown } = pseudoTerminal();
  const asked = isWanted({ yes: false, json: false }, terminal);
  type("y\r");
  expect(await asked).toBe(true);
  const declined = isWanted({ yes: false, json: false }, terminal);
  type("\r");
  expect(await declined).toBe(false);
  const before = shown();
  expect(await isWanted({ yes: true, json: false }, terminal)).toBe(true);
  expect(await isWanted({ yes: false, json: true }, terminal)).toBe(false);
  expect(shown()).toBe(before);
  const pipe = pseudoTerminal(false).terminal;
  await expect(isWanted({ yes: false, json: false }, pipe)).rejects.toBeInstanceOf(ConfigError);
  expect(await isWanted({ yes: true, json: false }, pipe)).toBe(true);
});
