const slabBytesMin = 64 * 1024;
const slabBytesMax = 4 * 1024 * 1024;
/** Dead bytes up to this many are not worth moving the living. */
const wasteBytesAllowed = 1024 * 1024;
const nowhere = -1;

interface Slab {
  readonly bytes: Buffer;
  filled: number;
  live: number;
}

const enlarged = (old: Int32Array, length: number): Int32Array<ArrayBuffer> => {
  const next = new Int32Array(length).fill(nowhere, old.length);
  next.set(old);
  return next;
};

/**
 * Many small byte strings, by slot, packed into few large buffers: a million Buffers of their own would cost
 * more than what they hold. A slab is only ever appended to, so a view that was handed out does not change.
 */
export class ByteSlabs {
  #slabOf: Int32Array = new Int32Array(0);
  #offsetOf: Int32Array = new Int32Array(0);
  #lengthOf: Int32Array = new Int32Array(0);
  readonly #slabs: (Slab | undefined)[] = [];
  #current = nowhere;
  #live = 0;
  #held = 0;

  /** Bytes of memory that the slabs take, living and dead. */
  get heldBytes(): number {
    return this.#held;
  }

  get(slot: number): Buffer | undefined {
    return this.read(slot, (bytes, start, end) => bytes.subarray(start, end));
  }

  /** Reads a slot in place: a view of its own would cost more than most reads. */
  read<Value>(slot: number, reader: (bytes: Buffer, start: number, end: number) => Value): Value | undefined {
    const slab = this.#slabs[this.#slabOf[slot] ?? nowhere];
    if (!slab) return undefined;
    const offset = this.#offsetOf[slot] ?? 0;
    return reader(slab.bytes, offset, offset + (this.#lengthOf[slot] ?? 0));
  }

  /** Copies `bytes` in, in place of what the slot held. */
  set(slot: number, bytes: Uint8Array): void {
    this.#reserve(slot);
    this.#release(slot);
    this.#append(slot, bytes);
    if (this.#held > 2 * this.#live + wasteBytesAllowed) this.#compact();
  }

  delete(slot: number): void {
    if ((this.#slabOf[slot] ?? nowhere) !== nowhere) this.#release(slot);
  }

  #reserve(slot: number): void {
    if (slot < this.#slabOf.length) return;
    const length = Math.max(slot + 1, Math.ceil(this.#slabOf.length * 1.5), 256);
    this.#slabOf = enlarged(this.#slabOf, length);
    this.#offsetOf = enlarged(this.#offsetOf, length);
    this.#lengthOf = enlarged(this.#lengthOf, length);
  }

  #release(slot: number): void {
    const number = this.#slabOf[slot] ?? nowhere;
    const slab = this.#slabs[number];
    if (!slab) return;
    const length = this.#lengthOf[slot] ?? 0;
    this.#slabOf[slot] = nowhere;
    this.#live -= length;
    slab.live -= length;
    if (slab.live === 0 && number !== this.#current) this.#drop(number, slab);
  }

  #drop(number: number, slab: Slab): void {
    this.#slabs[number] = undefined;
    this.#held -= slab.bytes.length;
  }

  #append(slot: number, bytes: Uint8Array): void {
    const { number, slab } = this.#roomFor(bytes.length);
    slab.bytes.set(bytes, slab.filled);
    this.#slabOf[slot] = number;
    this.#offsetOf[slot] = slab.filled;
    this.#lengthOf[slot] = bytes.length;
    slab.filled += bytes.length;
    slab.live += bytes.length;
    this.#live += bytes.length;
  }

  #roomFor(length: number): { readonly number: number; readonly slab: Slab } {
    const current = this.#slabs[this.#current];
    if (current && current.filled + length <= current.bytes.length)
      return { number: this.#current, slab: current };
    if (current?.live === 0) this.#drop(this.#current, current);
    const share = 2 ** Math.ceil(Math.log2(Math.max(1, this.#live / 16)));
    const size = Math.max(length, Math.min(slabBytesMax, Math.max(slabBytesMin, share)));
    const slab: Slab = { bytes: Buffer.allocUnsafeSlow(size), filled: 0, live: 0 };
    const free = this.#slabs.indexOf(undefined);
    const number = free < 0 ? this.#slabs.length : free;
    this.#slabs[number] = slab;
    this.#held += size;
    this.#current = number;
    return { number, slab };
  }

  /** Moves the living out of the slab that wastes most. */
  #compact(): void {
    let worst = nowhere;
    let waste = 0;
    this.#slabs.forEach((slab, number) => {
      if (!slab || number === this.#current || slab.bytes.length - slab.live <= waste) return;
      worst = number;
      waste = slab.bytes.length - slab.live;
    });
    const slab = this.#slabs[worst];
    if (!slab) return;
    for (let slot = 0; slot < this.#slabOf.length; slot++) {
      if (this.#slabOf[slot] !== worst) continue;
      const bytes = this.get(slot) ?? new Uint8Array(0);
      this.#live -= bytes.length;
      slab.live -= bytes.length;
      this.#append(slot, bytes);
    }
    this.#drop(worst, slab);
  }
}
