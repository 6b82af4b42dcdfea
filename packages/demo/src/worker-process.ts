import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { NumberedAnswer, WorkerAnswers, WorkerRequest } from "./worker-protocol.ts";

/** The services' process has ended; what was asked of it will not be answered. */
export class WorkerGoneError extends Error {
  override readonly name = "WorkerGoneError";
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The services in a process of their own, so that it can be killed without mercy. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #gone: Promise<void>;
  #nextId = 1;
  #ended = false;

  constructor() {
    this.#child = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), [], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.on("message", (message) => this.#answered(message as NumberedAnswer));
    this.#gone = this.#end();
  }

  /** Whether the process has ended. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Asks and waits for the answer. Rejects with WorkerGoneError when the process ends before. */
  ask<Kind extends WorkerRequest["kind"]>(
    request: Extract<WorkerRequest, { kind: Kind }>,
  ): Promise<WorkerAnswers[Kind]> {
    if (this.#ended || !this.#child.connected)
      return Promise.reject(new WorkerGoneError("the services' process has ended"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, request }, (error) => {
        if (error && this.#waiting.delete(id)) reject(new WorkerGoneError(error.message, { cause: error }));
      });
    });
  }

  /** `kill -9`; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }

  /** Asks the process to end and waits for it. */
  async stop(): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGTERM");
    await this.#gone;
  }

  async #end(): Promise<void> {
    const [code, signal] = (await once(this.#child, "exit")) as [number | null, string | null];
    this.#ended = true;
    const error = new WorkerGoneError(`the services' process ended (${signal ?? code})`);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  #answered(message: NumberedAnswer): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    if ("failure" in message) waiting.reject(new Error(message.failure));
    else waiting.resolve(message.answer as never);
  }
}
