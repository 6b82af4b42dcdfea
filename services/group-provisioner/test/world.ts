import {
  type GroupCommand,
  type GroupOptions,
  groupCommands,
  groupCommandValue,
  webexEvents,
} from "@hybrid/contracts";
import {
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  type GraphSimulatorOptions,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import {
  type ActorId,
  actorIdOf,
  type CallFailure,
  minutes,
  ProviderError,
  plus,
  seconds,
} from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph, type MicrosoftGraph } from "@hybrid/microsoft-graph";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { openTexts, sealHandlers } from "@hybrid/sealing";
import { createWebexClient, type WebexClient } from "@hybrid/webex";
import { startWebexSimulator, type WebexSimulator, webexIdText } from "@hybrid/webex-simulator";
import type { Call, Input } from "#domain/inputs";
import { designNumbers, type Numbers } from "#domain/numbers";
import type { State, Team } from "#domain/state";
import { groupHandlers } from "../src/adapters/handlers.ts";
import { groupTopology } from "../src/topology.ts";
import { groupTexts } from "../src/whose-texts.ts";

export const tenantId = "11111111-1111-4111-8111-111111111111";
export const clientId = "33333333-3333-4333-8333-333333333333";
export const webexOrgUuid = "0a0a0a0a-1111-4111-8111-000000000001";
export const organisation: ActorId = actorIdOf("acme/o");

/** The object id of the nth person. */
export const objectId = (n: number): string => `66666666-6666-4666-8666-${String(n).padStart(12, "0")}`;

let made: Promise<Keys> | undefined;
interface Keys {
  readonly caPem: string;
  readonly tls: { readonly keyPem: string; readonly certPem: string };
  readonly certificate: Awaited<ReturnType<typeof createClientCertificate>>;
}
const keys = (): Promise<Keys> => {
  made ??= (async () => {
    const ca = await createCertificateAuthority();
    return { caPem: ca.caPem, tls: await ca.issue(), certificate: await createClientCertificate() };
  })();
  return made;
};

const scopes = [
  "spark:all",
  "identity:people_read",
  "spark-admin:people_read",
  ...["events", "rooms", "teams", "memberships", "team_memberships", "messages"].flatMap((name) => [
    `spark-compliance:${name}_read`,
    `spark-compliance:${name}_write`,
  ]),
];

const permissions = ["Group.ReadWrite.All", "User.Read.All", "Files.ReadWrite.All", "Organization.Read.All"];

const failureOf = (error: unknown, now: ReturnType<VirtualClock["now"]>): CallFailure => {
  if (!(error instanceof ProviderError)) throw error;
  const { code, retryable, retryAfterMs, status } = error;
  return {
    code,
    retryable,
    status: status ?? null,
    retryAt: retryAfterMs === undefined ? null : plus(now, retryAfterMs),
  };
};

/** What may happen to a call: it is carried out, or its worker dies before, or after it was carried out. */
export type Fate = "done" | "lostBefore" | "lostAfter" | "twice";

export interface WorldOptions {
  readonly groups?: GraphSimulatorOptions["groups"];
  readonly people?: number;
  readonly numbers?: Partial<Numbers>;
}

/** Both clouds as simulators, and the service on them, on one virtual clock and without a log. */
export class World {
  readonly clock: VirtualClock;
  readonly graph: GraphSimulator;
  readonly webex: WebexSimulator;
  readonly driver: TopologyDriver<State, Input, Call>;
  readonly numbers: Numbers;
  /** Decides what becomes of each call. */
  fate: (call: Call) => Fate = () => "done";
  #hints = 0;
  readonly #clients: { readonly graph: MicrosoftGraph; readonly webex: WebexClient };
  readonly #handlers: ReturnType<typeof groupHandlers>;

