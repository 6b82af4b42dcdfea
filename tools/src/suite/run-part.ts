import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Part } from "./parts.ts";
import type { Outcome } from "./verdict.ts";
import { countReport } from "./vitest-report.ts";

/** Where and how commands run. */
export interface RunSettings {
  /** The repository's root. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted when the suite has to end at once. */
  readonly signal: AbortSignal;
}

/** How long a command may take to end after it was asked to. */
const graceMs = 5_000;

/** Ends the command and everything it started: it leads a process group of its own. */
const endGroup = ({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: it has ended in the meantime.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

const programOf = (name: string, root: string): string => {
  if (name === "node") return process.execPath;
  return name.includes("/") ? name : join(root, "node_modules/.bin", name);
};

/**
 * Runs one command with our output and no input; resolves with its exit code, 1 when it could not start, was
 * killed, or had to be ended at its deadline or because the suite ends.
 */
export const runCommand = (
  command: readonly string[],
  deadlineMs: number,
  { root, environment, signal }: RunSettings,
): Promise<number> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(1);
    const [name = "", ...given] = command;
    const child = spawn(programOf(name, root), given, {
      cwd: root,
      env: environment,
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
    });
    let kill: NodeJS.Timeout | undefined;
    const end = (): void => {
      endGroup(child, "SIGTERM");
      kill = setTimeout(() => endGroup(child, "SIGKILL"), graceMs);
    };
    const deadline = setTimeout(() => {
      console.error(`${name} has run for ${deadlineMs / 1_000} s; it is ended and counts as failed`);
      end();
    }, deadlineMs);
    signal.addEventListener("abort", end, { once: true });
    const settle = (code: number): void => {
      clearTimeout(deadline);
      clearTimeout(kill);
      signal.removeEventListener("abort", end);
      // Whatever the command left behind belongs to no test any more.
      endGroup(child, "SIGKILL");
      resolve(code);
    };
    child.once("error", (error) => {
      console.error(`${name} could not be started: ${error.message}`);
      settle(1);
    });
    child.once("exit", (code) => settle(code ?? 1));
  });

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

const runVitest = async (part: Part, settings: RunSettings): Promise<Omit<Outcome, "part" | "seconds">> => {
  const folder = mkdtempSync(join(tmpdir(), "hybrid-suite-"));
  const report = join(folder, "report.json");
  try {
    const command = [
      ...(part.commands[0] ?? []),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ];
    const exitCode = await runCommand(command, part.deadlineMs, settings);
    return countReport(readIfThere(report), exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const runCheck = async (part: Part, settings: RunSettings): Promise<Omit<Outcome, "part" | "seconds">> => {
  const names: string[] = [];
  for (const command of part.commands)
    if ((await runCommand(command, part.deadlineMs, settings)) !== 0) names.push(command.join(" "));
  if (names.length === 0) return { passed: 1, failed: 0, failures: [], skipped: [] };
  return { passed: 0, failed: 1, failures: [{ name: names.join(", "), message: "" }], skipped: [] };
};

/** Runs one part, with its output streamed, and says what became of it. */
export const runPart = async (part: Part, settings: RunSettings): Promise<Outcome> => {
  const startedAt = performance.now();
  const counts = part.kind === "vitest" ? await runVitest(part, settings) : await runCheck(part, settings);
  return { part: part.name, seconds: (performance.now() - startedAt) / 1_000, ...counts };
};
