import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signInLink, signInToken } from "@hybrid/control-hub";
import {
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import type { LogPlace } from "@hybrid/hybrid";
import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import { openCarrier } from "./carrier.ts";
import { officeTimeZone } from "./office-day.ts";
import type { DemoOrganisation } from "./organisation.ts";
import { WorkerProcess } from "./worker-process.ts";
import type { WorkerAddresses, WorkerOptions } from "./worker-protocol.ts";

const webexSite = "acme.webex.com";
const clientId = "5d1a0b2c-0000-4000-a000-0000000000aa";
const webexOrgId = "1eb65fdf-9643-417f-9974-ad72cae0e10f";

/** What settings may need to know of the stage. */
export interface SettingsPlace {
  /** Lives as long as the demo. */
  readonly folder: string;
  /** Where Webex is simulated. */
  readonly webexUrl: string;
}

/** How a stage is set. */
export interface StageOptions {
  readonly organisation: DemoOrganisation;
  readonly seed: number;
  readonly partitions: number;
  readonly plantedFault: string | null;
  readonly log: "embedded" | "kafka";
  /** Settings of the services. */
  readonly settings: (place: SettingsPlace) => Readonly<Record<string, string>>;
}

/** Both clouds, simulated, and the services in a process of their own. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly startedAt: number;
  readonly graph: GraphSimulator;
  readonly webex: WebexSimulator;
  readonly log: LogPlace;
  /** Lives as long as the play. */
  readonly folder: string;
  readonly partitions: number;
  readonly clientId: string;
  /** UUID of the Webex organisation, and the address of the account in whose name the services act there. */
  readonly webexOrgId: string;
  readonly serviceAccount: string;
  /** What a command of the administrator needs to reach both clouds, as the services do. */
  readonly access: Pick<WorkerOptions, "caPem" | "graph" | "webex">;
  readonly addresses: WorkerAddresses;
  /** How often the services were started. */
  readonly starts: number;
  /** A link to the administrator's page that signs in once. */
  hubLink(): string;
  /** The running services; started again when they have ended. */
  worker(): Promise<WorkerProcess>;
  /** From now on these services run too, which are left out otherwise; those that run are started again. */
  alsoRun(names: readonly string[]): Promise<void>;
  /** `kill -9` of the services. */
  kill(): Promise<void>;
  /** Ends everything; the log's folder stays only when asked for. */
  close(keepLog: boolean): Promise<void>;
}

/** A port that was free a moment ago; the services need the same one after a restart. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** The administrator who authorised the integration: spaces are made in this account's name. */
const serviceAccount = "service@acme.example";

const people = (graph: GraphSimulator, webex: WebexSimulator, organisation: DemoOrganisation): void => {
  webex.addPerson({
    orgId: webexOrgId,
    email: serviceAccount,
    displayName: "Hybrid Services",
    roles: ["id_full_admin"],
    sites: [webexSite],
  });
  for (const person of organisation.people) {
    graph.addMailbox({
      tenantId: person.tenant.tenantId,
      userId: person.objectId,
      userPrincipalName: person.mailAddress,
      mail: person.mailAddress,
      displayName: `User ${person.user}`,
      locale: person.locale,
      timeZone: officeTimeZone,
      state: person.fault ?? "normal",
    });
    webex.addPerson({
      orgId: webexOrgId,
      email: person.mailAddress,
      displayName: `User ${person.user}`,
      externalId: person.objectId,
      licenses: ["Messaging"],
      sites: [webexSite],
      ...(person.hasPersonalRoom ? { personalRoom: { name: `user.${person.user}` } } : {}),
    });
  }
};

/** The services' process and its restarts. */
class Services {
  readonly #options: (besides: readonly string[]) => WorkerOptions;
  #besides: readonly string[] = [];
  #process: WorkerProcess | null = null;
  addresses: WorkerAddresses = { notificationUrl: "", healthUrl: "", hubUrl: "" };
  starts = 0;

  constructor(options: (besides: readonly string[]) => WorkerOptions) {
    this.#options = options;
  }

