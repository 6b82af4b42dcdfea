import { readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { endProcess, startNode } from "./broker.ts";
import { adoptContainer } from "./docker.ts";
import { adopt, type NodeProcess } from "./node-process.ts";
import { KafkaLocalError, type KafkaOptions, kafkaVersion } from "./settings.ts";

/** A broker that runs on when the process that started it has ended: what its state file says. */
export interface BackgroundBroker {
  /** host:port */
  readonly address: string;
  readonly port: number;
  readonly pid: number | null;
  readonly container: string | null;
  readonly folder: string;
  readonly version: string;
}

/** Reads a state file's text; undefined when it is none of ours (of another form, or cut off). */
export const parseState = (text: string): BackgroundBroker | undefined => {
  try {
    const { address, port, pid, container, folder, version } = JSON.parse(text) as Partial<BackgroundBroker>;
    const known = typeof address === "string" && typeof port === "number" && typeof folder === "string";
    const ran = typeof pid === "number" || typeof container === "string";
    if (!known || !ran || typeof version !== "string") return undefined;
    return { address, port, pid: pid ?? null, container: container ?? null, folder, version };
  } catch {
    return undefined;
  }
};

const stateFile = (home: string): string => join(home, "state.json");

const readState = (home: string): BackgroundBroker | undefined => {
  try {
    return parseState(readFileSync(stateFile(home), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

const processOf = async (state: BackgroundBroker): Promise<NodeProcess | undefined> => {
  if (state.container !== null) return adoptContainer(state.container);
  return state.pid === null ? undefined : adopt(state.pid, `-Dhybrid.kafka=${state.folder}`);
};

/** The broker whose state lies in `home`, if it lives. */
export const runningIn = async (home: string): Promise<BackgroundBroker | undefined> => {
  const state = readState(home);
  const node = state && (await processOf(state));
  return (await node?.isAlive()) === true ? state : undefined;
};

/** Starts a broker that outlives us, with state and data in `home`; the one that runs there already stays. */
export const startInBackground = async (
  home: string,
  options: Omit<KafkaOptions, "folder" | "security">,
): Promise<BackgroundBroker & { readonly already: boolean }> => {
  const running = await runningIn(home);
  if (running) return { ...running, already: true };
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  try {
    const { node, folder, ports } = await startNode({ ...options, folder: join(home, "broker") }, true);
    const port = ports["PLAINTEXT"] ?? 0;
    const state: BackgroundBroker = {
      address: `127.0.0.1:${port}`,
      port,
      pid: node.pid,
      container: node.container,
      folder,
      version: kafkaVersion,
    };
    const written = `${stateFile(home)}.new`;
    await writeFile(written, `${JSON.stringify(state, null, 2)}\n`);
    await rename(written, stateFile(home));
    return { ...state, already: false };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
};

/** Ends the broker whose state lies in `home` and removes its data; undefined when none ran. */
export const stopInBackground = async (home: string): Promise<BackgroundBroker | undefined> => {
  const running = await runningIn(home);
  const node = running && (await processOf(running));
  if (node) {
    await endProcess(node);
    if (await node.isAlive())
      throw new KafkaLocalError(
        `the broker in ${home} does not end; its process is ${node.pid ?? "a container"}`,
      );
  }
  await rm(home, { recursive: true, force: true });
  return running;
};

/** All brokers that run with their state in folders below `parent`. */
export const runningBelow = async (parent: string): Promise<readonly BackgroundBroker[]> => {
  try {
    const homes = (await readdir(parent)).sort();
    const found = await Promise.all(homes.map((name) => runningIn(join(parent, name))));
    return found.filter((one) => one !== undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
};
