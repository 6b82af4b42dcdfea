import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { sendFault, sendThrottled, track, WebexFault } from "./answers.ts";
import type { SimulatedDevice, SimulatedWorkspace } from "./devices/device.ts";
import type { NewDevice, NewWorkspace } from "./devices/estate.ts";
import { createFaults, type FaultState, type ScriptedAnswer, type WebexFaults } from "./faults.ts";
import { gapOf, notSimulatedHeader } from "./gaps.ts";
import {
  accessTokenPath,
  addTokenEndpoints,
  Grants,
  type SimulatedConsent,
  type SimulatedGrant,
  type SimulatedServiceApp,
} from "./grants.ts";
import type { MeetingChats } from "./meetings/meeting-chats.ts";
import type { MeetingFaults, SimulatedMeeting } from "./meetings/meetings.ts";
import { allOperations } from "./operations/all.ts";
import type { NewPerson, SimulatedPerson } from "./organization.ts";
import { assemble, type Parts } from "./parts.ts";
import type { Presences } from "./presence/presences.ts";
import { type RateLimit, RateLimiter } from "./rate-limit.ts";
import { addBodyParsers } from "./request-bodies.ts";
import { addOperations } from "./routes.ts";
import { SignIn, type SimulatedIntegration } from "./sign-in.ts";
import { addSignIn, signInPaths } from "./sign-in-routes.ts";
import type { FeedFaults } from "./spaces/event-feed.ts";
import type { LinkedFolder } from "./spaces/linked-folders.ts";
import type { FileState, Room } from "./spaces/space.ts";
import type { Spaces } from "./spaces/spaces.ts";
import type { SimulatedToken } from "./token.ts";
import type { DeliveryFaults } from "./webhooks/delivery.ts";

/** How the simulator is started. */
export interface WebexSimulatorOptions {
  /** PEM; the certificate must name `localhost`. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** Milliseconds since 1970, virtual or real. */
  readonly clock: { now(): number };
  readonly accessTokens: readonly SimulatedToken[];
  /** What each token may ask; without a limit when left out. */
  readonly rateLimit?: RateLimit;
  /** Seed of the faults that are drawn; 1 when left out. */
  readonly seed?: number;
  /** PEM of the authority of webhooks' receivers; the usual authorities when left out. */
  readonly caPem?: string;
  /** TCP port; a free one when left out. */
  readonly port?: number;
  /** Listen on this address; `127.0.0.1` when left out. */
  readonly host?: string;
  /** The name in `url`, which the certificate must hold; `localhost` when left out. */
  readonly publicName?: string;
}

