import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { RecurrenceInput } from "../src/index.ts";
import { type Answered, alphaId, isoAt, noon, openWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const hour = 3_600_000;
const day = 24 * hour;
const first = `/users/${alphaId}/calendarView/delta?startDateTime=${isoAt(0)}&endDateTime=${isoAt(14 * day)}`;

interface Round {
  readonly items: any[];
  readonly deltaLink: string;
  readonly pages: number;
}

const round = async (link: string, pageSize = 3): Promise<Round> => {
  const items: any[] = [];
  for (let pages = 1; ; pages++) {
    const page: Answered = await world.graph("GET", link, undefined, {
      prefer: `odata.maxpagesize=${pageSize}`,
    });
    expect(page.status).toBe(200);
    expect(page.body.value.length).toBeLessThanOrEqual(pageSize);
    items.push(...page.body.value);
    const { "@odata.nextLink": next, "@odata.deltaLink": deltaLink } = page.body;
    expect([next, deltaLink].filter(Boolean)).toHaveLength(1);
    if (deltaLink) return { items, deltaLink, pages };
    link = next;
  }
};

const idsOf = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id).sort();

const meet = (startAt: number, recurrence?: RecurrenceInput) =>
  world.simulator.createEvent(alphaId, {
    subject: "Planning",
    startAt,
    endAt: startAt + hour,
    ...(recurrence ? { recurrence, timeZone: "UTC" } : {}),
  });

test("the first round lists the window page by page, the next rounds only what changed", async () => {
  world = await openWorld();
  const events = Array.from({ length: 7 }, (_, at) => meet(noon + at * day));
  meet(noon - 2 * day);
  const start = await round(first);
  expect(start.pages).toBe(3);
  expect(idsOf(start.items)).toEqual(idsOf(events));
  expect((await round(start.deltaLink)).items).toEqual([]);
  world.simulator.updateEvent(alphaId, events[2]!.id, { location: "@webex" });
  world.simulator.deleteEvent(alphaId, events[3]!.id);
  const added = meet(noon + hour);
  const next = await round(start.deltaLink);
  expect(next.items).toHaveLength(3);
  expect(next.items.find((item) => item.id === events[2]!.id).location.displayName).toBe("@webex");
  expect(next.items.find((item) => item.id === events[3]!.id)).toEqual({
    id: events[3]!.id,
    "@removed": { reason: "deleted" },
  });
  expect(next.items.find((item) => item.id === added.id).subject).toBe("Planning");
});

test("an event that leaves the window is removed, and one created outside too", async () => {
  world = await openWorld();
  const event = meet(noon + day);
  const { deltaLink } = await round(first);
  world.simulator.updateEvent(alphaId, event.id, { startAt: noon + 30 * day, endAt: noon + 30 * day + hour });
  const outside = meet(noon + 40 * day);
  const { items } = await round(deltaLink);
  expect(idsOf(items)).toEqual(idsOf([event, outside]));
  expect(items.map((item) => item["@removed"])).toEqual([{ reason: "deleted" }, { reason: "deleted" }]);
});

test("a series is its master in full and its occurrences in short", async () => {
  world = await openWorld();
  const recurrence: RecurrenceInput = {
    pattern: { type: "weekly", interval: 1, daysOfWeek: ["monday", "thursday"] },
    range: { type: "noEnd", startDate: "2026-01-12" },
  };
  const master = meet(noon, recurrence);
  const { items, deltaLink } = await round(first, 50);
  expect(items[0]).toMatchObject({ id: master.id, type: "seriesMaster", subject: "Planning" });
  const occurrences = items.slice(1);
  expect(occurrences.map((item) => item.start.dateTime.slice(0, 10))).toEqual([
    "2026-01-12",
    "2026-01-15",
    "2026-01-19",
    "2026-01-22",
  ]);
  expect(Object.keys(occurrences[0]).sort()).toEqual(
    ["@odata.etag", "@odata.type", "end", "id", "seriesMasterId", "start", "type"].sort(),
  );
  expect(occurrences[0].seriesMasterId).toBe(master.id);

  const changed = await world.graph("PATCH", `/users/${alphaId}/events/${occurrences[1].id}`, {
    subject: "Longer",
  });
  expect(changed.body).toMatchObject({ type: "exception", id: occurrences[1].id, seriesMasterId: master.id });
  expect((await world.graph("DELETE", `/users/${alphaId}/events/${occurrences[2].id}`)).status).toBe(204);
  const next = await round(deltaLink, 50);
  expect(next.items.find((item) => item.id === occurrences[1].id).subject).toBe("Longer");
  expect(next.items.find((item) => item.id === occurrences[2].id)).toHaveProperty("@removed");
  expect(next.items.find((item) => item.id === master.id).cancelledOccurrences).toEqual([
    `OID.${master.id}.2026-01-19`,
  ]);

  world.simulator.deleteEvent(alphaId, master.id);
  const last = await round(next.deltaLink, 50);
  const removed = last.items.filter((item) => item["@removed"]).map((item) => item.id);
  for (const id of [master.id, occurrences[0].id, occurrences[1].id, occurrences[3].id])
    expect(removed).toContain(id);
});

