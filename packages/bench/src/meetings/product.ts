import { join } from "node:path";
import {
  calendarChanges,
  meetings,
  resyncRequests,
  schemas,
  topicSettings,
  type UserStatus,
  userErasures,
  userStatus,
} from "@hybrid/contracts";
import { type ActorId, minutes, partitionOf } from "@hybrid/kernel";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { compiledShippedRules } from "@hybrid/meeting-links";
import { listTexts, meetingsHandlers, meetingsTopology } from "@hybrid/meetings/parts";
import { type Logger, runService, runtimeMetrics, systemRandom, systemScheduler } from "@hybrid/runtime";
import { KeyRing, sealHandlers, sealValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { Registry } from "prom-client";
import { partitions, subjectActor } from "../subject.ts";
import { type Calendars, meetingsEach, objectIdOf } from "./calendars.ts";

const tell = (fields: object, message: string): void =>
  void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);

/** Warnings and errors reach the person; the rest would cost time. */
export const logger: Logger = { debug: () => undefined, info: () => undefined, warn: tell, error: tell };

/** The rules of an organisation that has none of its own. */
export const rulesOf = async () => ({ own: null, all: compiledShippedRules });

const topics = [calendarChanges, meetings, resyncRequests, schemas, userErasures, userStatus];

/** A log with the topics of the lists, and the keys of their users. */
export const openPlace = async (folder: string) => {
  const scheduler = systemScheduler();
  const log = await openEmbeddedLog({ path: join(folder, "hybrid.log"), clock: scheduler });
  await log.createTopics(topics.map((topic) => topicSettings(topic, partitions)));
  // Keys follow from a seed, so every process of the bench has the same.
  const vault = new TestVault();
  return { log, vault, keys: new KeyRing({ vault, clock: scheduler }) };
};

/** What a bench of meetings works on. */
export type Place = Awaited<ReturnType<typeof openPlace>>;

/** Runs the lists of all users on calendars in memory. */
export const startLists = async ({ log, keys }: Place, calendars: Calendars) => {
  const calendar = {
    view: async ({ objectId }: { readonly objectId: string }) => ({
      events: calendars.view(objectId),
      nextLink: null,
    }),
  };
  const service = await runService({
    topology: meetingsTopology,
    handlers: sealHandlers(
      meetingsHandlers({ calendar, rulesOf, clock: systemScheduler(), onListed: () => undefined }),
      listTexts,
    ),
    log,
    topics,
    partitions,
    scheduler: systemScheduler(),
    random: systemRandom,
    logger,
    metrics: runtimeMetrics(new Registry()),
    keys,
  });
  await service.ready();
  return service;
};

const statusOf = (user: number): UserStatus => ({
  transition: 1,
  from: "notActivated",
  to: "active",
  cause: "enabled",
  reason: null,
  failures: 0,
  nextTryAt: null,
  subscriptionId: "s",
  expiresAt: null,
  tenantId: "11111111-2222-4333-a444-555555555555",
  objectId: objectIdOf(user),
  mailAddress: `user${user}@acme.example`,
  settings: { webexKeyword: "personalRoom", meetKeyword: "space", language: null, join: null },
  at: 0,
});

const appendTo = (log: Log, topic: string, key: ActorId, value: Uint8Array): Promise<unknown> =>
  log.append([
    { topic, partition: partitionOf(key, partitions), key, value, timestamp: systemScheduler().now() },
  ]);

/** Says that all users are Active, so that their calendars are read. */
export const activate = async ({ log, vault }: Place, users: number): Promise<void> => {
  for (let user = 0; user < users; user++) {
    const value = userStatus.encode(sealValue(statusOf(user), vault) as UserStatus);
    await appendTo(log, userStatus.name, subjectActor(user), value);
  }
};

/** Tells that something in a user's calendar has changed, as notification-ingest does. */
export const notify = async ({ log }: Place, user: number): Promise<void> => {
  const value = calendarChanges.encode({
    subscriptionId: "s",
    tenantId: "11111111-2222-4333-a444-555555555555",
    changeType: "updated",
    eventId: "e",
    etag: null,
    receivedAt: systemScheduler().now(),
  });
  await appendTo(log, calendarChanges.name, subjectActor(user), value);
};

const lookEveryMs = 20;
const patienceMs = minutes(15);

/** Resolves when something is so; rejects when it is not within a quarter of an hour. */
export const whenTrue = (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> =>
  new Promise((resolve, reject) => {
    const endsAt = performance.now() + patienceMs;
    const look = async (): Promise<void> => {
      if (await isSo()) return resolve();
      if (performance.now() > endsAt) throw new Error(`${what} has not come within a quarter of an hour`);
      setTimeout(() => void look().catch(reject), lookEveryMs);
    };
    look().catch(reject);
  });

/** Records of meetings in the log. */
export const listed = async (log: Log): Promise<number> => {
  let count = 0;
  for (let partition = 0; partition < partitions; partition++) {
    const { start, end } = await log.offsets(meetings.name, partition);
    count += end - start;
  }
  return count;
};

/** Meetings of that number of users. */
export const meetingsOf = (users: number): number => users * meetingsEach;
