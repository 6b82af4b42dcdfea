import { createRequire } from "node:module";

/** What kafkajs's connection takes as the body of a request: bytes in an encoder of its own. */
export interface KafkajsEncoder {
  readonly buffer: Buffer;
  size(): number;
}

type EncoderClass = new (initialBytes: number) => { buf: Buffer; offset: number } & KafkajsEncoder;

const Encoder = createRequire(import.meta.url)("kafkajs/src/protocol/encoder.js") as EncoderClass;

/** Hands ready bytes to kafkajs (2.2.4: `protocol/request.js` puts the request's head before them). */
export const encoderOf = (bytes: Buffer): KafkajsEncoder => {
  const encoder = new Encoder(0);
  encoder.buf = bytes;
  encoder.offset = bytes.length;
  return encoder;
};
