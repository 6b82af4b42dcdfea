/** Bounds the bytes that work under way needs; further work waits, in the order of asking. */
export class BytePermits {
  readonly #bytesMax: number;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];
  #used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes that work under way needs. */
  get used(): number {
    return this.#used;
  }

  /** Resolves when there is room, or nobody else; the answer gives it back, once. */
  async take(bytes: number): Promise<() => void> {
    if (this.#waiting.length > 0 || !this.#fits(bytes))
      await new Promise<void>((go) => void this.#waiting.push({ bytes, go }));
    else this.#used += bytes;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#used -= bytes;
      this.#letThrough();
    };
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#bytesMax;
  }

  #letThrough(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#used += next.bytes;
      next.go();
    }
  }
}