  private constructor(
    parts: Pick<World, "clock" | "graph" | "webex" | "driver" | "numbers">,
    clients: { readonly graph: MicrosoftGraph; readonly webex: WebexClient },
  ) {
    this.clock = parts.clock;
    this.graph = parts.graph;
    this.webex = parts.webex;
    this.driver = parts.driver;
    this.numbers = parts.numbers;
    this.#clients = clients;
    this.#handlers = sealHandlers(groupHandlers({ ...clients, isGlobalInstance: true }), groupTexts);
  }

  static async open({ groups = {}, people = 6, numbers = {} }: WorldOptions = {}): Promise<World> {
    const { caPem, tls, certificate } = await keys();
    const clock = new VirtualClock();
    const times = { siteDelayMs: [minutes(10), minutes(10)], replicationMs: [0, 0] } as const;
    const graph = await startGraphSimulator({ clock, tls, caPem, groups: { ...times, ...groups } });
    graph.registerApp({
      clientId,
      credentials: [{ kind: "certificate", certPem: certificate.certPem }],
      roles: permissions,
    });
    graph.addTenant({
      tenantId,
      displayName: "Acme",
      domains: ["acme.example"],
      consentedApps: [clientId],
    });
    const webex = await startWebexSimulator({
      tls: { key: tls.keyPem, cert: tls.certPem },
      clock,
      accessTokens: [
        {
          token: "service",
          orgId: webexOrgUuid,
          defaultSite: "acme.webex.com",
          person: "service@acme.example",
          scopes,
        },
      ],
    });
    const world = new World(
      {
        clock,
        graph,
        webex,
        driver: new TopologyDriver(groupTopology({ ...designNumbers, ...numbers }), {
          startAt: clock.now(),
          planted: /Bui?ld|Bygget|Person \d/,
        }),
        numbers: { ...designNumbers, ...numbers },
      },
      {
        graph: createMicrosoftGraph({
          cloud: { loginUrl: graph.baseUrl, graphUrl: graph.baseUrl },
          clientId,
          certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
          scheduler: clock,
          random: () => 0.5,
          ca: caPem,
        }),
        webex: createWebexClient({
          baseUrl: webex.url,
          accessToken: async () => "service",
          scheduler: clock,
          random: () => 0.5,
          ca: caPem,
        }),
      },
    );
    webex.addPerson({
      orgId: webexOrgUuid,
      email: "service@acme.example",
      displayName: "Service",
      sites: [],
    });
    for (let n = 1; n <= people; n++) world.addPerson(n);
    return world;
  }

  /** Somebody with accounts at both sides, linked by the object id. */
  addPerson(
    n: number,
    more: { readonly externalId?: string; readonly hasSignedIn?: boolean; readonly language?: string } = {},
  ) {
    const email = `p${n}@acme.example`;
    this.graph.addMailbox({
      tenantId,
      userId: objectId(n),
      userPrincipalName: email,
      mail: email,
      displayName: `Person ${n}`,
    });
    return this.webex.addPerson({
      orgId: webexOrgUuid,
      email,
      displayName: `Person ${n}`,
      sites: [],
      externalId: objectId(n),
      ...more,
    });
  }

  person(n: number) {
    const found = this.webex.people().find(({ email }) => email === `p${n}@acme.example`);
    if (!found) throw new RangeError(`there is no person ${n}`);
    return found;
  }

  /** A team of person `creator`, with `others` in it, oldest first. */
  addTeam(name: string, creator: number, ...others: readonly number[]) {
    const team = this.webex.spaces.createTeam(this.person(creator), name);
    const general = this.webex.spaces.rooms.get(team.uuid)!;
    for (const n of others)
      this.webex.spaces.addMember(this.person(creator).uuid, general, this.person(n), {
        isThroughTeam: true,
      });
    return { team, general };
  }

  teamActor(uuid: string): ActorId {
    return actorIdOf(`acme/r-${uuid}`);
  }

  stateOfTeam(uuid: string): Team {
    const state = openTexts(this.driver.stateOf(this.teamActor(uuid))) as State;
    if (state.kind !== "team") throw new Error(`the actor of team ${uuid} is ${state.kind}`);
    return state;
  }

