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
import { type ActorId, actorIdOf, type Clock, partitionOf } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import { openMemoryLog } from "@hybrid/log/testing";
import { systemScheduler } from "@hybrid/runtime";
import { KeyRing, sealValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { openView } from "@hybrid/view";
import { onTestFinished, vi } from "vitest";
import { meetingKey } from "#domain/after-page";
import type { WriterEvents } from "../src/adapters/redis-view/partition-writer.ts";
import {
  RedisMeetingView,
  type RedisMeetingViewOptions,
} from "../src/adapters/redis-view/redis-meeting-view.ts";
import { MeetingLists } from "../src/api/lists.ts";
import type { MeetingView } from "../src/api/meeting-view.ts";
import { meetingLists } from "../src/meeting-list.ts";
import { meeting } from "./meeting.ts";
import { quiet } from "./quiet.ts";

export const partitions = 3;

/** A log for lists, real time, and keys. */
export const openListsLog = async (clock: Clock = systemScheduler()) => {
  const log = await openMemoryLog(clock);
  await log.createTopics([meetings, userStatus, schemas].map((topic) => topicSettings(topic, partitions)));
  onTestFinished(() => log.close());
  return log;
};

type Topic = typeof meetings | typeof userStatus;

let marks = 0;

/** Writes records as the service does. */
export const writerOf = (log: Log, vault = new TestVault()) => {
  const write = async (topic: Topic, key: ActorId, value: unknown): Promise<void> => {
    const bytes =
      value === null ? null : (topic.encode as (each: unknown) => Uint8Array)(sealValue(value, vault));
    const partition = partitionOf(key, partitions);
    await log.append([{ topic: topic.name, partition, key, value: bytes, timestamp: 1 as never }]);
  };
  return {
    vault,
    put: (user: ActorId, id: string, value: Meeting | null) => write(meetings, meetingKey(user, id), value),
    mailbox: (user: ActorId, status: Partial<UserStatus>) => write(userStatus, user, status),
    /** Resolves when all that was written before is in a view. */
    seen: async (view: MeetingView): Promise<void> => {
      const id = `mark${++marks}`;
      const users = Array.from({ length: 40 }, (_, n) => actorIdOf(`marks/u-${n}`));
      const one = Array.from({ length: partitions }, (_, partition) =>
        users.find((user) => partitionOf(user, partitions) === partition),
      ) as ActorId[];
      for (const user of one) await write(meetings, meetingKey(user, id), meeting(id));
      await vi.waitFor(
        async () => {
          for (const user of one) if ((await view.one(user, id)) === null) throw new Error("not yet");
        },
        { timeout: 8_000, interval: 10 },
      );
    },
  };
};

/** The lists of a log in a file. */
export const openFileLists = async (log: Log, vault = new TestVault()): Promise<MeetingLists> => {
  const scheduler = systemScheduler();
  const folder = await mkdtemp(join(tmpdir(), "hybrid-lists-"));
  const view = openView({
    definition: meetingLists,
    path: join(folder, "view.sqlite"),
    scheduler,
    logger: quiet,
  });
  view.follow(log, partitions, new KeyRing({ vault, clock: scheduler, keepMs: 0 }));
  onTestFinished(async () => {
    await view.close();
    await rm(folder, { recursive: true, force: true });
  });
  await view.caughtUp();
  return new MeetingLists(view);
};

const silent: WriterEvents = {
  onApplied: () => undefined,
  onSkipped: () => undefined,
  onRebuild: () => undefined,
  onRefused: () => undefined,
};

/** The lists of a log in Redis, as one process of a fleet has them. */
export const openRedisLists = async (
  log: Log,
  given: { readonly url: string; readonly vault?: TestVault } & Partial<RedisMeetingViewOptions>,
): Promise<RedisMeetingView> => {
  const scheduler = systemScheduler();
  const { vault = new TestVault(), ...options } = given;
  const view = await RedisMeetingView.open({
    partitions,
    scheduler,
    logger: quiet,
    events: silent,
    beatMs: 20,
    lookEveryMs: 20,
    ...options,
  });
  onTestFinished(() => view.close());
  view.follow(log, partitions, new KeyRing({ vault, clock: scheduler, keepMs: 0 }));
  return view;
};
