import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import {
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  type GraphSimulatorOptions,
  type MailboxState,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { VirtualClock } from "@hybrid/kernel/testing";
import {
  createMicrosoftGraph,
  type GraphRequestReport,
  type MicrosoftGraph,
  type MicrosoftGraphOptions,
} from "../src/index.ts";

export const tenantId = "11111111-1111-4111-8111-111111111111";
export const otherTenantId = "22222222-2222-4222-8222-222222222222";
export const clientId = "33333333-3333-4333-8333-333333333333";
export const anna = "44444444-4444-4444-8444-444444444444";
export const bert = "55555555-5555-4555-8555-555555555555";
export const clientState = "v1.acme.u-anna.0123456789abcdef";

/** Random numbers from a seed (mulberry32): every run draws the same. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A deadline that no test reaches. */
export const patient = (): AbortSignal => AbortSignal.timeout(30_000);

/** A notification address that answers validation requests while `answering`. */
export interface Endpoint {
  readonly url: string;
  answering: boolean;
  validations: number;
  close(): Promise<void>;
}

let made: Promise<Keys> | undefined;

interface Keys {
  readonly caPem: string;
  readonly tls: { readonly keyPem: string; readonly certPem: string };
  readonly certificate: Awaited<ReturnType<typeof createClientCertificate>>;
}

/** Keys take the longest to make; one set serves all tests of a file. */
export const keys = (): Promise<Keys> => {
  made ??= (async () => {
    const ca = await createCertificateAuthority();
    return { caPem: ca.caPem, tls: await ca.issue(), certificate: await createClientCertificate() };
  })();
  return made;
};

export const openEndpoint = async (): Promise<Endpoint> => {
  const { tls } = await keys();
  const server = createServer({ key: tls.keyPem, cert: tls.certPem }, (incoming, outgoing) => {
    const token = new URL(incoming.url ?? "", "https://localhost").searchParams.get("validationToken");
    endpoint.validations++;
    const answer = endpoint.answering && token !== null;
    outgoing.writeHead(answer ? 200 : 404, { "content-type": "text/plain; charset=utf-8" }).end(token ?? "");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const endpoint: Endpoint = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/graph`,
    answering: true,
    validations: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return endpoint;
};

export interface World {
  readonly clock: VirtualClock;
  readonly simulator: GraphSimulator;
  readonly graph: MicrosoftGraph;
  readonly endpoint: Endpoint;
  readonly reports: GraphRequestReport[];
  /** A further client of the same application, as another process would have. */
  connect(options?: Partial<MicrosoftGraphOptions>): Promise<MicrosoftGraph>;
  close(): Promise<void>;
}

/** The simulator over TLS with two mailboxes, and a client, on one virtual clock. */
export const openWorld = async (
  options: {
    readonly simulator?: Partial<GraphSimulatorOptions>;
    readonly graph?: Partial<MicrosoftGraphOptions>;
    readonly annaState?: MailboxState;
  } = {},
): Promise<World> => {
  const { caPem, tls, certificate } = await keys();
  const clock = new VirtualClock();
  const asSimulatorClock = {
    now: () => clock.now(),
    at: (dueAt: number, run: () => void) => clock.at(Math.ceil(dueAt) as ReturnType<typeof clock.now>, run),
  };
  const simulator = await startGraphSimulator({ clock: asSimulatorClock, tls, caPem, ...options.simulator });
  simulator.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  simulator.addTenant({ tenantId, displayName: "Acme", consentedApps: [clientId] });
  const mailbox = (userId: string, name: string) => ({
    tenantId,
    userId,
    userPrincipalName: `${name}@acme.example`,
    mail: `${name}@acme.example`,
    displayName: name,
  });
  simulator.addMailbox({
    ...mailbox(anna, "anna"),
    locale: "sv-SE",
    timeZone: "W. Europe Standard Time",
    state: options.annaState ?? "normal",
  });
  simulator.addMailbox(mailbox(bert, "bert"));
  const endpoint = await openEndpoint();
  const reports: GraphRequestReport[] = [];
  const clients: MicrosoftGraph[] = [];
  const connect = async (more: Partial<MicrosoftGraphOptions> = {}): Promise<MicrosoftGraph> => {
    const client = createMicrosoftGraph({
      cloud: { loginUrl: simulator.baseUrl, graphUrl: simulator.baseUrl },
      clientId,
      certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
      scheduler: clock,
      random: seededRandom(7),
      ca: caPem,
      metrics: { onRequest: (report) => reports.push(report) },
      ...more,
    });
    clients.push(client);
    return client;
  };
  const graph = await connect(options.graph);
  return {
    clock,
    simulator,
    graph,
    endpoint,
    reports,
    connect,
    close: async () => {
      for (const client of clients) await client.close();
      await simulator.stop();
      await endpoint.close();
    },
  };
};

/** Awaits `work` while virtual time jumps to whatever is due next within `ms`, as often as something is. */
export const passing = async <Result>(
  clock: VirtualClock,
  ms: number,
  work: Promise<Result>,
): Promise<Result> => {
  const until = clock.now() + ms;
  const settled = new AbortController();
  const ended = work.finally(() => settled.abort());
  ended.catch(() => undefined);
  while (!settled.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    const dueAt = clock.nextDueAt();
    if (dueAt !== null && dueAt <= until) clock.advanceTo(dueAt);
  }
  return await ended;
};

/** What a promise was rejected with; fails the test when it was not. */
export const failureOf = async (work: Promise<unknown>): Promise<any> => {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("the call did not fail");
};
