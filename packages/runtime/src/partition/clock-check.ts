import type { EpochMs } from "@hybrid/kernel";
import type { OwnedPartition } from "@hybrid/log";
import { ClockSkewError } from "../errors.ts";
import type { ServiceFrame } from "../frame.ts";
import { encodeControl } from "../store/actor-codec.ts";
import { type ClockCorrection, controlActorOf, controlStateVersion } from "../store/control-state.ts";
import type { Restored } from "./restore.ts";

/** While a partition works its clock is compared again when it has gone on by so much, or back. */
const checkEveryMs = 300_000;

const inWords = (ms: number): string => {
  const seconds = Math.round(ms / 1_000);
  return seconds < 600 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
};

/**
 * Compares this machine's clock with the log's, before a partition runs and whenever the clock may have
 * jumped: what is committed under a wrong time stays wrong. A clock that is off by no more than the limit
 * `clockSkewMsMax` passes.
 */
export class ClockCheck {
  readonly #frame: ServiceFrame;
  readonly #owned: OwnedPartition;
  #checkedAt: EpochMs;

  /** `askedAt`: our clock before the partition was fenced. */
  constructor(frame: ServiceFrame, owned: OwnedPartition, askedAt: EpochMs) {
    this.#frame = frame;
    this.#owned = owned;
    this.#checkedAt = askedAt;
  }

  /** Rejects with {@link ClockSkewError} when the clock is wrong, and with what the log rejects with. */
  async compare(): Promise<void> {
    const { scheduler } = this.#frame;
    // The first answer may be as old as the fence.
    const asked = this.#checkedAt > scheduler.now() ? scheduler.now() : this.#checkedAt;
    const there = await this.#owned.logTime();
    const now = scheduler.now();
    if (there !== undefined) this.#mustFit(there, { asked, now });
    this.#checkedAt = now;
  }

  /** Compares when it is time to. Rejects also when the journal's time `at` has come to lie ahead of ours. */
  async keepTrue(at: EpochMs): Promise<void> {
    const { scheduler, limits } = this.#frame;
    const sinceMs = scheduler.now() - this.#checkedAt;
    if (sinceMs < 0 || sinceMs > checkEveryMs) {
      this.#checkedAt = scheduler.now();
      await this.compare();
    }
    const aheadMs = at - scheduler.now();
    if (aheadMs > limits.clockSkewMsMax)
      throw new ClockSkewError(
        `${this.#place}: the journal's time is ${inWords(aheadMs)} ahead of this machine's clock; it is ` +
          "put right as soon as the log has the same time as this machine",
      );
  }

  get #place(): string {
    return `${this.#frame.service}, partition ${this.#owned.partition}`;
  }

  #mustFit(there: EpochMs, ours: { readonly asked: EpochMs; readonly now: EpochMs }): void {
    const aheadMs = there < ours.asked ? ours.asked - there : Math.min(0, ours.now - there);
    if (Math.abs(aheadMs) <= this.#frame.limits.clockSkewMsMax) return;
    const off = `${inWords(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead of" : "behind"} the log's`;
    throw new ClockSkewError(
      `${this.#place}: this machine's clock is ${off}; nothing runs here until it is right: set the clock ` +
        "and keep it right, for instance by NTP",
    );
  }
}

/**
 * Takes a partition's time back to now when its journal was written under a clock that was ahead: until then
 * no timer would fire. The correction is a record of the partition's control actor, so that a replay knows
 * why `at` goes back there, and gives the same states (I6). To be called once the clock has been compared.
 */
export const correctTime = async (
  frame: ServiceFrame,
  owned: OwnedPartition,
  restored: Restored,
): Promise<Restored> => {
  const { partition, position } = owned;
  const from = restored.at;
  const to = frame.scheduler.now();
  if (!position || from - to <= frame.limits.clockSkewMsMax) return restored;
  const { state, seq: before } = restored.control;
  const control = { state, seq: (before === 0 ? restored.seqMax : before) + 1 };
  const seqMax = Math.max(restored.seqMax, control.seq);
  const correction: ClockCorrection = { kind: "correctClock", from, to };
  const key = controlActorOf(partition);
  const value = frame.journal.encode({
    seq: control.seq,
    at: to,
    stateVersion: controlStateVersion,
    origin: { kind: "timer", name: "clock", partition, offset: from },
    input: JSON.stringify(correction),
    state: JSON.stringify(state),
    effects: "[]",
    pending: [],
    suppressed: [],
    parking: null,
  });
  await owned.commit({
    journal: [{ key, value }],
    outputs: [],
    checkpoint: [{ key, value: encodeControl(frame, control, to) }],
    position: { ...position, at: to, seqMax },
  });
  frame.logger.warn(
    { service: frame.service, partition, from, to },
    `the journal's time was ${inWords(from - to)} ahead: a worker whose clock was wrong has written it; ` +
      "it goes on with the time of now",
  );
  return { ...restored, at: to, control, seqMax };
};
