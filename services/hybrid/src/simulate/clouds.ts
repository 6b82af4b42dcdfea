import {
  type AppCredential,
  type CertificateAuthority,
  type ClientCertificate,
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  type MailboxSpec,
  type SimulatedCloudName,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { ConfigError } from "@hybrid/kernel";
import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import type { z } from "zod";
import { ownApp, type Scenario } from "./scenario.ts";
import type { appShape, userShape } from "./shapes.ts";
import type { SteerableClock } from "./steerable-clock.ts";
import { populateWebex } from "./webex-scenario.ts";

/** The real clouds' names that the proxy leads to the simulators. */
export const graphHosts = [
  "graph.microsoft.com",
  "graph.microsoft.us",
  "login.microsoftonline.us",
  "login.microsoftonline.com",
  "login.microsoft.com",
  "login.windows.net",
  "sts.windows.net",
] as const;
/** As {@link graphHosts}, of Webex. */
export const webexHosts = ["webexapis.com", "api.ciscospark.com"] as const;

/** How the simulators are started. */
export interface CloudsOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly clock: SteerableClock;
  readonly host: string;
  /** Names and addresses that the certificates hold; the first is the public name. */
  readonly names: readonly string[];
  readonly graphPort: number;
  readonly cloud: SimulatedCloudName;
  readonly webexPort: number;
  /** Real time that a Graph request takes, milliseconds, at least and at most. */
  readonly latencyMs: readonly [number, number];
  /** Webex requests of one token in a minute; 0: any number. */
  readonly webexRequestsPerMinute: number;
  /** Further authorities that notification endpoints are trusted by, PEM. */
  readonly trustPem: string;
}

/** Both simulators, and the keys that go with them. */
export interface Clouds {
  readonly graph: GraphSimulator;
  readonly webex: WebexSimulator;
  readonly authority: CertificateAuthority;
  readonly appCertificate: ClientCertificate;
  readonly clock: SteerableClock;
  stop(): Promise<void>;
}

/** A user of a scenario or of the control port, for the simulator. */
export const mailboxOf = (tenantId: string, user: z.infer<typeof userShape>): MailboxSpec => ({
  ...user,
  tenantId,
  userPrincipalName: user.userPrincipalName ?? user.mail,
});

/** Makes an application known to the Graph simulator. */
export const registerApp = (graph: GraphSimulator, app: z.infer<typeof appShape>): void => {
  const { secrets = [], certificates = [], ...rest } = app;
  const credentials: AppCredential[] = [
    ...secrets.map((secret) => ({ kind: "secret", secret }) as const),
    ...certificates.map((certPem) => ({ kind: "certificate", certPem }) as const),
  ];
  graph.registerApp({ ...rest, credentials });
};

const populate = (graph: GraphSimulator, webex: WebexSimulator, scenario: Scenario): void => {
  for (const app of scenario.apps) registerApp(graph, app);
  const everyApp = [ownApp.clientId, ...scenario.apps.map(({ clientId }) => clientId)];
  const byAddress = new Map<string, string>();
  for (const { users, consentedApps = everyApp, ...tenant } of scenario.tenants) {
    graph.addTenant({ ...tenant, consentedApps });
    for (const { directoryRoles = [], ...user } of users) {
      graph.addMailbox(mailboxOf(tenant.tenantId, user));
      graph.setDirectoryRoles(user.userId, directoryRoles);
      byAddress.set(user.mail.toLowerCase(), user.userId);
    }
  }
  populateWebex(webex, scenario.webex);
  for (const { user, ...event } of scenario.events)
    graph.createEvent(byAddress.get(user.toLowerCase()) ?? user, event);
};

const registerOwnApp = (graph: GraphSimulator, certPem: string): void => {
  graph.registerApp({
    clientId: ownApp.clientId,
    displayName: "hybrid simulate",
    credentials: [
      { kind: "secret", secret: ownApp.secret },
      { kind: "certificate", certPem },
    ],
    roles: allRoles,
  });
};

/** Starts both simulators with the scenario in them. Throws ConfigError for a scenario that cannot be. */
export const startClouds = async (options: CloudsOptions): Promise<Clouds> => {
  const { clock, seed, scenario, host, names } = options;
  const authority = await createCertificateAuthority();
  const [graphTls, webexTls, appCertificate] = await Promise.all([
    authority.issue([...names, ...graphHosts]),
    authority.issue([...names, ...webexHosts]),
    createClientCertificate("hybrid simulate"),
  ]);
  const publicName = names[0] ?? "localhost";
  const graph = await startGraphSimulator({
    clock,
    seed,
    tls: graphTls,
    caPem: `${authority.caPem}\n${options.trustPem}`,
    faults: scenario.faults,
    delivery: scenario.delivery,
    latencyMs: options.latencyMs,
    port: options.graphPort,
    cloud: options.cloud,
    host,
    publicName,
  });
  const webex = await startWebexSimulator({
    tls: { key: webexTls.keyPem, cert: webexTls.certPem },
    clock,
    seed,
    accessTokens: scenario.webex.tokens,
    caPem: `${authority.caPem}\n${options.trustPem}`,
    ...(options.webexRequestsPerMinute === 0
      ? {}
      : { rateLimit: { requests: options.webexRequestsPerMinute, windowMs: 60_000 } }),
    port: options.webexPort,
    host,
    publicName,
  }).catch(async (error: unknown) => {
    await graph.stop();
    throw error;
  });
  const stop = async (): Promise<void> => {
    clock.stop();
    await Promise.all([graph.stop(), webex.close()]);
  };
  try {
    registerOwnApp(graph, appCertificate.certPem);
    populate(graph, webex, scenario);
  } catch (error) {
    await stop();
    throw new ConfigError("the scenario cannot be set up", [
      error instanceof Error ? error.message : String(error),
    ]);
  }
  return { graph, webex, authority, appCertificate, clock, stop };
};

/** What the application that is always there may do. */
const allRoles = [
  "Calendars.ReadWrite",
  "MailboxSettings.ReadWrite",
  "User.Read.All",
  "Group.Read.All",
  "Directory.Read.All",
  "Organization.Read.All",
  "Domain.Read.All",
];
