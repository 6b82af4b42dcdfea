import { type ActorId, partitionOf } from "@hybrid/kernel";
import type { LogRecord, OutgoingRecord } from "@hybrid/log";
import type { StepPlace } from "./effects.ts";
import type { PoisonError } from "./poison.ts";

/** No offset: the input never stood in a topic. */
const nowhere = -1;

const utf8 = new TextEncoder();

/** The dead letter of a source record: same key, same partition, the record's bytes as they were. */
export const deadRecord = (place: StepPlace, record: LogRecord, poison: PoisonError): OutgoingRecord => {
  const topic = place.frame.deadLetters.get(record.topic);
  if (!topic) throw new TypeError(`${record.topic} is not a source of ${place.frame.service}`);
  return {
    topic: topic.name,
    partition: record.partition,
    key: record.key,
    timestamp: place.at,
    value: topic.encode({
      cause: poison.poison,
      detail: poison.message,
      service: place.frame.service,
      originTopic: record.topic,
      originPartition: record.partition,
      originOffset: record.offset,
      payload: record.value === null ? null : Buffer.from(record.value),
      deadAt: place.at,
    }),
  };
};

/** An input that came from a timer, a call or another actor, as its dead letter keeps it. */
export interface DeadInput {
  readonly to: ActorId;
  readonly origin: { readonly kind: string; readonly name: string };
  /** Undefined when it could not even be made. */
  readonly input: unknown;
}

const payloadOf = ({ to, origin, input }: DeadInput): string => {
  try {
    return JSON.stringify({ to, origin, input });
  } catch {
    // What cannot be written as JSON is the very fault that the letter reports; address and origin remain.
    return JSON.stringify({ to, origin });
  }
};

/** The dead letter of any other input, on `<service>-dead` under the actor's key. */
export const deadInput = (place: StepPlace, dead: DeadInput, poison: PoisonError): OutgoingRecord => {
  const { frame, partition, at } = place;
  const topic = frame.deadLetters.get(frame.service);
  if (!topic) throw new TypeError(`${frame.service} has no dead-letter topic`);
  return {
    topic: topic.name,
    partition: partitionOf(dead.to, frame.partitions),
    key: dead.to,
    timestamp: at,
    value: topic.encode({
      cause: poison.poison,
      detail: poison.message,
      service: frame.service,
      originTopic: `${frame.service} ${dead.origin.kind} ${dead.origin.name}`,
      originPartition: partition,
      originOffset: nowhere,
      payload: Buffer.from(utf8.encode(payloadOf(dead))),
      deadAt: at,
    }),
  };
};
