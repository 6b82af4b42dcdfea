/** Requests below this are not worth keeping memory for. */
const smallBytes = 64 * 1024;
/** Larger than nearly every request: one batch is at most 900,000 bytes long. */
const bufferBytes = 2 * 1024 * 1024;
const keptMax = 8;

/**
 * Memory for large requests, used again: what lies outside of the heap is freed by full collections alone
 * once it has lived for a while, and a megabyte for each request brings one about many times a second.
 */
export class RequestBuffers {
  readonly #kept: Buffer[] = [];

  /** Memory of at least this size, with anything in it. */
  take(bytes: number): Buffer {
    if (bytes < smallBytes || bytes > bufferBytes) return Buffer.allocUnsafe(bytes);
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
  }

  /** Only once the request has been answered: until then its bytes may be on their way to the socket. */
  give(buffer: Buffer): void {
    if (buffer.length === bufferBytes && this.#kept.length < keptMax) this.#kept.push(buffer);
  }
}