/** A running Webex. */
export interface WebexSimulator {
  /** `https://<name>:<port>`; the API lies under `/v1`. */
  readonly url: string;
  readonly faults: WebexFaults;
  /** Teams, spaces and messages: what people do there, and the truth about them. */
  readonly spaces: Spaces;
  /** The folders of other clouds that are linked to a space. */
  linkedFoldersOf(room: Room): readonly LinkedFolder[];
  /** What is shown of people: what they say in their own clients, and the truth about it. */
  readonly presences: Presences;
  /** Every meeting, by start: the truth, also what few may see. */
  meetings(): readonly SimulatedMeeting[];
  /** What people write while they meet. */
  readonly meetingChats: MeetingChats;
  /** What is odd about meetings. */
  readonly meetingFaults: MeetingFaults;
  /** What is odd about the events feed. */
  readonly feedFaults: FeedFaults;
  /** What is odd about the deliveries of webhooks. */
  readonly deliveryFaults: DeliveryFaults;
  /** Sends the deliveries that were held, the last one first. */
  releaseDeliveries(): void;
  /** Resolves when every delivery has its answer or has failed. */
  deliveriesSettled(): Promise<void>;
  /** How files that are uploaded from now on begin. */
  readonly scan: { startsAs: FileState };
  /** From now on the refresh token of the grant is good. */
  addGrant(grant: SimulatedGrant): void;
  /** A person agrees to an integration; gives the code that comes back to its address, which works once. */
  consent(consent: SimulatedConsent): string;
  /** From now on people can sign in by the integration ("Login with Webex"). */
  addIntegration(integration: SimulatedIntegration): void;
  /** An administrator authorises a service app: from now on its tokens can be made. */
  addServiceApp(app: SimulatedServiceApp): void;
  /** From now on it is not; access tokens live on until their end. */
  revokeGrant(refreshToken: string): void;
  /** From now on the token is good. */
  addToken(token: SimulatedToken): void;
  addPerson(person: NewPerson): SimulatedPerson;
  addWorkspace(workspace: NewWorkspace): SimulatedWorkspace;
  /** In a workspace or of a person. */
  addDevice(device: NewDevice): SimulatedDevice;
  /** Every device; what it shows and whether it is connected may be changed. */
  devices(): readonly SimulatedDevice[];
  /** Changes a person, as an administrator or a synchronisation does, at this moment. */
  updatePerson(uuid: string, change: Partial<NewPerson>): SimulatedPerson;
  /** Removes a person, as an administrator does; their messages stay. */
  removePerson(uuid: string): void;
  /** Everybody, in the order of creation. */
  people(): readonly SimulatedPerson[];
  /** From now on the token gets 401. */
  revokeToken(token: string): void;
  /** Requests and deliveries under way, requests ever; nothing is due later, so `nextDueAt` is null. */
  activity(): { readonly inFlight: number; readonly total: number; readonly nextDueAt: null };
  /** Requests so far by route, for example `GET /v1/people`; unknown addresses count as `unknown`. */
  requestCounts(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

interface Counts {
  inFlight: number;
  total: number;
  readonly byRoute: Map<string, number>;
}

const count = (counts: Counts, request: FastifyRequest, reply: FastifyReply): void => {
  const route = request.routeOptions.url;
  const name = route === undefined ? "unknown" : `${request.method} ${route}`;
  counts.total++;
  counts.inFlight++;
  counts.byRoute.set(name, (counts.byRoute.get(name) ?? 0) + 1);
  reply.raw.once("close", () => counts.inFlight--);
};

const playScript = (reply: FastifyReply, scripted: ScriptedAnswer): FastifyReply => {
  if (scripted.kind === "answer") {
    track(reply);
    return reply
      .code(scripted.status)
      .headers(scripted.headers ?? {})
      .send(scripted.body);
  }
  reply.hijack();
  if (scripted.kind === "drop") reply.raw.destroy();
  return reply;
};

const bearer = (request: FastifyRequest): string =>
  /^Bearer (?<token>\S+)$/.exec(request.headers.authorization ?? "")?.groups?.["token"] ?? "";

/** Answers instead of the route when a fault says so; undefined lets the request through. */
const interfere = (reply: FastifyReply, faults: FaultState, now: number): FastifyReply | undefined => {
  const retryAfterSeconds = faults.retryAfterSeconds(now);
  if (retryAfterSeconds !== undefined) return sendThrottled(reply, retryAfterSeconds);
  if (faults.fails())
    throw new WebexFault(502, "The server received an invalid response from an upstream server.");
  track(reply);
  return undefined;
};

/** What Fastify itself refuses (a body that is no JSON, too large, of another type) keeps its status. */
const faultOf = (error: unknown): WebexFault => {
  if (error instanceof WebexFault) return error;
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? new WebexFault(statusCode, message ?? "The request could not be understood.")
    : new WebexFault(500, "Something went wrong on the server.", [String(error)]);
};

const addErrorHandlers = (app: FastifyInstance): void => {
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error);
    if (fault.status === 501)
      reply.header(notSimulatedHeader, `${request.method} ${request.url.split("?")[0]}`);
    return sendFault(reply, fault);
  });
  app.setNotFoundHandler((request) => {
    throw gapOf(request.method, request.url);
  });
};

/** What the controls of a running simulator reach. */
interface Running {
  readonly url: string;
  readonly faults: FaultState;
  readonly parts: Parts;
  readonly counts: Counts;
  readonly tokens: Map<string, SimulatedToken>;
  readonly grants: Grants;
  readonly signIn: SignIn;
  readonly scan: { startsAs: FileState };
  readonly app: { close(): Promise<undefined> };
}

