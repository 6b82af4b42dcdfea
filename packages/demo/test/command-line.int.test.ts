import { expect, test } from "vitest";
import { runDemo } from "./run-demo.ts";

test("help shows the options with examples, and not the faults that can be planted", async () => {
  const { code, stdout } = await runDemo(["--help"]);
  expect(code).toBe(0);
  for (const option of [
    "--once",
    "--chapter",
    "--mailboxes",
    "--seed",
    "--kill-at",
    "--keep",
    "--json",
    "--log",
  ])
    expect(stdout).toContain(option);
  expect(stdout).toContain("pnpm demo --once --log kafka");
  expect(stdout).not.toContain("--plant");
});

test.each([
  [["--log", "paper"], "embedded, kafka"],
  [["--seed", "x"], "must be a whole number"],
  [["--onec"], "Did you mean --once?"],
])("%j is a mistake that is answered in words, with code 2", async (words, said) => {
  const { code, stdout, stderr } = await runDemo(words);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(said);
  expect(stderr).not.toMatch(/\n\s+at /);
});
