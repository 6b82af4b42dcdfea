import type { StagedActor } from "./staged-actor.ts";

interface Held {
  staged: StagedActor;
  /** Of its state's JSON, when it was kept. */
  chars: number;
}

/** Room for the busy part of a partition: some 3,000 actors of 300 characters, at most a few MB. */
const charsMaxDefault = 1_000_000;

/**
 * Actors of one partition that were worked on lately, decoded as their last commit left them, by slot: the
 * next input finds them without reading their record again. Bounded by the length of their states; the first
 * that came is the first to go.
 */
export class HotActors {
  readonly #bySlot = new Map<number, Held>();
  readonly #charsMax: number;
  #chars = 0;

  constructor(charsMax = charsMaxDefault) {
    this.#charsMax = charsMax;
  }

  get size(): number {
    return this.#bySlot.size;
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
    const { length } = staged.stateJson;
    this.#chars += length - (held?.chars ?? 0);
    if (held) {
      held.staged = staged;
      held.chars = length;
    } else this.#bySlot.set(slot, { staged, chars: length });
    while (this.#chars > this.#charsMax) this.#forgetFirst();
  }

  /** To be called when the slot's record is gone. */
  forget(slot: number): void {
    const held = this.#bySlot.get(slot);
    if (!held) return;
    this.#chars -= held.chars;
    this.#bySlot.delete(slot);
  }

  #forgetFirst(): void {
    const first = this.#bySlot.keys().next();
    if (!first.done) this.forget(first.value);
  }
}
