/** Who holds a part of a shared memory. */
export interface MemoryHolder {
  /** Others have come or gone: it holds at most `bytes` from now on, and gives up what is beyond. */
  mayHold(bytes: number): void;
}

/** Divides a number of bytes evenly among its holders; they are bounded together, not one by one. */
export class SharedMemory {
  readonly #bytesMax: number;
  readonly #holders = new Set<MemoryHolder>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** What each may hold. */
  get share(): number {
    return Math.floor(this.#bytesMax / Math.max(1, this.#holders.size));
  }

  /** Adds a holder until the returned function is called. */
  join(holder: MemoryHolder): () => void {
    this.#holders.add(holder);
    this.#tell();
    return () => {
      this.#holders.delete(holder);
      this.#tell();
    };
  }

  #tell(): void {
    for (const each of this.#holders) each.mayHold(this.share);
  }
}

/** Memory that all partitions of all services of a process share. */
export interface WorkingMemory {
  /** Actors that were worked on lately, decoded. */
  readonly hot: SharedMemory;
  /** Records that are polled and not yet applied. */
  readonly queued: SharedMemory;
}

/** Memory to be passed to every service of a process. */
export const workingMemory = (limits: {
  readonly hotBytesMax: number;
  readonly queuedBytesMax: number;
}): WorkingMemory => ({
  hot: new SharedMemory(limits.hotBytesMax),
  queued: new SharedMemory(limits.queuedBytesMax),
});
