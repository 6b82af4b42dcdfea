import { type AnyTopicContract, schemaPublisher, schemas, topicSettings } from "@hybrid/contracts";
import type { Clock } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";

/**
 * A log whose appends first publish the schemas of the records' topics, each once: readers of an older
 * release understand by them what this one writes. The topic of schemas is created where it is missing.
 */
export const publishingLog = (log: Log, clock: Clock, topics: readonly AnyTopicContract[]): Log => {
  const publish = schemaPublisher(
    {
      append: async (records) => {
        await log.createTopics([topicSettings(schemas, 1)]);
        return log.append(records);
      },
    },
    topics,
    () => clock.now(),
  );
  const append: Log["append"] = async (records) => {
    await publish(records);
    return log.append(records);
  };
  return Object.create(log, { append: { value: append } }) as Log;
};
