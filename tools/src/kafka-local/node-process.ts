import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { outputOf } from "./command-output.ts";

/** A broker's process or container, as far as a life needs it. */
export interface NodeProcess {
  readonly pid: number | null;
  readonly container: string | null;
  isAlive(): Promise<boolean>;
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Clears away what is left of it once it is gone. */
  release(): Promise<void>;
}

/** A program to start, with its output appended to a file. */
export interface Launch {
  readonly program: string;
  readonly given: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** It is to outlive us: it leads a session of its own, and we do not wait for it. */
  readonly background: boolean;
}

/** Sends a signal; false when there is no such process. */
export const sendSignal = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
};

/** Words a process was started with, or undefined when there is none, or only its remains (a zombie). */
export const commandLineOf = async (pid: number): Promise<string | undefined> => {
  const file = `/proc/${pid}/cmdline`;
  if (existsSync("/proc/self/cmdline")) {
    try {
      return readFileSync(file, "utf8").replaceAll("\0", " ").trim() || undefined;
    } catch (error) {
      if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw error;
    }
  }
  const { text } = await outputOf("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
  return text.trim() || undefined;
};

const started = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => (child.pid === undefined ? reject(new Error("no pid")) : resolve(child.pid)));
  });

/** Starts a program as a process of this machine; rejects when it cannot be started. */
export const launch = async (order: Launch): Promise<NodeProcess> => {
  const log = openSync(order.logFile, "a");
  const child = spawn(order.program, order.given, {
    env: order.environment,
    stdio: ["ignore", log, log],
    detached: order.background,
  });
  closeSync(log);
  const pid = await started(child);
  let ended = child.exitCode !== null || child.signalCode !== null;
  const kill = (): void => void sendSignal(pid, "SIGKILL");
  if (order.background) child.unref();
  else process.once("exit", kill);
  child.once("exit", () => {
    ended = true;
    process.off("exit", kill);
  });
  return {
    pid,
    container: null,
    isAlive: () => Promise.resolve(!ended),
    signal: (signal) => {
      if (!ended) sendSignal(pid, signal);
      return Promise.resolve();
    },
    release: () => Promise.resolve(),
  };
};

/** A process that somebody else started, told by `mark` from another that got its pid later. */
export const adopt = (pid: number, mark: string): NodeProcess => {
  const isAlive = async (): Promise<boolean> => (await commandLineOf(pid))?.includes(mark) ?? false;
  return {
    pid,
    container: null,
    isAlive,
    signal: async (signal) => {
      if (await isAlive()) sendSignal(pid, signal);
    },
    release: () => Promise.resolve(),
  };
};
