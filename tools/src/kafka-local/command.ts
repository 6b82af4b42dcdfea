import { join } from "node:path";
import { parseArgs } from "node:util";
import { type BackgroundBroker, runningBelow, startInBackground, stopInBackground } from "./background.ts";
import { chooseEngine } from "./engine.ts";
import { cacheFolder } from "./jars.ts";
import { KafkaLocalError, kafkaVersion } from "./settings.ts";

/** How the command is used. */
export const usage = `node tools/kafka-local.ts start|stop|status|fetch [--port N] [--heap MiB] [--json]

A Kafka broker (${kafkaVersion}, one node) for this machine: in a container when a Docker engine answers, else
from jars with a Java 17.

  start    starts it in the background on 127.0.0.1:9092 and waits until it serves
  stop     ends it and removes its data
  status   says what runs; exit code 1 when nothing does
  fetch    gets what a start needs, and starts nothing

HYBRID_KAFKA_CACHE names the folder for jars and state instead of the user's cache;
HYBRID_KAFKA_BY=jars|docker leaves the other way out.`;

const verbs = ["start", "stop", "status", "fetch"] as const;

/** What somebody asked for. */
export interface Order {
  readonly verb: (typeof verbs)[number];
  readonly port: number;
  readonly heapMb: number;
  readonly json: boolean;
}

const whole = (text: string, name: string, max: number): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= max) return value;
  throw new KafkaLocalError(`--${name} must be a whole number from 1 to ${max}, not "${text}"`);
};

/** Reads the words of a command line; undefined when help was asked for. Throws a KafkaLocalError. */
export const parseOrder = (words: readonly string[]): Order | undefined => {
  const options = {
    port: { type: "string", default: "9092" },
    heap: { type: "string", default: "768" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  const parse = () => {
    try {
      return parseArgs({ args: [...words], options, allowPositionals: true });
    } catch (error) {
      throw new KafkaLocalError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    }
  };
  const { values, positionals } = parse();
  if (values.help) return undefined;
  const verb = verbs.find((one) => one === positionals[0]);
  if (!verb || positionals.length > 1)
    throw new KafkaLocalError(`say one of ${verbs.join(", ")}, not "${positionals.join(" ")}"\n\n${usage}`);
  return {
    verb,
    port: whole(values.port, "port", 65_535),
    heapMb: whole(values.heap, "heap", 65_536),
    json: values.json,
  };
};

const where = ({ address, pid, container, folder, version }: BackgroundBroker): string => {
  const what = pid === null ? `container ${container ?? ""}` : `process ${pid}`;
  return `Kafka ${version} on ${address} (${what}, ${folder})`;
};

/** What the command says: lines for a person, or one JSON value; and whether the exit code is 0. */
interface Answer {
  readonly text: string;
  readonly json: unknown;
  readonly ok: boolean;
}

const carryOut = async ({ verb, port, heapMb }: Order): Promise<Answer> => {
  const onProgress = (line: string): void => console.error(line);
  const all = join(cacheFolder(), "running");
  const home = join(all, String(port));
  switch (verb) {
    case "start": {
      const broker = await startInBackground(home, { port, heapMb, onProgress });
      return {
        text: `${where(broker)} ${broker.already ? "runs already" : "serves"}`,
        json: broker,
        ok: true,
      };
    }
    case "stop": {
      const broker = await stopInBackground(home);
      const text = broker ? `${where(broker)} is stopped` : `no broker of ours runs on port ${port}`;
      return { text, json: broker ?? null, ok: true };
    }
    case "status": {
      const running = await runningBelow(all);
      const text = running.length > 0 ? running.map(where).join("\n") : "no broker of ours runs";
      return { text, json: running, ok: running.length > 0 };
    }
    case "fetch": {
      const { by } = await chooseEngine(onProgress);
      return { text: `a broker can start at once, by ${by}`, json: { by }, ok: true };
    }
  }
};

/** Carries out a command line; resolves with the exit code. */
export const runCommandLine = async (words: readonly string[]): Promise<number> => {
  try {
    const order = parseOrder(words);
    if (!order) {
      console.log(usage);
      return 0;
    }
    const { text, json, ok } = await carryOut(order);
    console.log(order.json ? JSON.stringify(json) : text);
    return ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof KafkaLocalError)) throw error;
    console.error(error.message);
    return 1;
  }
};
