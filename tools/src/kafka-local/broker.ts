import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { chooseEngine } from "./engine.ts";
import { type Engine, filesIn, startedPattern } from "./jvm.ts";
import type { NodeProcess } from "./node-process.ts";
import { freePorts, isPortFree } from "./ports.ts";
import {
  brokerProperties,
  checkUsers,
  clientListeners,
  listenerNames,
  loggingText,
  type Ports,
  propertiesText,
  scramArguments,
} from "./properties.ts";
import { type KafkaBroker, KafkaLocalError, type KafkaOptions } from "./settings.ts";

/** A start takes 2 s; a machine under load may take long, and Docker may have to fetch the image. */
const startDeadlineMs = 90_000;
const stopDeadlineMs = 15_000;
const lookEveryMs = 20;
const portAttempts = 5;

/** The last lines of a text. */
export const lastLines = (text: string, lines: number): string =>
  text.trimEnd().split("\n").slice(-lines).join("\n");

const logOf = (folder: string): string =>
  existsSync(filesIn(folder).log) ? readFileSync(filesIn(folder).log, "utf8") : "";

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Sees a process end; false at the deadline. */
const hasEnded = async (node: NodeProcess, deadlineMs: number): Promise<boolean> => {
  const deadline = performance.now() + deadlineMs;
  while (await node.isAlive()) {
    if (performance.now() > deadline) return false;
    await wait(lookEveryMs);
  }
  return true;
};

/** Ends a process in order, and by force when it does not; resolves when it is gone. */
export const endProcess = async (node: NodeProcess): Promise<void> => {
  await node.signal("SIGTERM");
  // One that is paused would not get to its end.
  await node.signal("SIGCONT");
  if (!(await hasEnded(node, stopDeadlineMs))) {
    await node.signal("SIGKILL");
    await hasEnded(node, stopDeadlineMs);
  }
  await node.release();
};

/** What stays the same over restarts. */
interface Site {
  readonly engine: Engine;
  readonly folder: string;
  readonly ports: Ports;
  readonly options: KafkaOptions;
  readonly background: boolean;
}

const portsOf = async ({ security = "plaintext", port }: KafkaOptions): Promise<Ports> => {
  const names = listenerNames(security);
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0]));
  const [first] = names;
  return port === undefined || first === undefined ? ports : { ...ports, [first]: port };
};

const prepare = async ({ engine, folder, ports, options }: Site): Promise<void> => {
  const { security = "plaintext", properties = {} } = options;
  const files = filesIn(folder);
  await mkdir(folder, { recursive: true });
  const configured = brokerProperties({
    folder,
    ports,
    security,
    bindHost: engine.bindHost,
    internalPassword: crypto.randomUUID(),
    overrides: properties,
  });
  await writeFile(files.properties, propertiesText(configured), { mode: 0o600 });
  await writeFile(files.logging, loggingText);
  if (!existsSync(files.formatted)) await engine.format(folder, scramArguments(security));
};

/** Starts a node and waits until it serves. */
const bringUp = async ({ engine, folder, ports, options, background }: Site): Promise<NodeProcess> => {
  const from = sizeOf(filesIn(folder).log);
  const { security = "plaintext", heapMb = 512, measured = false } = options;
  const open = clientListeners(security).map((name) => ports[name] ?? 0);
  const node = await engine.start(folder, { heapMb, ports: open, background, measured });
  const deadline = performance.now() + startDeadlineMs;
  for (;;) {
    const said = logOf(folder).slice(from);
    if (startedPattern.test(said)) return node;
    const alive = await node.isAlive();
    if (!alive || performance.now() > deadline) {
      await node.signal("SIGKILL");
      await node.release();
      const how = alive ? `did not come up within ${startDeadlineMs / 1_000} s` : "ended while it started";
      throw new KafkaLocalError(`the broker in ${folder} ${how}; its log ends:\n${lastLines(said, 20)}`);
    }
    await wait(lookEveryMs);
  }
};

const lostPort = (error: unknown): boolean =>
  error instanceof KafkaLocalError &&
  /Address already in use|BindException|port is already/.test(error.message);

/** A node that serves, with where it runs. */
export interface RunningNode extends Site {
  readonly node: NodeProcess;
}

const siteFor = async (engine: Engine, options: KafkaOptions, background: boolean): Promise<Site> => {
  const folder = resolve(options.folder ?? (await mkdtemp(join(tmpdir(), "hybrid-kafka-"))));
  return { engine, folder, ports: await portsOf(options), options, background };
};

/** Chooses ports, formats and starts a node; other ports when somebody was faster with one of them. */
export const startNode = async (options: KafkaOptions, background: boolean): Promise<RunningNode> => {
  const { port, security = "plaintext", onProgress = () => undefined } = options;
  checkUsers(security);
  if (port !== undefined && !(await isPortFree(port)))
    throw new KafkaLocalError(
      `port ${port} of 127.0.0.1 is taken; end what listens there, or choose another`,
    );
  const engine = await chooseEngine(onProgress);
  let site = await siteFor(engine, options, background);
  try {
    for (let attempt = 1; ; attempt++) {
      await prepare(site);
      onProgress(`starting Kafka in ${site.folder}`);
      try {
        return { ...site, node: await bringUp(site) };
      } catch (error) {
        if (!lostPort(error) || attempt === portAttempts) throw error;
        await rm(filesIn(site.folder).data, { recursive: true, force: true });
        site = { ...site, ports: await portsOf(options) };
      }
    }
  } catch (error) {
    if (options.folder === undefined) await rm(site.folder, { recursive: true, force: true });
    throw error;
  }
};

/** A node's life as its owner sees it. */
const brokerOf = ({ node: first, ...site }: RunningNode): KafkaBroker => {
  const { folder, ports, options } = site;
  let node: NodeProcess | undefined = first;
  const listeners = clientListeners(options.security ?? "plaintext");
  const addresses = Object.fromEntries(listeners.map((name) => [name, `127.0.0.1:${ports[name] ?? 0}`]));
  const end = async (): Promise<void> => {
    const ending = node;
    node = undefined;
    if (ending) await endProcess(ending);
  };
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (!node) throw new KafkaLocalError(`the broker in ${folder} does not run; restart() it first`);
    await node.signal(name);
  };
  return {
    brokers: [`127.0.0.1:${ports[listeners[0] ?? ""] ?? 0}`],
    addresses,
    get pid() {
      return node?.pid ?? null;
    },
    folder,
    stop: async () => {
      await end();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
    kill: async (name) => {
      const killed = node;
      await signal(name);
      if (name !== "SIGKILL" || !killed) return;
      await hasEnded(killed, stopDeadlineMs);
      await killed.release();
      node = undefined;
    },
    pause: () => signal("SIGSTOP"),
    resume: () => signal("SIGCONT"),
    restart: async () => {
      await end();
      if (!existsSync(filesIn(folder).formatted))
        throw new KafkaLocalError(
          `the temporary folder ${folder} is gone since stop(); give the broker a folder`,
        );
      node = await bringUp(site);
    },
    logTail: (lines) => lastLines(logOf(folder), lines),
  };
};

/**
 * Starts one broker for a test and resolves when it serves (about 2 s, and once a minute or two to fetch it).
 * It ends with this process at the latest. Throws a KafkaLocalError that says what is missing.
 */
export const startKafka = async (options: KafkaOptions = {}): Promise<KafkaBroker> =>
  brokerOf(await startNode(options, false));
