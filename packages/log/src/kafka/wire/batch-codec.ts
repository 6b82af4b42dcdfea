import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { ConfigError } from "@hybrid/kernel";
import { CorruptLogError } from "../../errors.ts";

/** The place of a batch, for errors: "topic orders, partition 3, the batch at offset 17". */
export type BatchPlace = string;

/** A batch may be no larger than this when inflated: a broker takes 1 MiB by default, deflated or not. */
const inflatedBytesMax = 128 * 1024 * 1024;

type Inflater = (deflated: Buffer, bounds: { readonly maxOutputLength: number }) => Buffer;

const inflaters: Readonly<Record<number, Inflater>> = { 1: gunzipSync, 4: zstdDecompressSync };
const unsupported: Readonly<Record<number, string>> = { 2: "snappy", 3: "lz4" };

const cannotInflate = (place: BatchPlace, error: unknown): CorruptLogError => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  return new CorruptLogError(
    `${place} passes its check but cannot be inflated (${code}): its producer wrote it so, or it is larger ` +
      `than ${inflatedBytesMax} bytes inflated. Set compression.type of the producer and the topic to none ` +
      "or zstd, and move the consumer group past the batch.",
    { cause: error },
  );
};

/**
 * Inflates the records of a batch by the codec of its attributes (1 gzip, 4 zstd). Throws ConfigError for
 * snappy and lz4, which Node lacks, and CorruptLogError for what cannot be inflated or exceeds 128 MiB.
 */
export const inflate = (codec: number, records: Buffer, place: BatchPlace): Buffer => {
  const inflater = inflaters[codec];
  if (inflater === undefined)
    throw new ConfigError(`${place} cannot be read`, [
      `it is compressed with ${unsupported[codec] ?? `codec ${codec}`}; only gzip and zstd can be inflated`,
      "set compression.type of the topic to zstd, gzip or uncompressed; what is stored already must be " +
        "rewritten, or the consumer group be moved past it",
    ]);
  try {
    return inflater(records, { maxOutputLength: inflatedBytesMax });
  } catch (error) {
    throw cannotInflate(place, error);
  }
};
