import type { Meeting } from "@hybrid/contracts";
import { type ActorId, actorIdOf, hours, instant, minutes, sealedFor } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import type { TestVault } from "@hybrid/sealing/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MeetingView } from "../src/api/meeting-view.ts";
import { openListsLog, writerOf } from "./lists-stage.ts";
import { meeting, monday } from "./meeting.ts";
import { activeAt } from "./stage.ts";

/** Users whose names begin alike, in several organisations and partitions. */
export const users: readonly ActorId[] = [
  "acme/u-a",
  "acme/u-ab",
  "acme/u-abc",
  "acme2/u-a",
  "b/u-a",
  "b/u-z",
].map(actorIdOf);
const [ada, bo] = users as readonly [ActorId, ActorId];

/** Whole lists, as pages of `limit` give them. */
export const listOf = async (
  view: MeetingView,
  user: ActorId,
  { limit = 200, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER - 1 } = {},
) => {
  const found = [];
  let after: { readonly startAt: number; readonly id: string } | null = null;
  for (;;) {
    const page = await view.page({ user, fromMs, toMs, limit, after });
    found.push(...page.meetings);
    const last = page.meetings.at(-1);
    if (!page.hasMore || !last) return found;
    after = { startAt: last.startAt, id: last.id };
  }
};

/** What a list is, by a model that knows no database. */
export const modelOf = (list: ReadonlyMap<string, Meeting>, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER - 1) =>
  [...list]
    .map(([id, each]) => ({ ...each, id }))
    .filter(({ startAt, endAt }) => startAt <= toMs && endAt >= fromMs)
    .sort((a, b) => a.startAt - b.startAt || (a.id < b.id ? -1 : 1));

/** Batches behind a token until nothing is missing of the wanted keys. */
export const changedSince = async (
  view: MeetingView,
  user: ActorId,
  token: string | null,
  wanted: (ids: readonly string[], resets: number) => boolean,
) => {
  const ending = new AbortController();
  const ids: string[] = [];
  let [resets, last] = [0, ""];
  for await (const batch of view.feedOf(user).changes(token, ending.signal)) {
    if (batch.isReset) resets++;
    last = batch.token;
    for (const { key } of batch.changes) if (key.startsWith(`${user}/`)) ids.push(key.slice(user.length + 1));
    if (wanted(ids, resets)) break;
  }
  ending.abort();
  return { ids, resets, token: last };
};

/** What lists are on every store. */
export const meetingViewContract = (
  store: string,
  open: (log: Log, vault: TestVault) => Promise<MeetingView>,
): void => {
  const stage = async () => {
    const log = await openListsLog();
    const writer = writerOf(log);
    const view = await open(log, writer.vault);
    await writer.seen(view);
    return { log, view, ...writer };
  };

  describe(`lists in ${store}`, { timeout: 20_000 }, () => {
    test("whatever is written, every page of every list is what a plain model says", async () => {
      const { view, put, seen } = await stage();
      const model = new Map(users.map((user) => [user, new Map<string, Meeting>()]));
      const entry = fc.record({
        user: fc.constantFrom(...users),
        id: fc.stringMatching(/^[0-9a-f]{1,3}$/),
        start: fc.integer({ min: -5, max: 5 }),
        length: fc.integer({ min: 0, max: 4 }),
        isGone: fc.boolean(),
      });
      const property = fc.asyncProperty(
        fc.array(entry, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...users),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: -6, max: 6 }),
        async (entries, user, limit, from) => {
          for (const { user: owner, id, start, length, isGone } of entries) {
            const startAt = monday + hours(start);
            const value = isGone ? null : meeting(id, { startAt, endAt: startAt + hours(length) });
            await put(owner, id, value);
            if (value) model.get(owner)?.set(id, value);
            else model.get(owner)?.delete(id);
          }
          await seen(view);
          const [fromMs, toMs] = [monday + hours(from), monday + hours(from + 3)];
          const own = model.get(user) ?? new Map<string, Meeting>();
          expect(await listOf(view, user, { limit })).toMatchObject(modelOf(own));
          expect(await listOf(view, user, { limit, fromMs, toMs })).toMatchObject(modelOf(own, fromMs, toMs));
          const soon = await view.until(user, instant(fromMs + 60_000), instant(toMs));
          expect(new Set(soon.map(({ id }) => id))).toEqual(
            new Set(modelOf(own, fromMs, toMs).map(({ id }) => id)),
          );
        },
      );
      await fc.assert(property, { numRuns: 15 });
    });

    test("one meeting is found by its owner and by nobody else", async () => {
      const { view, put, seen } = await stage();
      await put(ada, "1f", meeting("1f"));
      await seen(view);
      expect(await view.one(ada, "1f")).toMatchObject({ id: "1f", subject: "About 1f" });
      for (const other of users.slice(1)) {
        expect(await view.one(other, "1f")).toBeNull();
        expect((await view.page({ user: other, ...everything })).meetings).toEqual([]);
      }
      for (const id of ["", "1", "1f ", "../u-a/1f", "b/1f"]) expect(await view.one(ada, id)).toBeNull();
    });

    test("a mailbox is known while its user is active", async () => {
      const { view, mailbox, seen } = await stage();
      await mailbox(ada, activeAt("tenant", "object"));
      await seen(view);
      await expect.poll(() => view.mailboxOf(ada)).toEqual({ tenantId: "tenant", objectId: "object" });
      expect(await view.mailboxOf(bo)).toBeNull();
      await mailbox(ada, { ...activeAt("tenant", "object"), to: "error" });
      await expect.poll(() => view.mailboxOf(ada)).toBeNull();
    });

    test("what is sealed is opened for who asks, and says nothing once it is erased", async () => {
      const { view, put, seen, vault } = await stage();
      const { subject, organizerName, organizerAddress, location, join } = meeting("5");
      const texts = { subject, organizerName, organizerAddress, location, join };
      const none = { subject: null, organizerName: null, organizerAddress: null, location: null, join: null };
      await put(ada, "5", { ...meeting("5"), ...none, sealedTexts: sealedFor(ada, texts) });
      await seen(view);
      expect(await view.one(ada, "5")).toMatchObject(texts);
      vault.erase(ada);
      await expect.poll(() => view.one(ada, "5")).toMatchObject(none);
    });

    test("who comes again with a place is told what changed since, and of own meetings alone", async () => {
      const { view, put, seen } = await stage();
      const begun = await changedSince(view, ada, null, (_, resets) => resets === 1);
      await put(ada, "1", meeting("1"));
      const first = await changedSince(view, ada, begun.token, (ids) => ids.includes("1"));
      expect(first).toMatchObject({ ids: ["1"], resets: 0 });
      await put(ada, "2", meeting("2", { startAt: monday + minutes(5) }));
      await put(ada, "1", null);
      await put(bo, "3", meeting("3"));
      await seen(view);
      const again = await changedSince(view, ada, first.token, (ids) => ids.length >= 2);
      expect([new Set(again.ids), again.resets]).toEqual([new Set(["1", "2"]), 0]);
      for (const unknown of ["", "x.1", "00000000-0000-0000-0000-000000000000.7"])
        expect((await changedSince(view, ada, unknown, (_, resets) => resets === 1)).ids).toEqual([]);
    });
  });
};

const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER - 1, limit: 200, after: null };
