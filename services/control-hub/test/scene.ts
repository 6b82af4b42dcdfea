import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ArchiveStatus,
  adminCommands,
  adminOutcomes,
  archiveCommands,
  archiveFailures,
  archiveLog,
  archiveStatus,
  auditLog,
  calendarHealth,
  connectorAssignments,
  connectorLoad,
  controlTopic,
  type GroupPrerequisites,
  type GroupStatus,
  groupCommands,
  groupPrerequisites,
  groupStatus,
  mailboxMigrations,
  meetingRuleOrders,
  meetingRules,
  migrationBatches,
  migrationCommands,
  organisationModes,
  peopleSync,
  presence,
  roomCommands,
  roomStatus,
  schemas,
  syncOrders,
  type TopicContract,
  tenantStatus,
  topicSettings,
  type UserDirectoryEntry,
  type UserStatus,
  userConsents,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { openSqliteRequestMemory, RepeatedRequests } from "@hybrid/http-api";
import { instant, partitionOfKey } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { KeyRing, sealValue, withKeys } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import type { Seal } from "@hybrid/service";
import { openView, type View, type ViewDefinition } from "@hybrid/view";
import pino from "pino";
import { onTestFinished } from "vitest";
import { AddressBooks } from "../src/adapters/address-books.ts";
import { BulkJobs } from "../src/adapters/bulk-jobs.ts";
import type { Guest } from "../src/adapters/guest.ts";
import { memorySessions } from "../src/adapters/memory-sessions.ts";
import { Orders } from "../src/adapters/orders.ts";
import type { SessionStore } from "../src/adapters/session-store.ts";
import { Sessions } from "../src/adapters/sessions.ts";
import { SignInLinks, signInToken } from "../src/adapters/sign-in-links.ts";
import { EventStreams } from "../src/http/event-streams.ts";
import { hubFaultOf } from "../src/http/hub-faults.ts";
import { hubServer } from "../src/http/hub-server.ts";
import type { ProviderPorts } from "../src/http/sign-in-routes.ts";
import { histories, organisations } from "../src/views.ts";
import { simulatedDesk } from "./simulated-desk.ts";

/** Partitions of these tests. */
export const partitions = 2;

/** When these tests begin. */
export const startAt = Date.UTC(2026, 10, 24, 9);

const topics = [
  adminCommands,
  adminOutcomes,
  archiveCommands,
  archiveFailures,
  archiveLog,
  archiveStatus,
  auditLog,
  calendarHealth,
  groupCommands,
  groupPrerequisites,
  groupStatus,
  peopleSync,
  presence,
  connectorAssignments,
  connectorLoad,
  mailboxMigrations,
  meetingRuleOrders,
  meetingRules,
  migrationBatches,
  migrationCommands,
  organisationModes,
  roomCommands,
  roomStatus,
  schemas,
  syncOrders,
  tenantStatus,
  userConsents,
  userDirectory,
  userStatus,
  ...["decorator", "directory", "presence"].map(controlTopic),
];

/** The tenant of everybody here. */
export const tenantId = "6f9619ff-8b86-4011-b42d-00c04fc964ff";

/** A user as the directory tells of one. */
export const entry = (changed: Partial<UserDirectoryEntry> = {}): UserDirectoryEntry => ({
  version: 3,
  removed: false,
  enabled: true,
  attemptGeneration: 1,
  tenantId,
  objectId: "44444444-4444-4444-8444-444444444444",
  mailAddress: "ada@acme.example",
  connector: null,
  wanted: true,
  obstacles: [],
  webex: null,
  ...changed,
});

/** What user-state says of a user. */
export const status = (changed: Partial<UserStatus> = {}): UserStatus => ({
  transition: 2,
  from: "notActivated",
  to: "active",
  cause: "renewed",
  reason: null,
  failures: 0,
  nextTryAt: null,
  subscriptionId: "s",
  expiresAt: startAt + 86_400_000,
  tenantId,
  objectId: "44444444-4444-4444-8444-444444444444",
  mailAddress: "ada@acme.example",
  settings: { webexKeyword: "personalRoom", meetKeyword: "space", language: null, join: null },
  at: startAt - 60_000,
  ...changed,
});

