import { type EpochMs, plus } from "@hybrid/kernel";
import type { LogRecord } from "@hybrid/log";
import type { ServiceFrame } from "../frame.ts";
import type { DeadlineTimer } from "../options.ts";
import { afterAtMost } from "../patience.ts";
import { newerThan } from "../store/actor-codec.ts";

/** What a gate works with. */
export interface GateParts {
  readonly frame: ServiceFrame;
  readonly partition: number;
  readonly deadlineTimer: DeadlineTimer;
}

/** The state version of the release that wrote a post; 0 for what cannot be read. */
const postVersion = ({ post, schemas }: ServiceFrame, bytes: Uint8Array): number => {
  try {
    return post.decode(bytes, schemas).stateVersion;
  } catch {
    // Waited for below, or buried by the batch, each with its reason.
    return 0;
  }
};

const waitMsMin = 1_000;
const waitMsMax = 30_000;

/**
 * Holds back source records that only a newer release can read: it reads on in the topic of schemas, and when
 * that does not help, it waits. Nothing that such a record says is applied, buried or passed over.
 */
export class RecordGate {
  readonly #parts: GateParts;
  #reason: string | null = null;
  #pause: EpochMs | null = null;
  #looking = false;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** What the partition's records wait for, one sentence; null when they do not. */
  get reason(): string | null {
    return this.#reason;
  }

  /** When it looks again; null when it does not wait. */
  get looksAgainAt(): EpochMs | null {
    return this.#pause;
  }

  /** It is looking just now whether there is a schema. */
  get looking(): boolean {
    return this.#looking;
  }

  /**
   * Whether the record can be read by this release, or by nobody. Throws {@link NewerReleaseError} for a post
   * of a newer release: its input is one that only that knows.
   */
  passes(record: LogRecord): boolean {
    this.#checkPost(record);
    return this.#obstacleOf(record) === null;
  }

  /** Resolves when the record can be read, or at the signal. */
  async wait(record: LogRecord, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted && (await this.#look(record, attempt)); attempt++)
      await this.#rest(Math.min(waitMsMax, waitMsMin * 2 ** Math.min(attempt, 10)), signal);
    this.#reason = null;
  }

  #checkPost({ topic, value, key }: LogRecord): void {
    const { frame, partition } = this.#parts;
    if (topic !== frame.post.name || value === null) return;
    const version = postVersion(frame, value);
    if (version <= frame.topology.stateVersion) return;
    throw newerThan(
      frame,
      `partition ${partition} of ${frame.service} has a post to ${key} of version ${version}`,
      version,
    );
  }

  #obstacleOf({ topic, value }: LogRecord): string | null {
    const { frame } = this.#parts;
    if (value === null) return null;
    const contract = topic === frame.control.name ? frame.control : frame.sources.get(topic)?.topic;
    return contract?.unreadable?.(value, frame.schemas) ?? null;
  }

  /** Reads on in the topic of schemas; true when the record must wait still. */
  async #look(record: LogRecord, attempt: number): Promise<boolean> {
    const { frame, partition } = this.#parts;
    let trouble = "";
    this.#looking = true;
    try {
      await frame.schemas.refresh();
    } catch (error) {
      trouble = ` (it could not be read just now: ${error instanceof Error ? error.message : String(error)})`;
    } finally {
      this.#looking = false;
    }
    const obstacle = this.#obstacleOf(record);
    if (obstacle === null) return false;
    const { topic, offset } = record;
    this.#reason = `records wait from offset ${offset} of ${topic} on: ${obstacle}${trouble}`;
    if (attempt === 0) frame.logger.error({ service: frame.service, partition, topic, offset }, this.#reason);
    return true;
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    const { frame, deadlineTimer } = this.#parts;
    const { scheduler } = frame;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = afterAtMost({ scheduler, deadlineTimer }, ms, resolve);
    const end = (): void => resolve();
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    this.#pause = plus(scheduler.now(), ms);
    await promise;
    cancel();
    signal.removeEventListener("abort", end);
    this.#pause = null;
  }
}
