import type { Parking } from "@hybrid/contracts";
import type { ActorId } from "@hybrid/kernel";
import { StoredStateError } from "../errors.ts";
import type { ServiceFrame } from "../frame.ts";
import { parkedAfter } from "../step/parking.ts";
import { decodeActor, decodeJournaled, type LoadedActor } from "../store/actor-codec.ts";

/** What one journal record says of the parked inputs of its actor. */
interface ParkingChange {
  readonly seq: number;
  readonly parking: Parking | null;
}

interface ActorTail {
  /** What those before `records` said, as far as it still matters. */
  changes: readonly ParkingChange[];
  records: Uint8Array[];
}

/** More than a record takes beside its bytes. */
const recordMargin = 128;

const bytesOf = ({ changes, records }: ActorTail): number => {
  let bytes = 0;
  for (const { length } of records) bytes += length + recordMargin;
  for (const { parking } of changes) bytes += (parking?.kept?.payload.length ?? 0) + recordMargin;
  return bytes;
};

/** Once nothing is parked, what was parked before does not matter any more. */
const withChange = (changes: readonly ParkingChange[], change: ParkingChange): readonly ParkingChange[] =>
  change.parking === null || change.parking.left === 0 ? [change] : [...changes, change];

/**
 * The journal's records behind the checkpoint, by actor. Of an actor's records the last one says everything
 * but which inputs are parked: of these each says only what it changed. So when all together take more than
 * `bytesMax`, all but the last of each actor are reduced to that.
 */
export class JournalTail {
  readonly #frame: ServiceFrame;
  readonly #actors = new Map<ActorId, ActorTail>();
  readonly #bytesMax: number;
  #reduceAt: number;
  #bytes = 0;

  constructor(frame: ServiceFrame, bytesMax = 64 * 1024 * 1024) {
    this.#frame = frame;
    this.#bytesMax = bytesMax;
    this.#reduceAt = bytesMax;
  }

  /** What it takes in memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Actors in the order of their first records. */
  get actors(): readonly ActorId[] {
    return [...this.#actors.keys()];
  }

  /** Adds an actor's next record. Throws {@link StoredStateError} when an earlier one cannot be decoded. */
  add(id: ActorId, record: Uint8Array): void {
    const tail = this.#actors.get(id);
    if (tail) tail.records.push(record);
    else this.#actors.set(id, { changes: [], records: [record] });
    this.#bytes += record.length + recordMargin;
    if (this.#bytes > this.#reduceAt) this.#reduce();
  }

  /** The actor as the tail leaves it, on top of its checkpoint record. Throws {@link StoredStateError}. */
  replay(id: ActorId, base: Uint8Array | undefined): LoadedActor & { readonly at: number } {
    const frame = this.#frame;
    const { records, changes } = this.#actors.get(id) ?? { records: [], changes: [] };
    const { parking, ...actor } = decodeJournaled(frame, id, records.at(-1) ?? new Uint8Array());
    if (!parking || parking.left === 0) return { ...actor, parked: null };
    const held = base ? decodeActor(frame, id, base) : undefined;
    let parked = held?.parked ?? null;
    const all = [...changes, ...records.map((record) => decodeJournaled(frame, id, record))];
    for (const each of all) if (each.seq > (held?.seq ?? -1)) parked = parkedAfter(parked, each.parking);
    if (parked?.inputs.length !== parking.left)
      throw new StoredStateError(
        `${id} is parked with ${parking.left} inputs, but checkpoint and journal hold ` +
          `${parked?.inputs.length ?? 0} of them: records of ${frame.journal.name} are missing; ` +
          "restore it from a backup",
      );
    return { ...actor, parked };
  }

  #reduce(): void {
    this.#bytes = 0;
    for (const [id, tail] of this.#actors) {
      const last = tail.records.pop() as Uint8Array;
      for (const record of tail.records) {
        const { seq, parking } = decodeJournaled(this.#frame, id, record);
        tail.changes = withChange(tail.changes, { seq, parking });
      }
      tail.records = [last];
      this.#bytes += bytesOf(tail);
    }
    // What is left may be much all the same; then it is looked through only when it has doubled.
    this.#reduceAt = Math.max(this.#bytesMax, 2 * this.#bytes);
  }
}
