/** Collects garbage until nothing more goes; needs --expose-gc. Throws without it. */
export const collectGarbage = async (): Promise<void> => {
  if (!globalThis.gc) throw new Error("memory cannot be measured without node --expose-gc");
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc();
    // Buffers are given back by finalizers that run in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
};
