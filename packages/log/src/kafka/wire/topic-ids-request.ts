import type { KafkajsCall } from "./kafkajs-call.ts";
import { encoderOf } from "./kafkajs-encoder.ts";
import { type RequestBody, type RequestWriter, requestWriter } from "./request-writer.ts";
import { type ResponseReader, responseReader } from "./response-reader.ts";

/** A topic's id, by its name: another one when a topic of that name was created again (KIP-516). */
export type TopicIds = ReadonlyMap<string, string>;

const api = { apiKey: 3, apiVersion: 12, apiName: "Metadata" } as const;

/** No topic has it; brokers ask by name with it, and give it where they know none. */
const noId = Buffer.alloc(16);

/*
 * From version 9 on lengths are unsigned varints and one more than they are (0 is null), and tagged fields,
 * of which none is sent and none is known here, follow each structure (KIP-482).
 */
const writeLength = (to: RequestWriter, length: number): void => {
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    const isLast = rest < 128;
    to.raw(Buffer.of(isLast ? rest : 0x80 | (rest % 128)));
    if (isLast) return;
  }
};

const readLength = (from: ResponseReader): number => {
  let length = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = from.raw(1).readUInt8(0);
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return length;
  }
};

const skipTags = (from: ResponseReader): void => {
  for (let left = readLength(from); left > 0; left--) {
    readLength(from);
    from.raw(readLength(from));
  }
};

const readText = (from: ResponseReader): string =>
  from.raw(Math.max(0, readLength(from) - 1)).toString("utf8");

const readArray = <Item>(from: ResponseReader, read: () => Item): readonly Item[] => {
  const items: Item[] = [];
  for (let left = readLength(from) - 1; left > 0; left--) items.push(read());
  return items;
};

const encode = (topics: readonly string[]): RequestBody => {
  const to = requestWriter(1_024);
  // The end of a head of the newer form, which kafkajs does not write.
  to.int8(0);
  writeLength(to, topics.length + 1);
  for (const topic of topics) {
    const name = Buffer.from(topic);
    to.raw(noId);
    writeLength(to, name.length + 1);
    to.raw(name).int8(0);
  }
  // Topics are not to be created, and nobody asks what may be done with them.
  return to.int8(0).int8(0).int8(0).body();
};

const decode = (payload: Buffer): { result: TopicIds; clientSideThrottleTime: number } => {
  const from = responseReader(payload, "Metadata v12");
  skipTags(from);
  const clientSideThrottleTime = from.int32();
  const numbers = (): readonly number[] => readArray(from, () => from.int32());
  readArray(from, () => {
    from.int32();
    readText(from);
    from.int32();
    readText(from);
    skipTags(from);
  });
  readText(from);
  from.int32();
  const topics = readArray(from, () => {
    const errorCode = from.int16();
    const [name, id] = [readText(from), from.raw(16)];
    from.int8();
    readArray(from, () => {
      from.int16();
      for (let field = 0; field < 3; field++) from.int32();
      for (let list = 0; list < 3; list++) numbers();
      skipTags(from);
    });
    from.int32();
    skipTags(from);
    return { errorCode, name, id };
  });
  const known = topics.filter(({ errorCode, id }) => errorCode === 0 && !id.equals(noId));
  return {
    clientSideThrottleTime,
    result: new Map(known.map(({ name, id }) => [name, id.toString("base64url")])),
  };
};

/** Metadata version 12, which kafkajs lacks, for the ids of topics; those without one are left out. */
export const topicIdsRequest = (topics: readonly string[]): KafkajsCall<TopicIds> => ({
  request: {
    ...api,
    expectResponse: () => true,
    encode: () => Promise.resolve(encoderOf(encode(topics))),
  },
  response: { decode, parse: ({ result }) => result },
  requestTimeout: null,
});