const controlsOf = ({
  url,
  faults,
  parts,
  counts,
  tokens,
  grants,
  signIn,
  scan,
  app,
}: Running): WebexSimulator => ({
  url,
  faults,
  spaces: parts.spaces,
  linkedFoldersOf: (room) => parts.linkedFolders.of(room),
  presences: parts.presences,
  meetings: () => parts.meetings.all(),
  meetingChats: parts.meetingChats,
  meetingFaults: parts.meetings.faults,
  feedFaults: parts.feed.faults,
  scan,
  deliveryFaults: parts.webhooks.faults,
  releaseDeliveries: () => parts.webhooks.release(),
  deliveriesSettled: () => parts.webhooks.settled(),
  addGrant: (grant) => grants.add(grant),
  consent: (consent) => grants.consent(consent),
  addIntegration: (integration) => signIn.add(integration),
  addServiceApp: (app) => grants.addServiceApp(app),
  revokeGrant: (refreshToken) => grants.revoke(refreshToken),
  addToken: (token) => void tokens.set(token.token, token),
  addPerson: (person) => parts.people.add(person),
  addWorkspace: (workspace) => parts.addWorkspace(workspace),
  addDevice: (device) => parts.addDevice(device),
  devices: () => [...parts.devices.values()],
  updatePerson: (uuid, change) => parts.people.update(uuid, { modifiedAt: parts.clock.now(), ...change }),
  removePerson: (uuid) => parts.people.remove(uuid),
  people: () => parts.people.all(),
  revokeToken: (token) => void tokens.delete(token),
  activity: () => ({
    inFlight: counts.inFlight + parts.webhooks.underWay,
    total: counts.total,
    nextDueAt: null,
  }),
  requestCounts: () => Object.fromEntries(counts.byRoute),
  close: async () => {
    await parts.webhooks.stop();
    await app.close();
  },
});

/** Starts the simulator. Rejects when the port is taken or the certificate is bad. */
export const startWebexSimulator = async (options: WebexSimulatorOptions): Promise<WebexSimulator> => {
  const scan: { startsAs: FileState } = { startsAs: "clean" };
  let url = "";
  const parts = assemble({
    clock: options.clock,
    seed: options.seed ?? 1,
    origin: () => url,
    newFileState: () => scan.startsAs,
    caPem: options.caPem,
  });
  const { people } = parts;
  const faults = createFaults(options.seed ?? 1);
  const tokens = new Map(options.accessTokens.map((token) => [token.token, token]));
  const limiter = new RateLimiter(options.rateLimit);
  const counts: Counts = { inFlight: 0, total: 0, byRoute: new Map() };
  const app = fastify({
    https: { ...options.tls },
    forceCloseConnections: true,
    // Ids of memberships are longer than the 100 characters that Fastify lets a parameter have.
    routerOptions: { maxParamLength: 1_000 },
  });

  const tokenOf = (request: FastifyRequest): SimulatedToken => {
    const token = tokens.get(bearer(request));
    if (!token || (token.expiresAt !== undefined && options.clock.now() >= token.expiresAt))
      throw new WebexFault(401, "The request requires a valid access token set in the Authorization header.");
    return token;
  };
  addErrorHandlers(app);
  app.addHook("onRequest", async (request, reply) => {
    count(counts, request, reply);
    const scripted = faults.scripted();
    if (scripted) return playScript(reply, scripted);
    const { url: route = "" } = request.routeOptions;
    if (route === accessTokenPath || signInPaths.has(route))
      return interfere(reply, faults, options.clock.now());
    const { token } = tokenOf(request);
    const now = options.clock.now();
    const retryAfterSeconds = limiter.retryAfterSeconds(token, now);
    if (retryAfterSeconds !== undefined) return sendThrottled(reply, retryAfterSeconds);
    return interfere(reply, faults, now);
  });
  const grants = new Grants(options.clock, options.seed ?? 1, (token) => void tokens.set(token.token, token));
  const signIn = new SignIn({ clock: options.clock, people, origin: () => url });
  addBodyParsers(app);
  addTokenEndpoints(app, { grants, signIn }, tokenOf);
  addSignIn(app, { signIn, grants, people, origin: () => url, tokenOf });
  addOperations(app, allOperations(parts), people, tokenOf);
  await app.listen({ host: options.host ?? "127.0.0.1", port: options.port ?? 0 });

  url = `https://${options.publicName ?? "localhost"}:${(app.server.address() as AddressInfo).port}`;

  return controlsOf({ url, faults, parts, counts, tokens, grants, signIn, scan, app });
};
