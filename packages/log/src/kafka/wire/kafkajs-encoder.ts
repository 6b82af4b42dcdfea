import type { RequestBody } from "./request-writer.ts";

/** What kafkajs's connection takes as the body of a request: bytes, as an encoder of its own has them. */
export interface KafkajsEncoder {
  /** By this kafkajs's own framing tells an encoder. */
  readonly buf: Buffer;
  readonly buffer: Buffer;
  /** Bytes of the same memory before `buffer` that the request's head may take; none when left out. */
  readonly roomBefore?: number;
  size(): number;
}

/** Hands ready bytes to kafkajs (2.2.4), whose connection puts the request's head before them. */
export const encoderOf = ({ bytes, roomBefore }: RequestBody): KafkajsEncoder => ({
  buf: bytes,
  buffer: bytes,
  roomBefore,
  size: () => bytes.length,
});
