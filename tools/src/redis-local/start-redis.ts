import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A redis-server of one's own. */
export interface LocalRedis {
  readonly port: number;
  /** `redis://` with the password, if there is one. */
  readonly url: string;
  /** Ends the server at once, as `kill -9` does; the port stays its own. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty, after {@link LocalRedis.kill}. */
  restart(): Promise<void>;
  /** Stops and continues the process: connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** How a redis-server is started. */
export interface LocalRedisOptions {
  readonly password?: string;
  /** Further lines of redis.conf. */
  readonly settings?: readonly string[];
  /** Serves TLS only, with this certificate. */
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
}

/** The version of the redis-server on this machine's PATH, or null when there is none. */
export const redisServerVersion = (): string | null => {
  try {
    const answer = execFileSync("redis-server", ["--version"], { encoding: "utf8" });
    return /\bv=(?<version>\S+)/.exec(answer)?.groups?.["version"] ?? answer.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
};

const writeConfig = (folder: string, port: number, options: LocalRedisOptions): string => {
  const { password, settings = [], tls } = options;
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const listening = tls
    ? [
        "port 0",
        `tls-port ${port}`,
        `tls-cert-file ${write("server.crt", tls.certPem)}`,
        `tls-key-file ${write("server.key", tls.keyPem)}`,
        "tls-auth-clients no",
      ]
    : [`port ${port}`];
  // The password is in a file of the owner's alone: everybody on the machine can read a command line.
  const lines = [
    ...listening,
    "bind 127.0.0.1",
    `dir ${folder}`,
    'save ""',
    "appendonly no",
    ...(password === undefined ? [] : [`requirepass ${password}`]),
    ...settings,
  ];
  return write("redis.conf", `${lines.join("\n")}\n`);
};

/** Starts the server and waits until it takes connections. Rejects with its output when it ends instead. */
const launch = async (config: string): Promise<ChildProcess> => {
  const child = spawn("redis-server", [config], { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}:\n${said.join("\n")}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      if (line.includes("Ready to accept connections")) resolve();
    });
    child.stderr.on("data", (text: Buffer) => said.push(text.toString()));
  });
  return child;
};

const endOf = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
};

const portsTried = 5;

/** Somebody else may take the port between looking for it and listening on it. */
const launchOnFreePort = async (folder: string, options: LocalRedisOptions) => {
  for (let tried = 1; ; tried++) {
    const port = await freePort();
    const config = writeConfig(folder, port, options);
    try {
      return { port, config, child: await launch(config) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes("Address already in use");
      if (!taken || tried === portsTried) throw error;
    }
  }
};

/**
 * Starts the redis-server of this machine on a free port of 127.0.0.1, with a temporary folder and nothing on
 * disk. It ends with this process at the latest. Rejects when there is none (see {@link redisServerVersion})
 * or it does not start.
 */
export const startRedis = async (options: LocalRedisOptions = {}): Promise<LocalRedis> => {
  const folder = mkdtempSync(join(tmpdir(), "hybrid-redis-"));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const { port, config, child } = await launchOnFreePort(folder, options);
    let running = child;
    const endWithUs = (): void => {
      running.kill("SIGKILL");
      clean();
    };
    process.once("exit", endWithUs);
    const login = options.password === undefined ? "" : `:${encodeURIComponent(options.password)}@`;
    return {
      port,
      url: `${options.tls ? "rediss" : "redis"}://${login}127.0.0.1:${port}`,
      kill: () => endOf(running),
      restart: async () => {
        await endOf(running);
        running = await launch(config);
      },
      pause: () => void running.kill("SIGSTOP"),
      resume: () => void running.kill("SIGCONT"),
      stop: async () => {
        process.off("exit", endWithUs);
        await endOf(running);
        clean();
      },
    };
  } catch (error) {
    clean();
    throw error;
  }
};
