import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { folder } from "./clouds.ts";
import { startHybrid } from "./run-hybrid.ts";

/** What `hybrid simulate --json` prints. */
export interface SimulatorsStarted {
  readonly addresses: {
    readonly graph: string;
    readonly webex: string;
    readonly control: string;
    readonly proxy: string;
  };
  readonly files: { readonly folder: string; readonly caFile: string; readonly environmentFile: string };
  readonly app: { readonly clientId: string; readonly secret: string; readonly webexToken: string };
  readonly tenants: readonly {
    readonly tenantId: string;
    readonly users: readonly { readonly userId: string; readonly mail: string }[];
  }[];
}

/** Flags for ports that are free, and for an output that a program can read. */
export const anyPorts = [
  ..."graph webex control proxy".split(" ").flatMap((of) => [`--${of}-port`, "0"]),
  "--json",
];

/**
 * What a program in any language gets to know of running simulators: the written variables, and the files of
 * the application and of its notification endpoint.
 */
export const programEnvironment = async ({
  files,
  tenants,
}: SimulatorsStarted): Promise<NodeJS.ProcessEnv> => {
  const lines = (await readFile(files.environmentFile, "utf8")).trim().split("\n");
  return {
    ...Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    PATH: process.env["PATH"],
    PEM_FILE: join(files.folder, "app.pem"),
    ENDPOINT_CERT: join(files.folder, "endpoint.cert.pem"),
    ENDPOINT_KEY: join(files.folder, "endpoint.key.pem"),
    USER_ID: tenants[0]?.users[0]?.userId,
  };
};

/** Starts `hybrid simulate`; it ends with the test. */
export const startSimulators = async (args: readonly string[] = []) => {
  const at = await folder();
  const running = startHybrid(["simulate", "--out", at, ...anyPorts, ...args]);
  onTestFinished(() => running.kill("SIGKILL"));
  const printed = await running.prints(/^\{.*\}$/m);
  const started = JSON.parse(/^\{.*\}$/m.exec(printed)?.[0] ?? "") as SimulatorsStarted;
  return { running, started };
};
