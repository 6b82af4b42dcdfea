import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { completionScript, type Shell, shells } from "../src/completion.ts";
import { program } from "../src/program.ts";

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;

test.each(shells)("the script for %s knows every command, and none that is hidden", (shell) => {
  const script = completionScript(program(), shell);
  for (const word of ["simulate", "users", "import", "owners", "completion"]) expect(script).toContain(word);
  expect(script).not.toContain("--write");
});

/** What a shell offers behind some words, by the script. */
const ask: Readonly<Record<Shell, (script: string, words: readonly string[]) => readonly string[]>> = {
  bash: (script, words) => {
    const at = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}`;
    const asked = `source ${script}; ${at}; _hybrid; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync("bash", ["-c", asked], { encoding: "utf8" }).stdout.trim().split("\n");
  },
  zsh: (script, words) => {
    const asked =
      `compdef() { :; }; _describe() { print -l -- $choices; }; source ${script}; ` +
      `words=(${words.map((word) => `'${word}'`).join(" ")}); CURRENT=${words.length}; _hybrid`;
    const { stdout } = spawnSync("zsh", ["-fc", asked], { encoding: "utf8" });
    return stdout
      .trim()
      .split("\n")
      .map((line) => line.split(":", 1)[0] ?? "");
  },
  fish: (script, words) => {
    const asked = `source ${script}; complete -C '${words.join(" ")}'`;
    const { stdout } = spawnSync("fish", ["--no-config", "-c", asked], { encoding: "utf8" });
    return stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t", 1)[0] ?? "");
  },
};

test.each(shells.filter(has))("%s offers what may come next, each command in its place", (shell) => {
  const folder = mkdtempSync(join(tmpdir(), "completion-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = join(folder, "script");
  writeFileSync(script, completionScript(program(), shell));
  const offered = (...words: readonly string[]): readonly string[] =>
    ask[shell](script, ["hybrid", ...words]);
  expect(offered("")).toEqual(expect.arrayContaining(["up", "users", "simulate"]));
  expect(offered("users", "")).toEqual(expect.arrayContaining(["import", "list", "sync", "enable"]));
  expect(offered("users", "")).not.toContain("simulate");
  expect(offered("users", "import", "--")).toEqual(expect.arrayContaining(["--org", "--strict"]));
  expect(offered("users", "import", "--")).not.toContain("--apply");
});
