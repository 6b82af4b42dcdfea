import type { ActorId } from "@hybrid/kernel";

const placesMin = 256;
const nowhere = -1;

/** FNV-1a over the id's units, its high bits mixed into the low ones, which choose the place. */
const hashOf = (id: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return hash ^ (hash >>> 15);
};

/**
 * Slots by actor id: an open hash table in typed arrays, 12 to 24 bytes an actor beside the id itself. As
 * fast as a Map, which takes twice as much and is gone through by every garbage collection. Slots are small
 * whole numbers, given by its user.
 */
export class IdIndex {
  /** One more than the slot that stands in a place; 0 where there is none. */
  #places = new Int32Array(placesMin);
  /** By slot. */
  #hashes = new Int32Array(placesMin);
  readonly #ids: (ActorId | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** One more than the highest slot ever used. */
  get slotsEnd(): number {
    return this.#ids.length;
  }

  idAt(slot: number): ActorId | undefined {
    return this.#ids[slot];
  }

  slotOf(id: ActorId): number | undefined {
    const place = this.#find(id, hashOf(id));
    return place < 0 ? undefined : this.#slotAt(place);
  }

  /** The actor's slot; when it has none, it gets `free`, which must not be in use. */
  add(id: ActorId, free: number): number {
    const hash = hashOf(id);
    const found = this.#find(id, hash);
    if (found >= 0) return this.#slotAt(found);
    this.#size += 1;
    this.#ids[free] = id;
    this.#keep(free, hash);
    if (2 * this.#size > this.#places.length) this.#grow();
    else this.#places[~found] = free + 1;
    return free;
  }

  /** Takes the actor out; returns the slot that it had. */
  delete(id: ActorId): number | undefined {
    let gap = this.#find(id, hashOf(id));
    if (gap < 0) return undefined;
    const slot = this.#slotAt(gap);
    const mask = this.#places.length - 1;
    // Displaced entries are shifted back, so that no search ends too early.
    for (let place = (gap + 1) & mask; this.#places[place] !== 0; place = (place + 1) & mask) {
      const home = (this.#hashes[this.#slotAt(place)] ?? 0) & mask;
      if (((place - home) & mask) < ((place - gap) & mask)) continue;
      this.#places[gap] = this.#places[place] ?? 0;
      gap = place;
    }
    this.#places[gap] = 0;
    this.#ids[slot] = undefined;
    this.#size -= 1;
    return slot;
  }

  *ids(): Generator<ActorId> {
    for (const id of this.#ids) if (id !== undefined) yield id;
  }

  #slotAt(place: number): number {
    return (this.#places[place] ?? 0) - 1;
  }

  /** The place of an id; the complement of the free place where it would stand, when it is not there. */
  #find(id: ActorId, hash: number): number {
    const mask = this.#places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = this.#slotAt(place);
      if (slot === nowhere) return ~place;
      if (this.#hashes[slot] === hash && this.#ids[slot] === id) return place;
    }
  }

  #keep(slot: number, hash: number): void {
    if (slot >= this.#hashes.length) {
      const longer = new Int32Array(Math.max(slot + 1, Math.ceil(this.#hashes.length * 1.5)));
      longer.set(this.#hashes);
      this.#hashes = longer;
    }
    this.#hashes[slot] = hash;
  }

  #grow(): void {
    const places = new Int32Array(2 * this.#places.length);
    const mask = places.length - 1;
    for (const [slot, id] of this.#ids.entries()) {
      if (id === undefined) continue;
      let place = (this.#hashes[slot] ?? 0) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = slot + 1;
    }
    this.#places = places;
  }
}
