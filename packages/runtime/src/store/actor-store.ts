import type { ActorId } from "@hybrid/kernel";
import { ByteSlabs } from "./byte-slabs.ts";
import { IdIndex } from "./id-index.ts";
import { OrderedIds } from "./ordered-ids.ts";

/** The idle actors of one partition as encoded checkpoint records; each has a slot while it has a record. */
export class ActorStore {
  readonly #index = new IdIndex();
  readonly #free: number[] = [];
  readonly #bytes = new ByteSlabs();
  #ordered: OrderedIds | undefined;

  get size(): number {
    return this.#index.size;
  }

  slotOf(id: ActorId): number | undefined {
    return this.#index.slotOf(id);
  }

  idAt(slot: number): ActorId | undefined {
    return this.#index.idAt(slot);
  }

  get(id: ActorId): Uint8Array | undefined {
    const slot = this.#index.slotOf(id);
    return slot === undefined ? undefined : this.#bytes.get(slot);
  }

  /** One more than the highest slot ever given; {@link idAt} tells which ones are in use. */
  get slotsEnd(): number {
    return this.#index.slotsEnd;
  }

  /** Reads the record in a slot in place. */
  read<Value>(slot: number, reader: (bytes: Buffer, start: number, end: number) => Value): Value | undefined {
    return this.#bytes.read(slot, reader);
  }

  /** Keeps a copy of the new record of the actor in a slot. */
  replace(slot: number, record: Uint8Array): void {
    this.#bytes.set(slot, record);
  }

  /** Keeps a copy of the record and returns the actor's slot. */
  set(id: ActorId, record: Uint8Array): number {
    const { size, slotsEnd } = this.#index;
    const slot = this.#index.add(id, this.#free.at(-1) ?? slotsEnd);
    if (this.#index.size > size) {
      this.#free.pop();
      this.#ordered?.add(id);
    }
    this.#bytes.set(slot, record);
    return slot;
  }

  /** Forgets the actor; its slot may be given to another one. Returns the slot it had. */
  delete(id: ActorId): number | undefined {
    const slot = this.#index.delete(id);
    if (slot === undefined) return undefined;
    this.#bytes.delete(slot);
    this.#free.push(slot);
    this.#ordered?.delete(id);
    return slot;
  }

  /**
   * Ids that start with `prefix`, in order, behind `after`. The order is made at the first question and kept.
   */
  list(prefix: string, after: string | null, limit: number): readonly ActorId[] {
    this.#ordered ??= new OrderedIds(this.#index.ids());
    return this.#ordered.list(prefix, after, limit);
  }
}
