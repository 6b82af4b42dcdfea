import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a run of the command line left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the command line that is still going on. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves with the output as soon as it matches. Rejects when the process ends before. */
  prints(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

const ourMain = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Starts `hybrid`, or that of another repository, with arguments, in an environment of its own. */
export const startHybrid = (
  args: readonly string[],
  environment: Record<string, string> = {},
  main: string = ourMain,
): Running => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--", main, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return {
    ended,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          if (!pattern.test(stdout + stderr)) return;
          watchers.delete(watch);
          resolve(stdout + stderr);
        };
        watchers.add(watch);
        watch();
        ended.then(
          () => reject(new Error(`ended without printing ${String(pattern)}:\n${stdout}\n${stderr}`)),
          reject,
        );
      }),
    kill: (signal) => void child.kill(signal),
  };
};

/** Runs `hybrid` to its end. */
export const hybrid = (args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> =>
  startHybrid(args, environment).ended;
