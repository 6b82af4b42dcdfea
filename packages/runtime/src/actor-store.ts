import type { ActorId } from "@hybrid/kernel";
import { ByteSlabs } from "./byte-slabs.ts";
import { OrderedIds } from "./ordered-ids.ts";

/** The idle actors of one partition as encoded checkpoint records; each has a slot while it has a record. */
export class ActorStore {
  readonly #slots = new Map<ActorId, number>();
  readonly #ids: (ActorId | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #bytes = new ByteSlabs();
  #ordered: OrderedIds | undefined;

  get size(): number {
    return this.#slots.size;
  }

  slotOf(id: ActorId): number | undefined {
    return this.#slots.get(id);
  }

  idAt(slot: number): ActorId | undefined {
    return this.#ids[slot];
  }

  get(id: ActorId): Uint8Array | undefined {
    const slot = this.#slots.get(id);
    return slot === undefined ? undefined : this.#bytes.get(slot);
  }

  /** One more than the highest slot ever given; {@link idAt} tells which ones are in use. */
  get slotsEnd(): number {
    return this.#ids.length;
  }

  /** Reads the record in a slot in place. */
  read<Value>(slot: number, reader: (bytes: Buffer, start: number, end: number) => Value): Value | undefined {
    return this.#bytes.read(slot, reader);
  }

  /** Keeps a copy of the record and returns the actor's slot. */
  set(id: ActorId, record: Uint8Array): number {
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      slot = this.#free.pop() ?? this.#ids.length;
      this.#slots.set(id, slot);
      this.#ids[slot] = id;
      this.#ordered?.add(id);
    }
    this.#bytes.set(slot, record);
    return slot;
  }

  /** Forgets the actor; its slot may be given to another one. Returns the slot it had. */
  delete(id: ActorId): number | undefined {
    const slot = this.#slots.get(id);
    if (slot === undefined) return undefined;
    this.#slots.delete(id);
    this.#ids[slot] = undefined;
    this.#bytes.delete(slot);
    this.#free.push(slot);
    this.#ordered?.delete(id);
    return slot;
  }

  ids(): IterableIterator<ActorId> {
    return this.#slots.keys();
  }

  /**
   * Ids that start with `prefix`, in order, behind `after`. The order is made at the first question and kept.
   */
  list(prefix: string, after: string | null, limit: number): readonly ActorId[] {
    this.#ordered ??= new OrderedIds(this.#slots.keys());
    return this.#ordered.list(prefix, after, limit);
  }
}