/** A team and its group. */
export const team = (changed: Partial<GroupStatus> = {}): GroupStatus => ({
  standing: "connected",
  step: null,
  reason: null,
  teamName: "Project North",
  groupId: "g",
  libraryUrl: "https://acme.example/library",
  spacesLinked: 2,
  spacesWaiting: 0,
  refused: [],
  refusedCount: 0,
  failures: 0,
  nextTryAt: null,
  at: startAt,
  ...changed,
});

/** What groups have of their prerequisites. */
export const prerequisites = (changed: Partial<GroupPrerequisites> = {}): GroupPrerequisites => ({
  enabled: false,
  authorised: false,
  checks: [
    { name: "globalAdministrator", state: "met", found: null },
    { name: "linkedFolders", state: "missing", found: null },
  ],
  usersSeen: 3,
  usersLinked: 2,
  unlinked: [{ person: "bo@acme.example", reason: "notSignedIn" }],
  checkedAt: startAt,
  at: startAt,
  ...changed,
});

/** A connector at work. */
export const connector = (changed: Partial<ArchiveStatus> = {}): ArchiveStatus => ({
  name: "main",
  createdBy: "ada@acme.example",
  createdAt: startAt - 3 * 86_400_000,
  state: "running",
  terms: {
    tenants: [tenantId],
    catchAll: null,
    itemBytesMax: 10_000_000,
    allowsUnscannable: false,
    people: [],
    spaces: [],
    groups: [],
  },
  pollEveryMs: 900_000,
  startsAt: startAt - 3 * 86_400_000,
  archivedTo: startAt - 900_000,
  roundFrom: null,
  roundTo: null,
  roundAt: null,
  nextRoundAt: startAt + 60_000,
  openItems: 0,
  failures: 0,
  problem: null,
  lostBefore: null,
  reruns: 0,
  ...changed,
});

const logger = pino({ level: "silent" });

/** What a browser holds of its session. */
export interface Browser {
  readonly cookie: string;
  readonly csrfToken: string;
}

/** A view of what is in the log, in a file of its own in the folder. */
export const openViewOn = async (
  definition: ViewDefinition,
  folder: string,
  log: Log,
  { clock, keys }: { readonly clock: VirtualClock; readonly keys: KeyRing },
): Promise<View> => {
  const path = join(folder, `${definition.name}.sqlite`);
  const view = openView({ definition, path, scheduler: clock, logger });
  onTestFinished(() => view.close());
  view.follow(log, partitions, keys);
  await view.caughtUp();
  return view;
};

