import { existsSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { outputOf } from "./command-output.ts";
import { cacheFolder, classPathOf, ensureJars } from "./jars.ts";
import { findJava, type Java } from "./java.ts";
import { launch, type NodeProcess } from "./node-process.ts";
import { freePorts } from "./ports.ts";
import { brokerProperties, loggingText, propertiesText } from "./properties.ts";
import { KafkaLocalError } from "./settings.ts";

/** Where a broker's own files lie in its folder. */
export const filesIn = (folder: string) => ({
  properties: join(folder, "server.properties"),
  logging: join(folder, "log4j2.properties"),
  log: join(folder, "broker.log"),
  data: join(folder, "data"),
  /** Written by the formatter at its end: a folder with it is ready. */
  formatted: join(folder, "data/meta.properties"),
});

/** How broker nodes are run on this machine. */
export interface Engine {
  readonly by: "docker" | "jars";
  /** Address that listeners are bound to. */
  readonly bindHost: string;
  /** Prepares the data folder, whose server.properties is written; throws with what the formatter said. */
  format(folder: string, more: readonly string[]): Promise<void>;
  start(folder: string, options: NodeOptions): Promise<NodeProcess>;
}

/** What a node is started with. */
export interface NodeOptions {
  readonly heapMb: number;
  readonly ports: readonly number[];
  readonly background: boolean;
  readonly measured: boolean;
}

/** A cluster id as Kafka makes them: 16 random bytes, base64url, not taken for an option. */
export const clusterId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Buffer.from(bytes).toString("base64url").replace(/^-/, "A");
};

/** Two cores have no time for collector threads. */
const smallMachine = ["-XX:+UseSerialGC", "-Xshare:auto", "-Djava.awt.headless=true"];

/** A test wants a quick start more than the last bit of speed: no second compiler. */
const quickStart = ["-XX:TieredStopAtLevel=1"];

interface Jvm {
  readonly java: Java;
  readonly classPath: string;
  /** Classes ready to be mapped into memory (AppCDS): halves the time to start. */
  readonly archive: string;
}

const words = (jvm: Jvm, folder: string): readonly string[] => [
  // In the first place, so that everybody who lists processes sees whose it is.
  `-Dhybrid.kafka=${folder}`,
  ...smallMachine,
  ...(existsSync(jvm.archive) ? [`-XX:SharedArchiveFile=${jvm.archive}`] : []),
  `-Dlog4j2.configurationFile=${filesIn(folder).logging}`,
];

const environmentOf = ({ classPath }: Jvm): NodeJS.ProcessEnv => ({ ...process.env, CLASSPATH: classPath });

const formatWith = async (jvm: Jvm, folder: string, more: readonly string[]): Promise<void> => {
  const given = ["kafka.tools.StorageTool", "format", "--standalone", "-t", clusterId()];
  const { code, text } = await outputOf(
    jvm.java.program,
    [...words(jvm, folder), ...quickStart, ...given, "-c", filesIn(folder).properties, ...more],
    { environment: environmentOf(jvm) },
  );
  if (code !== 0)
    throw new KafkaLocalError(`Kafka could not format ${folder}; it said:\n${text.slice(-2_000)}`);
};

const nodeWords = (jvm: Jvm, folder: string, heapMb: number): readonly string[] => [
  ...words(jvm, folder),
  `-Xms${Math.min(128, heapMb)}m`,
  `-Xmx${heapMb}m`,
];

/** Written at the end of a start; the last thing a broker does before it serves. */
export const startedPattern = /Kafka Server started/;

/**
 * Starts and ends a broker once to learn which classes it loads. An archive that cannot be made costs nothing
 * but seconds at every start, so that it is said and not an error.
 */
const makeArchive = async (jvm: Jvm, cache: string, onProgress: (line: string) => void): Promise<void> => {
  if (existsSync(jvm.archive)) return;
  onProgress("preparing quick starts of the broker (once)");
  const folder = await mkdtemp(join(cache, "archiving-"));
  try {
    const [port = 0, controller = 0] = await freePorts(2);
    const properties = brokerProperties({
      folder,
      ports: { PLAINTEXT: port, CONTROLLER: controller },
      security: "plaintext",
      bindHost: "127.0.0.1",
      internalPassword: "",
      overrides: {},
    });
    await writeFile(filesIn(folder).properties, propertiesText(properties));
    await writeFile(filesIn(folder).logging, loggingText);
    await formatWith(jvm, folder, []);
    const made = join(folder, "classes.jsa");
    const given = [`-XX:ArchiveClassesAtExit=${made}`, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"];
    const ended = new AbortController();
    const run = outputOf(
      jvm.java.program,
      [...nodeWords(jvm, folder, 512), ...quickStart, ...given, "kafka.Kafka", filesIn(folder).properties],
      {
        environment: environmentOf(jvm),
        signal: ended.signal,
        onLine: (line) => startedPattern.test(line) && ended.abort(),
      },
    );
    const { text } = await run;
    if (existsSync(made)) await rename(made, jvm.archive);
    else onProgress(`  not possible, starts take twice as long: ${text.trim().split("\n").at(-1) ?? ""}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The engine that runs nodes with this machine's Java from jars, which it fetches when they are missing. */
export const jarsEngine = async (onProgress: (line: string) => void): Promise<Engine> => {
  const java = await findJava();
  if ("reason" in java) throw new KafkaLocalError(java.reason);
  const cache = cacheFolder();
  await ensureJars(cache, onProgress);
  const jvm = {
    java,
    classPath: await classPathOf(cache),
    archive: join(cache, `classes-${java.version}.jsa`),
  };
  await makeArchive(jvm, cache, onProgress);
  return {
    by: "jars",
    bindHost: "127.0.0.1",
    format: (folder, more) => formatWith(jvm, folder, more),
    start: (folder, { heapMb, background, measured }) =>
      launch({
        program: java.program,
        given: [
          ...nodeWords(jvm, folder, heapMb),
          ...(measured ? [] : quickStart),
          "kafka.Kafka",
          filesIn(folder).properties,
        ],
        environment: environmentOf(jvm),
        logFile: filesIn(folder).log,
        background,
      }),
  };
};
