import { startKafka } from "../kafka-local/broker.ts";
import { canRunKafka } from "../kafka-local/engine.ts";
import { type KafkaBroker, KafkaLocalError } from "../kafka-local/settings.ts";
import type { Surroundings } from "./verdict.ts";

/** One broker for all parts of a suite that want one. */
export interface SuiteKafka extends AsyncDisposable {
  /** Starts the broker at the first call; the variables that tell tests of it, none when there is none. */
  environment(): Promise<{ readonly HYBRID_KAFKA?: string }>;
  /** Why there is none, for the verdict. */
  omission(): Pick<Surroundings, "noKafka">;
}

const attempt = async (): Promise<KafkaBroker | { readonly reason: string }> => {
  try {
    const ability = await canRunKafka();
    return ability.ok ? await startKafka({ onProgress: (line) => console.log(line), heapMb: 768 }) : ability;
  } catch (error) {
    if (error instanceof KafkaLocalError) return { reason: error.message };
    throw error;
  }
};

/** A broker that is given in HYBRID_KAFKA stays whose it is; else one is started and ended here. */
export const kafkaForSuite = (environment: NodeJS.ProcessEnv, start = attempt): SuiteKafka => {
  const given = environment["HYBRID_KAFKA"];
  let started: Promise<KafkaBroker | { readonly reason: string }> | undefined;
  let reason: string | undefined;
  return {
    environment: async () => {
      if (given !== undefined && given !== "") return { HYBRID_KAFKA: given };
      const first = started === undefined;
      started ??= start();
      const broker = await started;
      if ("reason" in broker) {
        reason = broker.reason;
        if (first) console.error(`NO KAFKA BROKER for the tests that need one: ${reason}`);
        return {};
      }
      const [address = ""] = broker.brokers;
      if (first) console.log(`Kafka broker for these tests: ${address}`);
      return { HYBRID_KAFKA: address };
    },
    omission: () => (reason === undefined ? {} : { noKafka: reason }),
    [Symbol.asyncDispose]: async () => {
      const broker = await started;
      if (broker && "stop" in broker) await broker.stop();
    },
  };
};