test("immutable ids are the same in delta, list and notifications of removal", async () => {
  world = await openWorld();
  const event = meet(noon + hour);
  const prefer = { prefer: 'IdType="ImmutableId"' };
  const start = await world.graph("GET", first, undefined, prefer);
  expect(start.body.value[0].id).toBe(event.immutableId);
  world.simulator.deleteEvent(alphaId, event.id);
  const next = await world.graph("GET", start.body["@odata.deltaLink"], undefined, prefer);
  expect(next.body.value).toEqual([{ id: event.immutableId, "@removed": { reason: "deleted" } }]);
});

test("forgotten, foreign and made-up tokens are 410; a link with a parameter added is 400", async () => {
  world = await openWorld();
  const { deltaLink } = await round(first);
  expect((await world.graph("GET", `${deltaLink}&startDateTime=${isoAt(0)}`)).status).toBe(400);
  const skip = deltaLink.replace("$deltatoken", "$skiptoken");
  expect((await world.graph("GET", skip)).status).toBe(400);
  const madeUp = deltaLink.replace(/=.+$/, "=bnVsbA");
  const unknown = await world.graph("GET", madeUp);
  expect([unknown.status, unknown.body.error.code]).toEqual([410, "SyncStateNotFound"]);
  world.simulator.forgetSyncState(alphaId);
  expect((await world.graph("GET", deltaLink)).status).toBe(410);
  expect((await round(first)).items).toEqual([]);
});

test("a repeated item does not look different from a change", async () => {
  world = await openWorld({ faults: { deltaReplays: 1 } });
  const event = meet(noon + hour);
  const { deltaLink, items } = await round(first, 50);
  expect(items.map((item) => item.id)).toEqual([event.id, event.id]);
  expect((await round(deltaLink, 50)).items.map((item) => item.id)).toEqual([event.id]);
});

test("a client that follows the links knows the window, whatever happens between two pages", async () => {
  // Goal: applying the lines of every round to a map yields exactly the events of the window.
  // Method: random creations, moves and deletions, also between two pages, with a page size of one to three.
  world = await openWorld();
  const actions = fc.array(
    fc.record({
      kind: fc.constantFrom("create", "move", "delete", "sync", "page"),
      at: fc.integer({ min: -3, max: 18 }),
      which: fc.nat(50),
    }),
    { minLength: 5, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(actions, fc.integer({ min: 1, max: 3 }), async (steps, pageSize) => {
      for (const event of world.simulator.listEvents(alphaId)) world.simulator.deleteEvent(alphaId, event.id);
      const known = new Set<string>();
      let link = first;
      const page = async (): Promise<boolean> => {
        const { body } = await world.graph("GET", link, undefined, {
          prefer: `odata.maxpagesize=${pageSize}`,
        });
        for (const item of body.value)
          if (item["@removed"]) known.delete(item.id);
          else known.add(item.id);
        link = body["@odata.nextLink"] ?? body["@odata.deltaLink"];
        return body["@odata.deltaLink"] !== undefined;
      };
      for (const { kind, at, which } of steps) {
        const events = world.simulator.listEvents(alphaId);
        const event = events[which % Math.max(events.length, 1)];
        if (kind === "create") meet(noon + at * day);
        else if (kind === "page") await page();
        else if (kind === "sync") while (!(await page())) continue;
        else if (event && kind === "delete") world.simulator.deleteEvent(alphaId, event.id);
        else if (event) {
          const startAt = noon + at * day;
          world.simulator.updateEvent(alphaId, event.id, { startAt, endAt: startAt + hour });
        }
      }
      // The round under way may predate the last changes, so one more round must follow it.
      while (!(await page())) continue;
      while (!(await page())) continue;
      const inWindow = world.simulator
        .listEvents(alphaId)
        .filter(({ startAt, endAt }) => startAt < noon + 14 * day && endAt > noon);
      expect([...known].sort()).toEqual(inWindow.map(({ id }) => id).sort());
    }),
    { numRuns: 25 },
  );
});
