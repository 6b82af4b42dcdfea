import type { MemoryHolder } from "../process/memory-share.ts";
import type { HotSource, StagedActor } from "./staged-actor.ts";

interface Held {
  staged: StagedActor;
  /** Of its state's and its calls' JSON, when it was kept. */
  chars: number;
}

/** Room for the busy part of a partition: some 3,000 actors of 300 characters, at most a few MB. */
const charsMaxDefault = 1_000_000;

/** What a character of JSON takes in memory, as text and decoded, about. */
const bytesPerChar = 6;

const charsOf = ({ stateJson, pending }: StagedActor): number => {
  let chars = stateJson.length;
  for (const { call } of pending) chars += call.length;
  return chars;
};

/**
 * Actors of one partition that were worked on lately, decoded as their last commit left them, by slot: the
 * next input finds them without reading their record again. Bounded by the length of their states and calls,
 * and by a share of the process's memory; the first that came is the first to go.
 */
export class HotActors implements MemoryHolder, HotSource {
  readonly #bySlot = new Map<number, Held>();
  #charsMax: number;
  #chars = 0;

  constructor(charsMax = charsMaxDefault) {
    this.#charsMax = charsMax;
  }

  get size(): number {
    return this.#bySlot.size;
  }

  /** What they take in memory, about. */
  get bytes(): number {
    return this.#chars * bytesPerChar;
  }

  mayHold(bytes: number): void {
    this.#charsMax = Math.min(charsMaxDefault, Math.floor(bytes / bytesPerChar));
    this.#shrink();
  }

  /**
   * The actor whose record stands in the slot; its fields may be changed only by a batch that will commit.
   */
  get(slot: number): StagedActor | undefined {
    return this.#bySlot.get(slot)?.staged;
  }

  /** Keeps an actor as its commit left it; one that is parked takes no inputs and may be large. */
  keep(slot: number, staged: StagedActor): void {
    if (staged.parked !== null) {
      this.forget(slot);
      return;
    }
    const held = this.#bySlot.get(slot);
    const chars = charsOf(staged);
    this.#chars += chars - (held?.chars ?? 0);
    if (held) {
      held.staged = staged;
      held.chars = chars;
    } else this.#bySlot.set(slot, { staged, chars });
    this.#shrink();
  }

  /** To be called when the slot's record is gone. */
  forget(slot: number): void {
    const held = this.#bySlot.get(slot);
    if (!held) return;
    this.#chars -= held.chars;
    this.#bySlot.delete(slot);
  }

  #shrink(): void {
    while (this.#chars > this.#charsMax) this.#forgetFirst();
  }

  #forgetFirst(): void {
    const first = this.#bySlot.keys().next();
    if (!first.done) this.forget(first.value);
  }
}
