import type { InputOrigin } from "@hybrid/contracts";
import { type ActorId, partitionOf } from "@hybrid/kernel";
import type { LogRecord, OutgoingRecord } from "@hybrid/log";
import { KeysMissing } from "@hybrid/sealing";
import type { Material } from "./arrival.ts";
import type { StepPlace } from "./effects.ts";
import type { PoisonError } from "./poison.ts";
import { closedJson } from "./sealed-parts.ts";

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
      cause: poison.poisonCause,
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

/** An input that does not stand in a topic, or is kept apart from it, as its dead letter keeps it. */
export interface DeadInput {
  readonly to: ActorId;
  readonly origin: InputOrigin;
  readonly material: Material;
}

const payloadOf = (place: StepPlace, { to, origin, material }: DeadInput): string => {
  const { kind: _, ...content } = material;
  try {
    return closedJson(place, JSON.stringify({ to, origin, ...content }));
  } catch (error) {
    if (error instanceof KeysMissing) throw error;
    // What cannot be written as JSON is the very fault that the letter reports; address and origin remain.
    return JSON.stringify({ to, origin });
  }
};

const originFields = ({ frame, partition }: StepPlace, { kind, name, ...record }: InputOrigin) =>
  kind === "record"
    ? { originTopic: name, originPartition: record.partition, originOffset: record.offset }
    : {
        originTopic: `${frame.service} ${kind} ${name}`,
        originPartition: partition,
        originOffset: nowhere,
      };

/** The dead letter of any other input, on `<service>-dead` under the actor's key. */
export const deadInput = (place: StepPlace, dead: DeadInput, poison: PoisonError): OutgoingRecord => {
  const { frame, at } = place;
  const topic = frame.deadLetters.get(frame.service);
  if (!topic) throw new TypeError(`${frame.service} has no dead-letter topic`);
  return {
    topic: topic.name,
    partition: partitionOf(dead.to, frame.partitions),
    key: dead.to,
    timestamp: at,
    value: topic.encode({
      cause: poison.poisonCause,
      detail: poison.message,
      service: frame.service,
      ...originFields(place, dead.origin),
      payload: Buffer.from(utf8.encode(payloadOf(place, dead))),
      deadAt: at,
    }),
  };
};
