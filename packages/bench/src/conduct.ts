import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { type Figure, figuresOf } from "./figures.ts";
import type { BenchOptions } from "./options.ts";

/** What a child process is to do. */
export interface Task {
  readonly bench: string;
  readonly stage: "prepare" | "measure";
  readonly folder: string;
  readonly scale: number;
  readonly rounds: number;
  readonly roundSeconds: number;
}

/** What a child process tells. */
export type Message =
  | { readonly kind: "sample"; readonly figure: string; readonly value: number }
  | { readonly kind: "said"; readonly text: string };

/** Who hears what goes on. */
export interface Conductor {
  readonly options: BenchOptions;
  readonly say: (text: string) => void;
  /** Ends the child that runs. */
  readonly signal: AbortSignal;
}

const childFile = join(import.meta.dirname, "child.ts");

/** The file system of a folder in memory, where syncing costs nothing (statfs(2), TMPFS_MAGIC). */
const memoryFileSystem = 0x01021994;

const nodeArguments = (profile: string | null): string[] => [
  ...process.execArgv.filter((argument) => !argument.startsWith("--cpu-prof")),
  ...(process.execArgv.includes("--expose-gc") ? [] : ["--expose-gc"]),
  ...(profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]),
];

const ended = (child: ChildProcess, what: string): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${what} ended with ${signal ?? `code ${code ?? "unknown"}`}; see above why`));
    });
  });

const runChild = async (
  task: Task,
  conductor: Conductor,
  heard: (message: Message) => void,
): Promise<void> => {
  const child = fork(childFile, [JSON.stringify(task)], {
    execArgv: nodeArguments(conductor.options.profile),
    // Standard output belongs to figures alone.
    stdio: ["ignore", 2, 2, "ipc"],
    signal: conductor.signal,
  });
  child.on("message", (message) => heard(message as Message));
  await ended(child, `${task.bench}, ${task.stage},`);
};

/** Runs one bench in its processes and returns its figures. Rejects when a process fails. */
export const conduct = async (bench: Bench, conductor: Conductor): Promise<readonly Figure[]> => {
  const { scale, rounds, roundSeconds, folder: parent } = conductor.options;
  const folder = mkdtempSync(join(parent ?? tmpdir(), "hybrid-bench-"));
  if (statfsSync(folder).type === memoryFileSystem)
    conductor.say("the log lies in memory: syncing costs nothing, so figures of writing are too good");
  const samples = new Map<string, number[]>();
  const heard = (message: Message): void => {
    if (message.kind === "said") conductor.say(message.text);
    else samples.set(message.figure, [...(samples.get(message.figure) ?? []), message.value]);
  };
  const task = { bench: bench.name, folder, scale, rounds, roundSeconds } as const;
  try {
    if (bench.prepare) await runChild({ ...task, stage: "prepare" }, conductor, heard);
    for (let turn = 0; turn < Math.min(bench.processes, rounds); turn++)
      await runChild({ ...task, stage: "measure" }, conductor, heard);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figuresOf(bench, samples);
};
