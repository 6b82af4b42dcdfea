import { afterEach, expect, test } from "vitest";
import { alphaId, openWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const events = `/users/${alphaId}/events`;
const at = (day: number, hour: number) => ({
  dateTime: `2026-01-${day}T${String(hour).padStart(2, "0")}:00:00`,
  timeZone: "UTC",
});
const hourOn = (day: number, hour = 10) => ({ start: at(day, hour), end: at(day, hour + 1) });
const create = (body: object = {}) =>
  world.graph("POST", events, { subject: "Planning", ...hourOn(13), ...body });

test("read-only properties in a write are ignored: a whole event may be sent back", async () => {
  world = await openWorld();
  const { body } = await create();
  const answer = await world.graph("PATCH", `${events}/${body.id}`, {
    ...body,
    subject: "Changed",
  });
  expect([answer.status, answer.body.subject, answer.body.id]).toEqual([200, "Changed", body.id]);
  expect(answer.body.changeKey).not.toBe(body.changeKey);
  const made = await create({ id: "mine", webLink: "https://elsewhere", isOrganizer: false });
  expect(made.body).toMatchObject({ isOrganizer: true, type: "singleInstance" });
  expect(made.body.id).not.toBe("mine");
});

test("an id that cannot be one is malformed; one that can is not found", async () => {
  world = await openWorld();
  const { body } = await create();
  const codeOf = async (method: string, id: string) => {
    const answer = await world.graph(method, `${events}/${id}`, method === "PATCH" ? {} : undefined);
    return [answer.status, answer.body.error?.code];
  };
  for (const method of ["GET", "PATCH", "DELETE"]) {
    expect(await codeOf(method, "4711")).toEqual([400, "ErrorInvalidIdMalformed"]);
    expect(await codeOf(method, encodeURIComponent("AAMk+/AAA="))).toEqual([400, "ErrorInvalidIdMalformed"]);
    expect(await codeOf(method, body.id.replace("AAMkA", "AAMkB"))).toEqual([404, "ErrorItemNotFound"]);
  }
});

test.each([
  ["a number for text", { subject: 4711 }],
  ["a list for an object", { start: [] }],
  [
    "a date that is written day first",
    {
      recurrence: {
        pattern: { type: "daily", interval: 1 },
        range: { type: "noEnd", startDate: "13/01/2026" },
      },
    },
  ],
])("%s cannot be deserialised", async (_name, wrong) => {
  world = await openWorld();
  const answer = await create(wrong);
  expect([answer.status, answer.body.error.code]).toEqual([400, "UnableToDeserializePostBody"]);
});

test("an occurrence may move up to its neighbours and not past them", async () => {
  world = await openWorld();
  const { body } = await create({
    recurrence: {
      pattern: { type: "daily", interval: 2 },
      range: { type: "numbered", startDate: "2026-01-13", numberOfOccurrences: 4 },
    },
  });
  const occurrence = `${events}/${body.id.slice(0, -1)}O20260115=`;
  const move = (times: object) => world.graph("PATCH", occurrence, times);
  for (const beyond of [hourOn(13), hourOn(17), hourOn(18), hourOn(12)]) {
    const answer = await move(beyond);
    expect([answer.status, answer.body.error?.code]).toEqual([400, "ErrorOccurrenceCrossingBoundary"]);
  }
  expect((await move(hourOn(16, 9))).status).toBe(200);
  expect((await move({ subject: "Renamed" })).status).toBe(200);
  // What counts is where the neighbour is now, not where it was planned.
  const next = `${events}/${body.id.slice(0, -1)}O20260117=`;
  expect((await world.graph("PATCH", next, hourOn(16, 8))).body.error.code).toBe(
    "ErrorOccurrenceCrossingBoundary",
  );
  expect((await world.graph("PATCH", next, hourOn(16, 11))).status).toBe(200);
  // Removed, it stands in nobody's way.
  await world.graph("DELETE", next);
  expect((await move(hourOn(18))).status).toBe(200);
});

test("$orderby takes its direction in any case", async () => {
  world = await openWorld();
  for (const day of [13, 15, 14]) await create(hourOn(day));
  const days = async (order: string): Promise<string[]> => {
    const { body } = await world.graph("GET", `${events}?$orderby=${encodeURIComponent(order)}`);
    return body.value.map((event: { start: { dateTime: string } }) => event.start.dateTime.slice(8, 10));
  };
  for (const order of ["start/dateTime DESC", "start/dateTime desc", "Start/DateTime Desc"])
    expect(await days(order)).toEqual(["15", "14", "13"]);
  expect(await days("start/dateTime ASC")).toEqual(["13", "14", "15"]);
  expect((await world.graph("GET", `${events}?$orderby=subject%20upwards`)).status).toBe(400);
});

test("a body of more than 4 MB is 413, and the answer arrives", async () => {
  world = await openWorld();
  const answer = await create({ subject: "x".repeat(4 * 1_024 * 1_024) });
  expect([answer.status, answer.body.error.code]).toEqual([413, "RequestEntityTooLarge"]);
  expect((await create()).status).toBe(201);
});
