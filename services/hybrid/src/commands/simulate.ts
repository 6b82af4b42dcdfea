import { readFile } from "node:fs/promises";
import { shutdownOnSignal } from "@hybrid/runtime";
import pino from "pino";
import { graphHosts, startClouds, webexHosts } from "../simulate/clouds.ts";
import { startControl } from "../simulate/control.ts";
import { type Addresses, writeFiles } from "../simulate/files.ts";
import { startProxy } from "../simulate/proxy.ts";
import { defaultScenario, ownApp, readScenario, type Scenario } from "../simulate/scenario.ts";
import { SteerableClock } from "../simulate/steerable-clock.ts";

/** The flags of `hybrid simulate`. */
export interface SimulateFlags {
  readonly out: string;
  readonly scenario?: string;
  readonly users: number;
  readonly seed: number;
  readonly host: string;
  readonly name: readonly string[];
  readonly graphPort: number;
  readonly cloud: "worldwide" | "gccHigh";
  /** Nobody has consented to anything yet, and the settings name no application. */
  readonly fresh: boolean;
  readonly webexPort: number;
  readonly controlPort: number;
  readonly proxyPort: number;
  readonly clock: "running" | "held";
  readonly startAt?: number;
  readonly latency: readonly [number, number];
  readonly webexRate: number;
  readonly trust?: string;
  readonly json: boolean;
}

const startAll = async (flags: SimulateFlags, scenario: Scenario) => {
  const clock = new SteerableClock({
    isHeld: flags.clock === "held",
    ...(flags.startAt === undefined ? {} : { startAt: flags.startAt }),
  });
  const [publicName = "localhost"] = flags.name;
  const clouds = await startClouds({
    scenario,
    seed: flags.seed,
    clock,
    host: flags.host,
    names: [...new Set([...flags.name, "localhost", "127.0.0.1"])],
    graphPort: flags.graphPort,
    cloud: flags.cloud,
    webexPort: flags.webexPort,
    latencyMs: flags.latency,
    webexRequestsPerMinute: flags.webexRate,
    trustPem: flags.trust === undefined ? "" : await readFile(flags.trust, "utf8"),
  });
  const closing = [() => clouds.stop()];
  const stop = async (): Promise<void> => void (await Promise.all(closing.map((close) => close())));
  try {
    const control = await startControl(clouds, flags.host, flags.controlPort);
    closing.push(() => control.close());
    const webexPort = Number(new URL(clouds.webex.url).port);
    const proxy = await startProxy({
      host: flags.host,
      port: flags.proxyPort,
      target: flags.host === "0.0.0.0" ? "127.0.0.1" : flags.host,
      portsByHost: new Map([
        ...graphHosts.map((name) => [name, clouds.graph.port] as const),
        ...webexHosts.map((name) => [name, webexPort] as const),
      ]),
    });
    closing.push(() => proxy.close());
    const addresses: Addresses = {
      graph: clouds.graph.baseUrl,
      webex: clouds.webex.url,
      control: `http://${publicName}:${control.port}`,
      proxy: `http://${publicName}:${proxy.port}`,
    };
    return {
      addresses,
      files: await writeFiles(flags.out, { clouds, scenario, addresses, isFresh: flags.fresh }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const told = (addresses: Addresses, files: { readonly folder: string }, scenario: Scenario): string => {
  const [tenant] = scenario.tenants;
  const users = scenario.tenants.reduce((sum, one) => sum + one.users.length, 0);
  return [
    `Microsoft Graph and Entra  ${addresses.graph}`,
    `Webex                      ${addresses.webex}`,
    `control                    ${addresses.control}`,
    `HTTPS_PROXY                ${addresses.proxy}`,
    `certificate authority      ${files.folder}/ca.pem`,
    `variables for programs     ${files.folder}/simulators.env, for hybrid up: ${files.folder}/hybrid.env`,
    `application                ${ownApp.clientId}, secret ${ownApp.secret}, or ${files.folder}/app.pem`,
    `people                     ${users}, first tenant: ${tenant?.tenantId ?? "none"}`,
    "The simulators run; Ctrl-C ends them.",
  ].join("\n");
};

/** `hybrid simulate`: both simulators until SIGTERM or SIGINT. */
export const simulateCommand = async (flags: SimulateFlags): Promise<void> => {
  const scenario =
    flags.scenario === undefined
      ? defaultScenario(flags.seed, flags.users, flags.fresh)
      : await readScenario(flags.scenario);
  const { addresses, files, stop } = await startAll(flags, scenario);
  shutdownOnSignal({ stop, logger: pino({ level: "warn" }) });
  const tenants = scenario.tenants.map(({ tenantId, users }) => ({ tenantId, users }));
  const text = flags.json
    ? JSON.stringify({ addresses, files, app: ownApp, tenants })
    : told(addresses, files, scenario);
  process.stdout.write(`${text}\n`);
};
