import { createRequire } from "node:module";
import type { RequestBody } from "./request-writer.ts";

/** What kafkajs's connection takes as the body of a request: bytes in an encoder of its own. */
export interface KafkajsEncoder {
  readonly buffer: Buffer;
  /** Bytes of the same memory before `buffer` that the request's head may take; none when left out. */
  readonly roomBefore?: number;
  size(): number;
}

type EncoderClass = new (
  initialBytes: number,
) => { buf: Buffer; offset: number; roomBefore?: number } & KafkajsEncoder;

const Encoder = createRequire(import.meta.url)("kafkajs/src/protocol/encoder.js") as EncoderClass;

/** Hands ready bytes to kafkajs (2.2.4), whose connection puts the request's head before them. */
export const encoderOf = ({ bytes, roomBefore }: RequestBody): KafkajsEncoder => {
  const encoder = new Encoder(0);
  encoder.buf = bytes;
  encoder.offset = bytes.length;
  encoder.roomBefore = roomBefore;
  return encoder;
};
