import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { outputOf } from "./command-output.ts";
import { chosenKafka, KafkaLocalError, kafkaVersion, testedKafka } from "./settings.ts";

const log4jVersion = "2.25.3";

/**
 * Where jars and the state of brokers in the background lie: HYBRID_KAFKA_CACHE, or the user's cache. Each
 * release has a folder of its own; the newest one's is HYBRID_KAFKA_CACHE itself.
 */
export const cacheFolder = (environment: NodeJS.ProcessEnv = process.env): string => {
  const given = environment["HYBRID_KAFKA_CACHE"];
  const own = `kafka-${chosenKafka(environment)}`;
  if (given !== undefined && given !== "")
    return own === `kafka-${testedKafka.newest}` ? given : join(given, own);
  const caches = environment["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(caches, "hybrid-services", own);
};

const jarsIn = (cache: string): string => join(cache, "libs");

/** Whether the jars are there. The folder gets its name when it is complete, so its name is enough. */
export const areJarsCached = (cache: string): boolean => existsSync(jarsIn(cache));

/** The class path in an order that does not change, which an archive of classes insists on. */
export const classPathOf = async (cache: string): Promise<string> =>
  (await readdir(jarsIn(cache)))
    .filter((name) => name.endsWith(".jar"))
    .sort()
    .map((name) => join(jarsIn(cache), name))
    .join(":");

const dependency = (group: string, name: string, version: string): string =>
  `<dependency>
      <groupId>${group}</groupId>
      <artifactId>${name}</artifactId>
      <version>${version}</version>
    </dependency>`;

/** A Maven project that is nothing but its dependencies: the broker, and a logger for it. */
export const projectText = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>hybrid</groupId>
  <artifactId>kafka-local</artifactId>
  <version>${kafkaVersion}</version>
  <packaging>pom</packaging>
  <dependencies>
    ${dependency("org.apache.kafka", "kafka_2.13", kafkaVersion)}
    ${dependency("org.apache.logging.log4j", "log4j-slf4j-impl", log4jVersion)}
    ${dependency("org.apache.logging.log4j", "log4j-core", log4jVersion)}
  </dependencies>
</project>
`;

/** Whether Maven is there. */
export const hasMaven = async (): Promise<boolean> => (await outputOf("mvn", ["--version"])).code === 0;

/** The sentence for a machine that has neither jars nor Maven. */
export const noMaven =
  "the broker's jars are not in the cache and there is no mvn on the PATH; install Maven (Debian: maven), " +
  "or copy the cache folder of another machine and name it in HYBRID_KAFKA_CACHE";

const counter = (onProgress: (line: string) => void): ((line: string) => void) => {
  let files = 0;
  return (line) => {
    if (!/Downloaded .*\.jar/.test(line)) return;
    files++;
    if (files % 20 === 0) onProgress(`  ${files} files fetched`);
  };
};

/** Rules out that a second process that fetched at the same time, and was faster, counts as an error. */
const claim = async (temporary: string, final: string): Promise<void> => {
  try {
    await rename(temporary, final);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
};

const copyWithMaven = async (folder: string, onProgress: (line: string) => void): Promise<void> => {
  const project = join(folder, "pom.xml");
  await writeFile(project, projectText);
  const { code, text } = await outputOf(
    "mvn",
    [
      "--batch-mode",
      "--file",
      project,
      "dependency:copy-dependencies",
      "-DincludeScope=runtime",
      `-DoutputDirectory=${join(folder, "libs")}`,
    ],
    { onLine: counter(onProgress) },
  );
  if (code === 0) return;
  const faults = text.split("\n").filter((line) => line.startsWith("[ERROR]") && line.length > 8);
  throw new KafkaLocalError(
    `Maven could not fetch Kafka ${kafkaVersion}; look at the network, or name a mirror in Maven's ` +
      `settings.xml, and try again. It said:\n${faults.slice(0, 5).join("\n") || text.slice(-1_000)}`,
  );
};

/** Fetches the jars unless they are there. A download that breaks off leaves nothing that counts as them. */
export const ensureJars = async (cache: string, onProgress: (line: string) => void): Promise<void> => {
  if (areJarsCached(cache)) return;
  if (!(await hasMaven())) throw new KafkaLocalError(noMaven);
  onProgress(`fetching Kafka ${kafkaVersion} with Maven into ${cache} (45 MB, once)`);
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(join(cache, "fetching-"));
  try {
    await copyWithMaven(temporary, onProgress);
    await claim(join(temporary, "libs"), jarsIn(cache));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};