/** The service's server over views of an embedded log that the test writes to. */
export const scene = async (
  pageFolder?: () => Promise<string>,
  {
    providerOf,
    store,
    requestsFile,
  }: {
    readonly providerOf?: (clock: VirtualClock, key: Uint8Array) => ProviderPorts;
    readonly store?: SessionStore;
    /** What an earlier scene has kept of its requests. */
    readonly requestsFile?: string;
  } = {},
) => {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-hub-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clock = new VirtualClock(instant(startAt));
  const log = await openEmbeddedLog({ path: join(folder, "log.sqlite"), clock, logger });
  onTestFinished(() => log.close());
  await log.createTopics(topics.map((topic) => topicSettings(topic, partitions)));
  const vault = new TestVault();
  const ports = { clock, keys: new KeyRing({ vault, clock }) };
  const views = {
    organisations: await openViewOn(organisations, folder, log, ports),
    histories: await openViewOn(histories, folder, log, ports),
  };
  const key = new Uint8Array(32).fill(7);
  const kept = store ?? memorySessions(clock);
  const sessions = new Sessions(kept, 3_600_000);
  const events = new EventStreams([views.organisations, views.histories], clock);
  const books = new AddressBooks({ view: views.organisations, scheduler: clock, logger });
  const desk = simulatedDesk();
  const ring = ports.keys.session();
  const seal: Seal = async (value) => (await withKeys(ring, () => sealValue(value, ring))) as typeof value;
  const orders = new Orders({ log, seal, clock, partitions });
  const view = views.organisations;
  const requestsPath = requestsFile ?? join(folder, "requests.sqlite");
  const requests = openSqliteRequestMemory({ path: requestsPath, clock });
  onTestFinished(() => requests.close());
  const bulk = new BulkJobs({ view, books, store: kept, orders, now: () => clock.now() });
  const app = await hubServer({
    views,
    books,
    desk,
    clock,
    scheduler: clock,
    logger,
    events,
    orders,
    bulk,
    repeated: new RepeatedRequests(requests, {
      faultOf: hubFaultOf,
      onTrouble: (error) => logger.error(error),
    }),
    links: new SignInLinks(key, (name, lifeMs) => sessions.once(name, lifeMs)),
    sessions,
    meetingsUrl: "https://meetings.acme.example/today",
    provider: providerOf?.(clock, key) ?? null,
    sessionMs: 3_600_000,
    origin: null,
    pageFolder: pageFolder ?? (async () => folder),
  });
  onTestFinished(async () => {
    events.close();
    books.close();
    await app.close();
  });

  const viewOf = { organisations: views.organisations, histories: views.histories };
  /** Appends, and waits until the views tell of it. */
  const write = async <Value>(
    topic: TopicContract<Value>,
    entries: Readonly<Record<string, Value | null>>,
    view: View = views.organisations,
  ): Promise<void> => {
    const ending = new AbortController();
    const wanted = new Set(Object.keys(entries));
    const changes = view.changes(view.token(), ending.signal);
    await log.append(
      Object.entries(entries).flatMap(([name, value]) => {
        const of =
          topic.partitioning === "broadcast"
            ? [0, 1]
            : [partitionOfKey(name.split("/", 2).join("/"), partitions)];
        return of.map((partition) => ({
          topic: topic.name,
          partition,
          key: name,
          value: value && topic.encode(value),
          timestamp: clock.now(),
        }));
      }),
    );
    for await (const batch of changes) {
      for (const change of batch.changes) {
        wanted.delete(change.key);
        wanted.delete(change.key.split(" ", 1)[0] ?? "");
      }
      if (wanted.size === 0) break;
    }
    ending.abort();
  };

  const signIn = async (changed: Partial<Guest> = {}): Promise<Browser> => {
    const guest: Guest = { org: null, role: "full", name: "ada@acme.example", user: null, ...changed };
    const token = signInToken(key, guest, clock.now());
    const answer = await app.inject({ url: `/sign-in?token=${token}`, headers: { host: "localhost" } });
    const [set] = answer.cookies;
    const cookie = `${set?.name}=${set?.value}`;
    const session = await app.inject({ url: "/api/session", headers: { host: "localhost", cookie } });
    return { cookie, csrfToken: session.json<{ csrfToken: string }>().csrfToken };
  };

  const get = (browser: Browser | null, url: string, headers: Record<string, string> = {}) =>
    app.inject({
      url,
      headers: { host: "localhost", ...(browser ? { cookie: browser.cookie } : {}), ...headers },
    });
  const post = (
    browser: Browser | null,
    url: string,
    payload: object | string,
    headers: Record<string, string> = {},
  ) =>
    app.inject({
      method: "POST",
      url,
      payload,
      headers: {
        host: "localhost",
        ...(browser ? { cookie: browser.cookie, "x-csrf-token": browser.csrfToken } : {}),
        ...headers,
      },
    });
  return {
    sessions,
    vault,
    desk,
    app,
    orders,
    clock,
    log,
    folder,
    key,
    views: viewOf,
    write,
    signIn,
    get,
    post,
  };
};

/** The server with what it stands on. */
export type Scene = Awaited<ReturnType<typeof scene>>;
