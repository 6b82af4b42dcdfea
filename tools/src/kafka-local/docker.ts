import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { clusterId, type Engine, filesIn } from "./jvm.ts";
import type { NodeProcess } from "./node-process.ts";
import { KafkaLocalError, kafkaVersion } from "./settings.ts";

const image = `apache/kafka:${kafkaVersion}`;

/** Where engines listen; without any of them asking one would only take time. */
const mayHaveEngine = (): boolean =>
  process.env["DOCKER_HOST"] !== undefined ||
  [
    "/var/run/docker.sock",
    join(homedir(), ".docker/run/docker.sock"),
    join(process.env["XDG_RUNTIME_DIR"] ?? "/run", "docker.sock"),
  ].some((path) => existsSync(path));

/** Why no engine can run the broker, or undefined when one answers that shares our file system. */
export const dockerObstacle = async (): Promise<string | undefined> => {
  if (!mayHaveEngine()) return "no Docker engine listens";
  const { getContainerRuntimeClient } = await import("testcontainers");
  try {
    const { info } = await getContainerRuntimeClient();
    const { host } = info.containerRuntime;
    return ["localhost", "127.0.0.1"].includes(host)
      ? undefined
      : `the Docker engine is on another machine (${host}), which cannot reach our folders`;
  } catch (error) {
    return `the Docker engine does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const isGone = (error: unknown): boolean =>
  [304, 404, 409].includes((error as { readonly statusCode?: number }).statusCode ?? 0);

const ignoreGone = async (action: Promise<unknown>): Promise<void> => {
  try {
    await action;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
};

/** A container that somebody started, by its id. */
export const adoptContainer = async (id: string): Promise<NodeProcess> => {
  const { getContainerRuntimeClient } = await import("testcontainers");
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(id);
  return {
    pid: null,
    container: id,
    isAlive: async () => {
      try {
        return (await container.inspect()).State.Running;
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    },
    signal: (signal) => ignoreGone(container.kill({ signal })),
    release: () => ignoreGone(container.remove({ force: true, v: true })),
  };
};

const containerFor = async (folder: string) => {
  const { GenericContainer } = await import("testcontainers");
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  // The folder has the same path inside, so that one configuration holds on both sides.
  return new GenericContainer(image)
    .withUser(`${uid}:${gid}`)
    .withBindMounts([{ source: folder, target: folder, mode: "rw" }])
    .withLabels({ "hybrid.kafka": folder });
};

const unusable = (what: string, error: unknown): KafkaLocalError =>
  new KafkaLocalError(
    `${what} in ${image}: ${error instanceof Error ? error.message : String(error)} ` +
      "(HYBRID_KAFKA_BY=jars does without Docker)",
  );

const formatIn = async (folder: string, more: readonly string[]): Promise<void> => {
  const { Wait } = await import("testcontainers");
  let said = "";
  const formatter = (await containerFor(folder))
    .withEntrypoint(["/opt/kafka/bin/kafka-storage.sh"])
    .withCommand(["format", "--standalone", "-t", clusterId(), "-c", filesIn(folder).properties, ...more])
    .withEnvironment({ LOG_DIR: join(folder, "tool-logs") })
    .withLogConsumer((stream) => stream.on("data", (chunk) => (said += String(chunk))))
    .withWaitStrategy(Wait.forOneShotStartup());
  try {
    await (await formatter.start()).stop();
  } catch (error) {
    throw unusable(`Kafka could not format ${folder}, which said "${said.slice(-2_000)}"`, error);
  }
};

const startIn: Engine["start"] = async (folder, options) => {
  try {
    return await startContainer(folder, options);
  } catch (error) {
    throw unusable("Kafka could not be started", error);
  }
};

const startContainer: Engine["start"] = async (folder, { heapMb, ports, background }) => {
  const { Wait } = await import("testcontainers");
  // A broker in the background must not be cleared away when this process ends.
  if (background) process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
  const files = filesIn(folder);
  const started = await (await containerFor(folder))
    .withEntrypoint(["bash", "-c", 'exec /opt/kafka/bin/kafka-server-start.sh "$0" >> "$1" 2>&1'])
    .withCommand([files.properties, files.log])
    .withEnvironment({
      KAFKA_HEAP_OPTS: `-Xms${Math.min(128, heapMb)}m -Xmx${heapMb}m`,
      KAFKA_LOG4J_OPTS: `-Dlog4j2.configurationFile=${files.logging}`,
      LOG_DIR: join(folder, "tool-logs"),
    })
    .withExposedPorts(...ports.map((port) => ({ container: port, host: port })))
    .withAutoRemove(false)
    // Whether the broker serves is read from its log, as without a container.
    .withWaitStrategy(Wait.forSuccessfulCommand("true"))
    .start();
  return adoptContainer(started.getId());
};

/** The engine that runs nodes in containers of the project's own image. */
export const dockerEngine: Engine = { by: "docker", bindHost: "0.0.0.0", format: formatIn, start: startIn };
