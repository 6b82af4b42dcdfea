import { dockerEngine, dockerObstacle } from "./docker.ts";
import { areJarsCached, cacheFolder, hasMaven, noMaven } from "./jars.ts";
import { findJava } from "./java.ts";
import { type Engine, jarsEngine } from "./jvm.ts";
import { KafkaLocalError } from "./settings.ts";

/** Whether a broker can run here, and by what; or why not, in words for a person. */
export type Ability =
  | { readonly ok: true; readonly by: "docker" | "jars" }
  | { readonly ok: false; readonly reason: string };

/** HYBRID_KAFKA_BY=jars|docker leaves the other way out. */
const wanted = (by: "docker" | "jars"): boolean => (process.env["HYBRID_KAFKA_BY"] ?? by) === by;

/** Looks whether a broker can run here; starts and fetches nothing. */
export const canRunKafka = async (): Promise<Ability> => {
  const docker = wanted("docker") ? await dockerObstacle() : "Docker is not wanted (HYBRID_KAFKA_BY)";
  if (docker === undefined) return { ok: true, by: "docker" };
  if (!wanted("jars")) return { ok: false, reason: `${docker}, and HYBRID_KAFKA_BY allows nothing else` };
  const java = await findJava();
  if ("reason" in java) return { ok: false, reason: `${docker}, and ${java.reason}` };
  if (areJarsCached(cacheFolder()) || (await hasMaven())) return { ok: true, by: "jars" };
  return { ok: false, reason: `${docker}, and ${noMaven}` };
};

/** The engine that canRunKafka names; throws its reason when there is none. */
export const chooseEngine = async (onProgress: (line: string) => void): Promise<Engine> => {
  const ability = await canRunKafka();
  if (!ability.ok) throw new KafkaLocalError(`no Kafka broker can run here: ${ability.reason}`);
  return ability.by === "docker" ? dockerEngine : jarsEngine(onProgress);
};
