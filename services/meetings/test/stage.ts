import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Meeting,
  meetings,
  schemas,
  topicSettings,
  type UserStatus,
  userStatus,
} from "@hybrid/contracts";
import { openSqliteRequestMemory } from "@hybrid/http-api";
import { type ActorId, actorIdOf, minutes, partitionOf } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openMemoryLog } from "@hybrid/log/testing";
import { KeyRing, sealValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { openView } from "@hybrid/view";
import fastify from "fastify";
import { onTestFinished } from "vitest";
import { meetingIdOf, meetingKey } from "#domain/after-page";
import { makeToken } from "../src/access-token.ts";
import { Access } from "../src/api/access.ts";
import { ChangeHub } from "../src/api/change-hub.ts";
import { MeetingLists } from "../src/api/lists.ts";
import { type ApiParts, meetingsApi } from "../src/api/routes.ts";
import { meetingLists } from "../src/meeting-list.ts";
import { monday } from "./meeting.ts";
import { quiet } from "./quiet.ts";
import { shippedRules } from "./shipped-rules.ts";

export const key = new Uint8Array(32).fill(7);
export const anna = actorIdOf("acme/u-anna");
/** Of the log of a stage. */
export const stagePartitions = 2;
const partitions = stagePartitions;

const silent = () => Promise.reject(new Error("nothing is asked of a calendar here"));

/** What `user-status` says of somebody whose mailbox is at the given object id. */
export const activeAt = (tenantId: string, objectId: string): UserStatus => ({
  transition: 1,
  from: "notActivated",
  to: "active",
  cause: "enabled",
  reason: null,
  failures: 0,
  nextTryAt: null,
  subscriptionId: "s",
  expiresAt: null,
  tenantId,
  objectId,
  mailAddress: "anna@acme.example",
  settings: { webexKeyword: "personalRoom", meetKeyword: "space", language: null, join: null } as never,
  at: 0,
});

/** The API on a view of a log in memory, on a virtual clock; what is written comes into the view. */
export const openStage = async (
  changes: Partial<ApiParts> = {},
  {
    clock = new VirtualClock(monday),
    requestsFile,
  }: { readonly clock?: VirtualClock; readonly requestsFile?: string } = {},
) => {
  const log = await openMemoryLog(clock);
  await log.createTopics([meetings, userStatus, schemas].map((topic) => topicSettings(topic, partitions)));
  const folder = await mkdtemp(join(tmpdir(), "hybrid-meetings-"));
  const view = openView({
    definition: meetingLists,
    path: join(folder, "view.sqlite"),
    scheduler: clock,
    logger: quiet,
  });
  const vault = new TestVault();
  view.follow(log, partitions, new KeyRing({ vault, clock }));
  await view.caughtUp();
  const requests = openSqliteRequestMemory({ path: requestsFile ?? join(folder, "requests.sqlite"), clock });
  const parts: ApiParts = {
    access: new Access(key, clock),
    lists: new MeetingLists(view),
    hub: new ChangeHub(view, { scheduler: clock, logger: quiet }),
    events: { get: silent },
    meetings: {
      create: silent,
      change: silent,
      respond: silent,
      cancel: silent,
      instances: silent,
      getSchedule: silent,
    },
    requests,
    onTrouble: (error) => {
      throw error;
    },
    rulesOf: shippedRules,
    scheduler: clock,
    policy: { beforeMs: minutes(5), tentative: true, free: false },
    streamsMax: 3,
    onListed: () => undefined,
    onStreams: () => undefined,
    ...changes,
  };
  const app = fastify();
  await app.register(meetingsApi(parts), { prefix: "/api/meetings" });
  onTestFinished(async () => {
    await app.close();
    await requests.close();
    await view.close();
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  const write = async (topic: typeof meetings | typeof userStatus, at: ActorId, value: unknown) => {
    const bytes =
      value === null ? null : (topic.encode as (each: unknown) => Uint8Array)(sealValue(value, vault));
    const partition = partitionOf(at, partitions);
    const before = view.token();
    await log.append([{ topic: topic.name, partition, key: at, value: bytes, timestamp: clock.now() }]);
    const seen = new AbortController();
    for await (const batch of view.changes(before, seen.signal))
      if (batch.changes.some((change) => change.key === at)) break;
  };
  return {
    app,
    folder,
    clock,
    log,
    view,
    vault,
    parts,
    /** Puts a meeting onto a user's list, or takes it off. */
    put: (user: ActorId, eventId: string, meeting: Meeting | null) =>
      write(meetings, meetingKey(user, meetingIdOf(eventId)), meeting),
    mailbox: (user: ActorId, status: Partial<UserStatus>) => write(userStatus, user, status),
    token: (user: ActorId = anna, forMs = minutes(60)) => makeToken({ user, now: clock.now(), forMs }, key),
    /** Sends a request with a body. */
    send: async (
      method: "POST" | "PATCH" | "DELETE",
      path: string,
      token: string,
      {
        body,
        headers = {},
      }: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
    ) =>
      await app.inject({
        method,
        url: `/api/meetings/v1${path}`,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body === undefined ? {} : { payload: body }),
      }),
    get: async (path: string, token: string | null, headers: Readonly<Record<string, string>> = {}) =>
      await app.inject({
        url: `/api/meetings/v1${path}`,
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      }),
  };
};
