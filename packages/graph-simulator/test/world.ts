import { randomUUID } from "node:crypto";
import { createServer } from "node:https";
import { type AddressInfo } from "node:net";
import { importPKCS8, SignJWT } from "jose";
import { Agent, request } from "undici";
import {
  type CertificateAuthority,
  type ClientCertificate,
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  type GraphSimulatorOptions,
  type MailboxSpec,
  startGraphSimulator,
} from "../src/index.ts";

export const tenantId = "11111111-1111-4111-8111-111111111111";
export const otherTenantId = "22222222-2222-4222-8222-222222222222";
export const clientId = "33333333-3333-4333-8333-333333333333";
export const alphaId = "44444444-4444-4444-8444-444444444444";
export const betaId = "55555555-5555-4555-8555-555555555555";
export const noon = Date.UTC(2026, 0, 12, 12);

/**
 * A virtual clock: time stands still until `advance` moves it, running everything that falls due on the
 * way.
 */
export class TestClock {
  #now = noon;
  #entries: { dueAt: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  at(dueAt: number, run: () => void): () => void {
    const entry = { dueAt, run };
    this.#entries.push(entry);
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#entries.filter((entry) => entry.dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];
      if (!next) break;
      this.#entries = this.#entries.filter((entry) => entry !== next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.run();
    }
    this.#now = until;
  }
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into JSON of many shapes.
  readonly body: any;
}

export interface Received {
  readonly url: string;
  readonly body: string;
}

/** A notification endpoint with a memory; `answer` decides, `null` never answers. */
export interface Endpoint {
  readonly url: string;
  readonly received: Received[];
  answer: (
    received: Received,
  ) => { readonly status: number; readonly text?: string; readonly type?: string } | null;
  items(): Record<string, any>[];
  close(): Promise<void>;
}

export const answerValidation = ({ url }: Received): { status: number; text: string; type: string } => {
  const token = new URL(url, "https://localhost").searchParams.get("validationToken");
  return { status: token === null ? 202 : 200, text: token ?? "", type: "text/plain; charset=utf-8" };
};

