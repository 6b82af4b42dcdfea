import { type Log, UnknownTopicError } from "@hybrid/log";
import type { LogPlace } from "./log-place.ts";

/**
 * Brokers with an authorizer list only the topics that this user may see. Asked for one by its name, they
 * tell it apart from one that is not there. Gives why each hidden one of `names` cannot be seen.
 */
export const hiddenTopics = async (
  log: Pick<Log, "offsets">,
  place: LogPlace,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const hidden = new Map<string, string>();
  if (place.kind === "embedded") return hidden;
  const look = async (name: string): Promise<void> => {
    try {
      await log.offsets(name, 0);
    } catch (error) {
      if (!(error instanceof UnknownTopicError))
        hidden.set(name, error instanceof Error ? error.message : String(error));
    }
  };
  await Promise.all(names.map(look));
  return hidden;
};