  command(command: GroupCommand, to: ActorId = organisation): void {
    this.driver.publish(groupCommands, to, groupCommandValue(command, this.clock.now()));
  }

  /** A webhook's delivery, as notification-ingest writes it down. */
  hint(resource: "rooms" | "memberships", roomUuid: string, person: number | string | null = null): void {
    const personUuid = typeof person === "number" ? this.person(person).uuid : person;
    this.#hints++;
    this.driver.publish(webexEvents, this.teamActor(roomUuid), {
      webhookId: "webhook",
      resource,
      event: "created",
      itemId: `item-${this.#hints}`,
      roomId: webexIdText("ROOM", roomUuid),
      personId: personUuid === null ? null : webexIdText("PEOPLE", personUuid),
      actorId: null,
      orgId: null,
      occurrence: null,
      receivedAt: this.clock.now(),
    });
  }

  /** What an administrator configures. */
  options(): GroupOptions {
    return {
      tenantId,
      webexOrgUuid,
      mode: "everyTeam",
      visibility: "private",
      welcomeMail: false,
      namePrefix: "",
      nameSuffix: "",
      language: null,
      botPersonUuid: null,
    };
  }

  /** Configured, authorised and switched on. */
  async begin(options: Partial<GroupOptions> = {}): Promise<void> {
    this.command({ kind: "configure", options: { ...this.options(), ...options } });
    this.command({ kind: "authorise" });
    this.command({ kind: "enable" });
    await this.settle();
  }

  /** Carries out every call that is open, and those that follow, until none is left. */
  async settle(): Promise<void> {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const open = this.driver.openCalls();
      if (open.length === 0) return;
      for (const { callId, actor, call } of open) await this.#carryOut(callId, actor, call);
    }
    throw new Error("calls without end");
  }

  /** Lets time pass, and everything happen that falls due. */
  async pass(ms: number, stepMs = seconds(30)): Promise<void> {
    const until = plus(this.clock.now(), ms);
    await this.settle();
    while (this.clock.now() < until) {
      const step = Math.min(stepMs, until - this.clock.now());
      this.clock.advanceBy(step);
      if (this.driver.now < this.clock.now()) this.driver.advanceBy(this.clock.now() - this.driver.now);
      await this.settle();
    }
  }

  async #carryOut(callId: string, actor: ActorId, call: Call): Promise<void> {
    const run = async (): Promise<Input | CallFailure> => {
      const signal = AbortSignal.timeout(30_000);
      const handler = this.#handlers[call.kind] as (
        order: Call,
        context: { readonly signal: AbortSignal; readonly actor: ActorId },
      ) => Promise<Input>;
      const work = handler(call, { signal, actor });
      try {
        return await this.#waiting(work);
      } catch (error) {
        return failureOf(error, this.clock.now());
      }
    };
    const fate = this.fate(call);
    // The order stays durable: the next worker carries it out again.
    if (fate === "lostBefore") return;
    if (fate === "twice") {
      const [one] = await Promise.all([run(), run()]);
      return this.#end(callId, one);
    }
    const outcome = await run();
    if (fate === "done") this.#end(callId, outcome);
  }

  #end(callId: string, outcome: Input | CallFailure): void {
    if ("kind" in outcome) this.driver.answer(callId, outcome);
    else this.driver.fail(callId, outcome);
  }

  /** Waits of the clients, for their own limits, pass at once. */
  async #waiting<Result>(work: Promise<Result>): Promise<Result> {
    const settled = new AbortController();
    const ended = work.finally(() => settled.abort());
    ended.catch(() => undefined);
    while (!settled.signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      const dueAt = this.clock.nextDueAt();
      if (!settled.signal.aborted && dueAt !== null && dueAt - this.clock.now() <= seconds(3))
        this.clock.advanceTo(dueAt);
    }
    return await ended;
  }

  async close(): Promise<void> {
    await this.#clients.graph.close();
    await this.#clients.webex.close();
    await this.graph.stop();
    await this.webex.close();
  }
}
