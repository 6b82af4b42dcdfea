import type { KafkajsCall } from "./kafkajs-call.ts";
import { encoderOf } from "./kafkajs-encoder.ts";
import { type RequestBody, requestWriter } from "./request-writer.ts";
import { responseReader } from "./response-reader.ts";

/** Settings of one topic to be set; all others stay. */
export interface TopicConfigChange {
  readonly topic: string;
  readonly set: Readonly<Record<string, string>>;
}

/** What became of one topic's change: 0 is success, else Kafka's error code with the broker's own words. */
export interface TopicConfigChanged {
  readonly topic: string;
  readonly errorCode: number;
  readonly message: string;
}

const api = { apiKey: 44, apiVersion: 0, apiName: "IncrementalAlterConfigs" } as const;

const topicResource = 2;
const setOperation = 0;

const encode = (changes: readonly TopicConfigChange[]): RequestBody => {
  const to = requestWriter(1_024);
  to.array(changes, ({ topic, set }) =>
    to
      .int8(topicResource)
      .text(topic)
      .array(Object.entries(set), ([name, value]) => to.text(name).int8(setOperation).text(value)),
  );
  // Not only to be validated.
  to.int8(0);
  return to.body();
};

const decode = (
  payload: Buffer,
): { result: readonly TopicConfigChanged[]; clientSideThrottleTime: number } => {
  const from = responseReader(payload, "IncrementalAlterConfigs v0");
  const clientSideThrottleTime = from.int32();
  const result = from.array((): TopicConfigChanged => {
    const [errorCode, message] = [from.int16(), from.text()];
    // The resource's type, which is the one that was asked for.
    from.int8();
    return { topic: from.text(), errorCode, message };
  });
  return { result, clientSideThrottleTime };
};

/**
 * IncrementalAlterConfigs version 0 (KIP-339), which kafkajs lacks: its AlterConfigs would put back to the
 * default every setting that is not named, an administrator's own among them.
 */
export const alterConfigsRequest = (
  changes: readonly TopicConfigChange[],
): KafkajsCall<readonly TopicConfigChanged[]> => ({
  request: {
    ...api,
    expectResponse: () => true,
    encode: () => Promise.resolve(encoderOf(encode(changes))),
  },
  response: { decode, parse: ({ result }) => result },
  requestTimeout: null,
});
