import { spawn } from "node:child_process";

/** What a program said and how it ended; `code` is null when it could not be started or was killed. */
export interface Output {
  readonly code: number | null;
  /** Standard output and error in the order they came. */
  readonly text: string;
}

/** How a program is run. */
export interface OutputOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly onLine?: (line: string) => void;
  /** Aborted when it is to end in order: it gets SIGTERM, and what it says until its end is waited for. */
  readonly signal?: AbortSignal;
}

/** Runs a program to its end without input. A program that is not there is an output too: code null. */
export const outputOf = (
  program: string,
  given: readonly string[],
  { environment = process.env, onLine, signal }: OutputOptions = {},
): Promise<Output> =>
  new Promise((resolve) => {
    let text = "";
    let rest = "";
    const child = spawn(program, given, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    signal?.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
    const take = (chunk: string): void => {
      text += chunk;
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.once("error", (error) => resolve({ code: null, text: error.message }));
    child.once("close", (code) => resolve({ code, text }));
  });