export interface World {
  readonly clock: TestClock;
  readonly ca: CertificateAuthority;
  readonly certificate: ClientCertificate;
  readonly simulator: GraphSimulator;
  readonly agent: Agent;
  endpoint(): Promise<Endpoint>;
  token(options?: TokenOptions): Promise<Answered>;
  /** Calls Graph with a token of the app; path below `/v1.0`, or an absolute link. */
  graph(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** Waits until nothing is in flight any more. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface TokenOptions {
  readonly tenant?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly certificate?: ClientCertificate;
  readonly alg?: "PS256" | "RS256";
  readonly header?: Readonly<Record<string, unknown>>;
  readonly form?: Readonly<Record<string, string>>;
}

// One authority and one client certificate serve all worlds of a test file: keys are what takes time.
let made: Promise<{
  ca: CertificateAuthority;
  tls: { keyPem: string; certPem: string };
  certificate: ClientCertificate;
}>;
const keys = () => {
  made ??= (async () => {
    const ca = await createCertificateAuthority();
    return { ca, tls: await ca.issue(), certificate: await createClientCertificate() };
  })();
  return made;
};

const alpha: MailboxSpec = {
  tenantId,
  userId: alphaId,
  userPrincipalName: "alpha@contoso.example",
  mail: "alpha@contoso.example",
  displayName: "Alpha",
  locale: "sv-SE",
  timeZone: "W. Europe Standard Time",
};
const beta: MailboxSpec = {
  tenantId,
  userId: betaId,
  userPrincipalName: "beta@contoso.example",
  mail: "beta@contoso.example",
  displayName: "Beta",
};

const call = async (
  agent: Agent,
  method: string,
  url: string,
  init: { headers?: Record<string, string>; body?: string | Buffer },
): Promise<Answered> => {
  const answer = await request(url, {
    method: method as "GET",
    dispatcher: agent,
    headers: init.headers ?? {},
    ...(init.body === undefined ? {} : { body: init.body }),
  });
  const text = await answer.body.text();
  const isJson = String(answer.headers["content-type"] ?? "").includes("json");
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: isJson && text !== "" ? JSON.parse(text) : text,
  };
};

const openEndpoint = async (tls: { keyPem: string; certPem: string }): Promise<Endpoint> => {
  const received: Received[] = [];
  const server = createServer({ key: tls.keyPem, cert: tls.certPem }, (incoming, outgoing) => {
    let body = "";
    incoming.on("data", (chunk) => {
      body += String(chunk);
    });
    incoming.on("end", () => {
      const one = { url: incoming.url ?? "", body };
      received.push(one);
      const answer = endpoint.answer(one);
      if (!answer) return;
      outgoing.writeHead(answer.status, { "content-type": answer.type ?? "text/plain" });
      outgoing.end(answer.text ?? "");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const endpoint: Endpoint = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/notifications`,
    received,
    answer: answerValidation,
    items: () => received.flatMap(({ body }) => (body === "" ? [] : JSON.parse(body).value)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return endpoint;
};

/** A simulator with one tenant, one consented application and two mailboxes, on a virtual clock. */
export const openWorld = async (options: Partial<GraphSimulatorOptions> = {}): Promise<World> => {
  const { ca, tls, certificate } = await keys();
  const clock = new TestClock();
  const simulator = await startGraphSimulator({ clock, tls, caPem: ca.caPem, ...options });
  simulator.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  simulator.addTenant({
    tenantId,
    displayName: "Contoso",
    domains: ["contoso.example"],
    consentedApps: [clientId],
  });
  simulator.addMailbox(alpha);
  simulator.addMailbox(beta);
  const agent = new Agent({ connect: { ca: ca.caPem } });
  const endpoints: Endpoint[] = [];
  let accessToken: string | null = null;

  const token = async (given: TokenOptions = {}): Promise<Answered> => {
    const tenant = given.tenant ?? tenantId;
    const { keyPem, thumbprintSha256 } = given.certificate ?? certificate;
    const now = Math.floor(Date.now() / 1_000);
    const url = `${simulator.baseUrl}/${tenant}/oauth2/v2.0/token`;
    const claims = {
      aud: url,
      iss: clientId,
      sub: clientId,
      jti: randomUUID(),
      iat: now,
      nbf: now,
      exp: now + 600,
    };
    const x5t = Buffer.from(thumbprintSha256, "hex").toString("base64url");
    const assertion = await new SignJWT({ ...claims, ...given.claims })
      .setProtectedHeader({ alg: given.alg ?? "PS256", "x5t#S256": x5t, ...given.header })
      .sign(await importPKCS8(keyPem, given.alg ?? "PS256"));
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      scope: "https://graph.microsoft.com/.default",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
      ...given.form,
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return call(agent, "POST", url, { headers, body: form.toString() });
  };

  return {
    clock,
    ca,
    certificate,
    simulator,
    agent,
    token,
    endpoint: async () => {
      const endpoint = await openEndpoint(tls);
      endpoints.push(endpoint);
      return endpoint;
    },
    graph: async (method, path, body, headers = {}) => {
      accessToken ??= (await token()).body.access_token as string;
      const url = path.startsWith("https://") ? path : `${simulator.baseUrl}/v1.0${path}`;
      return call(agent, method, url, {
        headers: {
          authorization: `Bearer ${accessToken}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
      });
    },
    settle: async () => {
      do await new Promise((resolve) => setImmediate(resolve));
      while (simulator.activity().inFlight > 0);
    },
    close: async () => {
      await agent.destroy();
      await simulator.stop();
      for (const endpoint of endpoints) await endpoint.close();
    },
  };
};

/** An RFC 3339 time this many milliseconds after noon. */
export const isoAt = (ms: number): string => new Date(noon + ms).toISOString();
