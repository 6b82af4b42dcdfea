import type { Meeting } from "@hybrid/contracts";
import { type ActorId, hours, sealedFor } from "@hybrid/kernel";
import { openRedisClient } from "@hybrid/redis";
import { systemScheduler } from "@hybrid/runtime";
import { redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import fc from "fast-check";
import fastify from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { meetingIdOf, meetingKey } from "#domain/after-page";
import type { RedisMeetingView } from "../src/adapters/redis-view/redis-meeting-view.ts";
import { Store, usualTimes } from "../src/adapters/redis-view/store.ts";
import { openHub } from "../src/api/change-hub.ts";
import { ListsNotReady, type MeetingView } from "../src/api/meeting-view.ts";
import { meetingsApi } from "../src/api/routes.ts";
import { partitions } from "./lists-fleet.ts";
import { openFileLists, openListsLog, openRedisLists, writerOf } from "./lists-stage.ts";
import { meeting, monday } from "./meeting.ts";
import { changedSince, listOf, modelOf, users } from "./meeting-view-contract.ts";
import { quiet } from "./quiet.ts";
import { openRedisPlace } from "./redis-place.ts";
import { openStage, stagePartitions } from "./stage.ts";

const version = redisServerVersion();
const [ada] = users as readonly [ActorId];

const textOf = (list: readonly { readonly id: string; readonly subject: string | null }[]): string =>
  JSON.stringify(list.map(({ id, subject }) => [id, subject]));

/** A machine that has much to do takes its time. */
const patience = { timeout: 10_000 };

/** As a client does that is told to come again. */
const patiently = <Found>(read: () => Promise<Found>): Promise<Found> =>
  vi.waitFor(read, { timeout: 10_000, interval: 5 });

/** What clients do: they hold a copy, read it again after a reset, and one meeting after its change. */
class Client {
  readonly #copy = new Map<string, Meeting>();
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;

  constructor(view: MeetingView, user: ActorId) {
    this.#running = this.#run(view, user);
  }

  async #run(view: MeetingView, user: ActorId): Promise<void> {
    for await (const { isReset, changes } of view.feedOf(user).changes(null, this.#ending.signal)) {
      if (isReset) {
        const list = await patiently(() => listOf(view, user));
        this.#copy.clear();
        for (const each of list) this.#copy.set(each.id, each);
      }
      for (const { key } of changes) {
        if (!key.startsWith(`${user}/`)) continue;
        const id = key.slice(user.length + 1);
        const now = await patiently(() => view.one(user, id));
        if (now) this.#copy.set(id, now);
        else this.#copy.delete(id);
      }
    }
  }

  text(): string {
    return textOf(modelOf(this.#copy));
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }
}

describe.skipIf(version === null)(
  `lists in Redis ${version}, when things go wrong`,
  { timeout: 30_000 },
  () => {
    let redis: Awaited<ReturnType<typeof startRedis>>;
    let place: Awaited<ReturnType<typeof openRedisPlace>>;
    beforeAll(async () => {
      redis = await startRedis();
      place = await openRedisPlace(redis.url);
    });
    beforeEach(async () => {
      await place.flush();
    });
    afterAll(async () => {
      place?.close();
      await redis?.stop();
    });

    test("two processes, restarts, lost keys, a flush and older snapshots: lists and clients end as the model, and no answer is half a list", async () => {
      const step = fc.oneof(
        {
          weight: 6,
          arbitrary: fc.record({
            kind: fc.constant("write" as const),
            user: fc.constantFrom(...users),
            id: fc.stringMatching(/^[0-9a-f]{1}$/),
            start: fc.integer({ min: 0, max: 3 }),
            isGone: fc.boolean(),
          }),
        },
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constantFrom("snapshot", "rollBack", "flush", "restart", "read", "seen"),
          }),
        },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose" as const), nth: fc.nat() }) },
      );
      let nth = 0;
      const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (steps) => {
        await place.flush();
        const log = await openListsLog();
        const { put, seen, vault } = writerOf(log);
        // A snapshot may bring the lease of a process back that has gone: it ends within this.
        const times = { ...usualTimes, leaseMs: 1_000 };
        const open = () => openRedisLists(log, { url: redis.url, vault, times });
        const [one, two] = [await open(), await open()];
        let views: readonly RedisMeetingView[] = [one, two];
        const clients = users.map((user) => new Client(one, user));
        const lists = new Map(users.map((user) => [user, new Map<string, Meeting>()]));
        const textNow = (user: ActorId): string => textOf(modelOf(lists.get(user)!));
        const once = new Map(users.map((user) => [user, new Set(["[]"])]));
        const read = async (): Promise<void> => {
          for (const user of users) {
            const list = await listOf(views[1]!, user).catch((error: unknown) => {
              if (error instanceof ListsNotReady) return null;
              throw error;
            });
            const known = list === null ? "[]" : textOf(list);
            expect(once.get(user)).toContain(known);
          }
        };
        const acts = {
          snapshot: place.snapshot,
          rollBack: place.rollBack,
          flush: place.flush,
          restart: async () => {
            await views[1]!.close();
            views = [views[0]!, await open()];
          },
          read,
          seen: () => seen(views[0]!),
        };
        for (const each of steps) {
          if (each.kind === "write") {
            const startAt = monday + hours(each.start);
            const value = each.isGone ? null : meeting(each.id, { startAt, subject: `v${++nth}` });
            if (value) lists.get(each.user)!.set(each.id, value);
            else lists.get(each.user)!.delete(each.id);
            once.get(each.user)!.add(textNow(each.user));
            await put(each.user, each.id, value);
          } else if (each.kind === "lose") {
            const keys = await place.keys();
            if (keys.length > 0) await place.remove(keys.toSorted()[each.nth % keys.length]!);
          } else await acts[each.kind]();
        }
        const file = await openFileLists(log, vault);
        for (const view of views) await seen(view);
        for (const [n, user] of users.entries()) {
          const wanted = textNow(user);
          for (const view of [...views, file]) expect(textOf(await listOf(view, user))).toBe(wanted);
          await expect.poll(() => clients[n]!.text(), { timeout: 5_000 }).toBe(wanted);
        }
        await Promise.all([...clients, ...views].map((each) => each.close()));
      });
      await fc.assert(property, { numRuns: 4, endOnFailure: true });
    });

    test("each partition has one writer; when a process goes without a word, another one takes its partitions", async () => {
      const log = await openListsLog();
      const { put, seen, vault } = writerOf(log);
      const client = openRedisClient({ url: redis.url, connectionName: "ghost", deadlineMs: 2_000 });
      onTestFinished(() => client.close());
      await client.connect();
      const times = { ...usualTimes, leaseMs: 400 };
      const ghost = new Store(client, partitions, times);
      await ghost.beat("ghost");
      for (let partition = 0; partition < partitions; partition++)
        await ghost.take(partition, { process: "ghost", build: "b", known: null });
      const refused: string[] = [];
      const view = await openRedisLists(log, { url: redis.url, vault, times });
      await put(ada, "1", meeting("1"));
      await expect(listOf(view, ada)).rejects.toBeInstanceOf(ListsNotReady);
      await seen(view);
      expect(await view.one(ada, "1")).not.toBeNull();
      const page = { source: "meetings", place: null, nextPlace: 9, isCurrent: true, rows: [] } as const;
      for (let partition = 0; partition < partitions; partition++)
        refused.push(await ghost.apply(partition, "ghost", page));
      expect(refused).toEqual(["fenced", "fenced", "fenced"]);
      const second = await openRedisLists(log, { url: redis.url, vault, times });
      await expect
        .poll(() => [view, second].map((each) => each.standing().partitions).sort((a, b) => a - b))
        .toEqual([1, 2]);
    });

    test("a page that was written already, or comes from another place, is refused and changes nothing", async () => {
      const client = openRedisClient({ url: redis.url, connectionName: "one", deadlineMs: 2_000 });
      onTestFinished(() => client.close());
      await client.connect();
      const store = new Store(client, partitions, usualTimes);
      const taken = await store.take(0, { process: "p", build: "b", known: null });
      expect(taken).toMatchObject({ rebuilt: "empty", isReady: false });
      const row = { key: "acme/u-a/1", entry: "acme/u-a 1 1 2", row: "{}" };
      const page = { source: "meetings", place: null, nextPlace: 5, isCurrent: true, rows: [row] } as const;
      expect(await store.apply(0, "p", page)).toBe("done");
      expect(await store.apply(0, "p", { ...page, rows: [{ ...row, row: "other" }] })).toBe("moved");
      expect(await store.settle(0, "p")).toBe("done");
      expect(await store.one(0, "rows", "acme/u-a/1")).toBe("acme/u-a 1 1 2\n{}");
      expect(await store.take(0, { process: "p", build: "c", known: null })).toMatchObject({
        rebuilt: null,
        build: "b",
        places: { meetings: 5, users: null },
        isReady: true,
      });
    });

    test("while Redis is away lists say so, and afterwards they and their readers go on", async () => {
      const log = await openListsLog();
      const { put, seen, vault } = writerOf(log);
      const view = await openRedisLists(log, { url: redis.url, vault });
      await put(ada, "1", meeting("1"));
      await seen(view);
      const { token } = await changedSince(view, ada, null, (_, resets) => resets === 1);
      await redis.kill();
      await expect(view.one(ada, "1")).rejects.toThrow("REDIS_URL");
      await expect.poll(() => view.notReady(), patience).toMatch("REDIS_URL");
      await put(ada, "2", meeting("2"));
      await redis.restart();
      await seen(view);
      expect((await listOf(view, ada)).map(({ id }) => id)).toEqual(["1", "2"]);
      expect((await changedSince(view, ada, token, (_, resets) => resets === 1)).resets).toBe(1);
      await expect.poll(() => view.notReady(), patience).toBeNull();
    });

    test("lists of another log, and those that stood still for too long, are rebuilt", async () => {
      const log = await openListsLog();
      const first = writerOf(log);
      const before = await openRedisLists(log, { url: redis.url, vault: first.vault });
      for (const id of ["1", "2", "3"]) await first.put(ada, id, meeting(id));
      await first.seen(before);
      await before.close();
      const other = await openListsLog();
      const second = writerOf(other);
      const rebuilds: string[] = [];
      const events = {
        onApplied: () => undefined,
        onSkipped: () => undefined,
        onRefused: () => undefined,
        onRebuild: (_: number, why: string) => void rebuilds.push(why),
      };
      const view = await openRedisLists(other, { url: redis.url, vault: second.vault, events });
      // Until it is noticed an offset of the one log is one of the other.
      await expect.poll(() => rebuilds, patience).toEqual(["otherLog", "otherLog", "otherLog"]);
      await second.seen(view);
      expect(await listOf(view, ada)).toEqual([]);
      await view.close();
      const times = { ...usualTimes, oldMsMax: 0 };
      const late = await openRedisLists(other, { url: redis.url, vault: second.vault, events, times });
      await second.seen(late);
      expect(rebuilds.filter((why) => why === "tooOld")).toHaveLength(partitions);
    });

    test("what is sealed is sealed there, and keys that nobody writes go by themselves", async () => {
      const log = await openListsLog();
      const { put, seen, vault } = writerOf(log);
      const view = await openRedisLists(log, { url: redis.url, vault });
      const { subject, organizerName, organizerAddress, location, join } = meeting("5");
      const texts = { subject, organizerName, organizerAddress, location, join };
      const none = { subject: null, organizerName: null, organizerAddress: null, location: null, join: null };
      await put(ada, "5", { ...meeting("5"), ...none, sealedTexts: sealedFor(ada, texts) });
      await seen(view);
      const held = await place.text();
      expect(held).toContain(ada);
      expect(held).not.toContain("bo@acme.example");
      const keys = await place.keys();
      expect(keys.length).toBeGreaterThan(partitions);
      await expect
        .poll(async () => Math.min(...(await Promise.all(keys.map((key) => place.staysMs(key))))))
        .toBeGreaterThan(0);
    });

    test("over the API nobody reads another's meeting, of whatever organisation", async () => {
      const { log, parts, vault, put, token } = await openStage();
      const view = await openRedisLists(log, { url: redis.url, vault, partitions: stagePartitions });
      const hub = openHub(view, { scheduler: systemScheduler(), logger: quiet });
      const app = fastify();
      await app.register(meetingsApi({ ...parts, lists: view, hub }), { prefix: "/api" });
      onTestFinished(() => app.close());
      const get = async (user: ActorId, path: string) =>
        await app.inject({
          url: `/api/v1${path}`,
          headers: { authorization: `Bearer ${await token(user)}` },
        });
      const owner = new Map<string, ActorId>();
      const entry = fc.record({ user: fc.constantFrom(...users), event: fc.nat({ max: 30 }) });
      const property = fc.asyncProperty(
        fc.array(entry, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...users),
        async (entries, reader) => {
          for (const { user, event } of entries) {
            const subject = `${user} ${event}`;
            await put(user, subject, meeting(subject, { subject }));
            owner.set(subject, user);
          }
          await expect
            .poll(async () => {
              const all = users.map(async (user) => (await get(user, "/meetings?limit=200")).json());
              return (await Promise.all(all)).flatMap(({ meetings = [] }) => meetings).length;
            }, patience)
            .toBe(owner.size);
          const page = (await get(reader, "/meetings?limit=200")).json();
          const mine = [...owner].flatMap(([subject, user]) => (user === reader ? [subject] : []));
          expect(page.meetings.map(({ subject }: Meeting) => subject).sort()).toEqual(mine.sort());
          for (const [subject, user] of owner) {
            const id = meetingIdOf(subject);
            for (const asked of [id, encodeURIComponent(`../${meetingKey(user, id)}`)])
              expect((await get(reader, `/meetings/${asked}`)).statusCode).toBe(
                user === reader && asked === id ? 200 : 404,
              );
          }
        },
      );
      await fc.assert(property, { numRuns: 3, endOnFailure: true });
      await place.flush();
      const { statusCode, headers } = await get(ada, "/meetings");
      expect([statusCode, headers["retry-after"]]).toEqual([503, "2"]);
    });
  },
);
