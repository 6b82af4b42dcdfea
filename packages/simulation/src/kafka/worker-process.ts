import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventOfLine, type Stamped } from "../history.ts";
import {
  blownFile,
  type StageWorker,
  statusFreshMs,
  type WorkerConfig,
  type WorkerOrder,
  type WorkerStatus,
} from "./worker-orders.ts";

const program = fileURLToPath(new URL("./worker-main.ts", import.meta.url));

/** Node's own place for it: most of a start would be spent on compiling the same files again. */
const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") };

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a history file holds; a last line that a kill has cut off is left out. */
const eventsIn = (file: string): readonly Stamped[] => {
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop();
  return lines.map(eventOfLine);
};

/** A worker in a process of its own, as the test that started it sees it. */
export class WorkerProcess implements StageWorker {
  readonly config: WorkerConfig;
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #status: WorkerStatus | null = null;
  #statusAt = 0;
  #end: ProcessEnd | null = null;
  #frozen = false;
  #said = "";

  constructor(config: WorkerConfig) {
    this.config = config;
    this.#child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", program, JSON.stringify(config)],
      { stdio: ["ignore", "ignore", "pipe", "ipc"], env: { ...compileCache, ...process.env } },
    );
    this.#child.on("message", (status: WorkerStatus) => {
      this.#status = status;
      this.#statusAt = performance.now();
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("exit", (code, signal) => {
        this.#end = { code, signal };
        resolve(this.#end);
      });
    });
  }

  get owner(): string {
    return this.config.owner;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get isAlive(): boolean {
    return this.#end === null;
  }

  /** It runs and is not frozen. */
  get isAble(): boolean {
    return this.isAlive && !this.#frozen;
  }

  /** What it said last; null when it has not said anything for a while, or cannot any more. */
  get status(): WorkerStatus | null {
    const isFresh = performance.now() - this.#statusAt < statusFreshMs;
    return this.isAble && isFresh ? this.#status : null;
  }

  /** What it wrote to its standard error: log lines, and why it ended. */
  get said(): string {
    return this.#said;
  }

  /** Its fuse has blown. */
  get hasBlown(): boolean {
    return existsSync(blownFile(this.config.historyFile));
  }

  /** Everything that it has seen so far. */
  get events(): readonly Stamped[] {
    return existsSync(this.config.historyFile) ? eventsIn(this.config.historyFile) : [];
  }

  order(order: WorkerOrder): void {
    this.#child.send(order);
  }

  freeze(): void {
    this.#frozen = true;
    this.#child.kill("SIGSTOP");
  }

  /** It has frozen itself. */
  noteFrozen(): void {
    this.#frozen = true;
  }

  thaw(): void {
    // What it said before it froze is old.
    this.#status = null;
    this.#frozen = false;
    this.#child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  /** Asks it to end in good order. */
  stop(): Promise<ProcessEnd> {
    this.#child.kill("SIGTERM");
    return this.ended;
  }
}