  async running(): Promise<WorkerProcess> {
    if (this.#process && !this.#process.ended) return this.#process;
    this.#process = new WorkerProcess();
    this.starts++;
    this.addresses = await this.#process.ask({ kind: "start", options: this.#options(this.#besides) });
    return this.#process;
  }

  alsoRun = async (names: readonly string[]): Promise<void> => {
    if (names.every((name) => this.#besides.includes(name))) return;
    this.#besides = [...new Set([...this.#besides, ...names])];
    await this.stop();
  };
  kill = async (): Promise<void> => this.#process?.kill();
  stop = async (): Promise<void> => this.#process?.stop();
}

/** Both simulators with everybody in them, and what the services need to reach them. */
const openClouds = async (options: StageOptions, clock: VirtualClock) => {
  const authority = await createCertificateAuthority();
  const [tls, ingestTls, certificate] = await Promise.all([
    authority.issue(),
    authority.issue(),
    createClientCertificate(),
  ]);
  const accessToken = randomBytes(16).toString("hex");
  const graph = await startGraphSimulator({ clock, seed: options.seed, tls, caPem: authority.caPem });
  const webex = await startWebexSimulator({
    tls: { key: tls.keyPem, cert: tls.certPem },
    clock,
    accessTokens: [
      {
        token: accessToken,
        orgId: webexOrgId,
        defaultSite: webexSite,
        person: serviceAccount,
        isOfficer: true,
      },
    ],
    // Webhooks go to the services, whose certificate is the same authority's.
    caPem: authority.caPem,
    seed: options.seed,
  });
  graph.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  for (const { tenantId, displayName } of options.organisation.tenants)
    graph.addTenant({ tenantId, displayName, consentedApps: [clientId] });
  people(graph, webex, options.organisation);
  const { certPem: certificatePem, keyPem: privateKeyPem } = certificate;
  const access = {
    caPem: authority.caPem,
    graph: { baseUrl: graph.baseUrl, clientId, certificatePem, privateKeyPem },
    webex: { baseUrl: webex.url, accessToken },
  };
  return { graph, webex, ingestTls, access };
};

/** Signs an administrator of everything in, once. */
const linkOf = ({ hubUrl }: WorkerAddresses, key: Uint8Array, now: number): string =>
  signInLink(hubUrl, signInToken(key, { org: null, role: "full", name: "administrator", user: null }, now));

/** Sets the stage: two simulators with everybody in them, consent given, services started. */
export const openStage = async (options: StageOptions): Promise<Stage> => {
  const startedAt = Date.UTC(2026, 0, 5, 7);
  const clock = new VirtualClock(instant(startedAt));
  const { graph, webex, ingestTls, access } = await openClouds(options, clock);
  const folder = await mkdtemp(join(tmpdir(), "hybrid-demo-"));
  const carrier = await openCarrier(options.log, folder);
  const [ingestPort, healthPort] = [await freePort(), await freePort()];
  const { partitions, seed, plantedFault } = options;
  const clientStateKey = randomBytes(32).toString("base64url");
  const hubKey = new Uint8Array(randomBytes(32));
  const fixed = {
    ...access,
    log: carrier.place,
    folder,
    partitions,
    ingest: { port: ingestPort, ...ingestTls },
    healthPort,
    clientStateKey,
    hubSignInKey: Buffer.from(hubKey).toString("base64url"),
    seed,
    plantedFault,
    settings: options.settings({ folder, webexUrl: webex.url }),
  };
  const services = new Services((besides) => ({ ...fixed, besides, startAt: clock.now() }));
  const closeAll = async (keepLog: boolean): Promise<void> => {
    await services.stop();
    await Promise.all([graph.stop(), webex.close(), carrier.close()]);
    if (!keepLog) await rm(folder, { recursive: true, force: true });
  };
  try {
    await services.running();
  } catch (error) {
    await closeAll(false);
    throw error;
  }
  return {
    clock,
    startedAt,
    graph,
    webex,
    log: carrier.place,
    folder,
    partitions,
    clientId,
    webexOrgId,
    serviceAccount,
    access,
    get addresses() {
      return services.addresses;
    },
    get starts() {
      return services.starts;
    },
    hubLink: () => linkOf(services.addresses, hubKey, clock.now()),
    worker: () => services.running(),
    alsoRun: services.alsoRun,
    kill: services.kill,
    close: closeAll,
  };
};
