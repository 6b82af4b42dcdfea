import type { OrgId } from "@hybrid/kernel";

/** A call that is ordered and not started: where it stands, not what it orders. */
export interface ListedCall {
  /** Its actor's slot of the store. */
  readonly slot: number;
  readonly seq: number;
  readonly index: number;
  /** Its kind's number. */
  readonly kind: number;
  /** Since when it waits, epoch milliseconds. */
  readonly since: number;
}

const lengthMin = 16;
/** A slot, a step's number, an index, a kind and a time. */
const callBytes = 4 + 8 + 4 + 2 + 8;

/** Calls of one organisation in order, in typed arrays that grow and shrink with them. */
class CallLine {
  #slots = new Int32Array(lengthMin);
  #seqs = new Float64Array(lengthMin);
  #indexes = new Int32Array(lengthMin);
  #kinds = new Uint16Array(lengthMin);
  #since = new Float64Array(lengthMin);
  #head = 0;
  size = 0;

  get heldBytes(): number {
    return this.#slots.length * callBytes;
  }

  at(place: number): ListedCall {
    const n = (this.#head + place) & (this.#slots.length - 1);
    return {
      slot: this.#slots[n] ?? 0,
      seq: this.#seqs[n] ?? 0,
      index: this.#indexes[n] ?? 0,
      kind: this.#kinds[n] ?? 0,
      since: this.#since[n] ?? 0,
    };
  }

  push(call: ListedCall): void {
    if (this.size === this.#slots.length) this.#resize(2 * this.size);
    const n = (this.#head + this.size) & (this.#slots.length - 1);
    this.#slots[n] = call.slot;
    this.#seqs[n] = call.seq;
    this.#indexes[n] = call.index;
    this.#kinds[n] = call.kind;
    this.#since[n] = call.since;
    this.size += 1;
  }

  shift(): ListedCall | undefined {
    if (this.size === 0) return undefined;
    const first = this.at(0);
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.size -= 1;
    if (this.size < this.#slots.length / 4 && this.#slots.length > lengthMin)
      this.#resize(this.#slots.length / 2);
    return first;
  }

  /** `length` is a power of two. */
  #resize(length: number): void {
    const calls = { slots: this.#slots, seqs: this.#seqs, indexes: this.#indexes };
    const rest = { kinds: this.#kinds, since: this.#since };
    const mask = this.#slots.length - 1;
    this.#slots = new Int32Array(length);
    this.#seqs = new Float64Array(length);
    this.#indexes = new Int32Array(length);
    this.#kinds = new Uint16Array(length);
    this.#since = new Float64Array(length);
    for (let place = 0; place < this.size; place++) {
      const n = (this.#head + place) & mask;
      this.#slots[place] = calls.slots[n] ?? 0;
      this.#seqs[place] = calls.seqs[n] ?? 0;
      this.#indexes[place] = calls.indexes[n] ?? 0;
      this.#kinds[place] = rest.kinds[n] ?? 0;
      this.#since[place] = rest.since[n] ?? 0;
    }
    this.#head = 0;
  }
}

/**
 * Calls that are ordered and not started, by organisation. Each is part of its actor's state, so that this is
 * an index of 26 to 104 bytes a call, and is made again by a restore.
 */
export class CallLines {
  readonly #lines = new Map<OrgId, CallLine>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes of memory that the lines take. */
  get heldBytes(): number {
    let bytes = 0;
    for (const line of this.#lines.values()) bytes += line.heldBytes;
    return bytes;
  }

  push(org: OrgId, call: ListedCall): void {
    let line = this.#lines.get(org);
    if (!line) this.#lines.set(org, (line = new CallLine()));
    line.push(call);
    this.#size += 1;
  }

  /** Takes the organisation's first call. */
  shift(org: OrgId): ListedCall | undefined {
    const line = this.#lines.get(org);
    const first = line?.shift();
    if (!line || !first) return undefined;
    this.#size -= 1;
    if (line.size === 0) this.#lines.delete(org);
    return first;
  }

  /** An organisation's calls, oldest first. */
  *of(org: OrgId): Generator<ListedCall> {
    const line = this.#lines.get(org);
    if (!line) return;
    for (let place = 0; place < line.size; place++) yield line.at(place);
  }

  /** Takes out everything that `wanted` says, and hands it over in the order of each line. */
  takeOut(
    wanted: (org: OrgId, call: ListedCall) => boolean,
    take: (org: OrgId, call: ListedCall) => void,
  ): void {
    for (const [org, line] of this.#lines)
      for (let left = line.size; left > 0; left--) {
        const call = line.shift() as ListedCall;
        if (!wanted(org, call)) line.push(call);
        else {
          this.#size -= 1;
          if (line.size === 0) this.#lines.delete(org);
          take(org, call);
        }
      }
  }

  clear(): void {
    this.#lines.clear();
    this.#size = 0;
  }
}
