import { afterEach, expect, test } from "vitest";
import { alphaId, openWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const events = `/users/${alphaId}/events`;
const start = { dateTime: "2026-01-13T10:00:00", timeZone: "UTC" };
const end = { dateTime: "2026-01-13T11:00:00", timeZone: "UTC" };

test.each([
  ["an operation", "GET", `/users/${alphaId}/contacts`],
  ["another kind of resource", "GET", "/teams"],
  ["a method", "DELETE", `/users/${alphaId}`],
  ["the version beta", "GET", "https://HOST/beta/users"],
  ["an option of OData", "GET", `/users/${alphaId}?$expand=manager`],
  ["a property in a write", "POST", events, { subject: "x", start, end, "calendar@odata.bind": "x" }],
  ["a filter", "GET", `${events}?$filter=year(start/dateTime)%20eq%202026`],
  ["an order", "GET", `${events}?$orderby=importance`],
])(
  "%s that is not simulated is 501 with a header, never a mistake of the client",
  async (_name, method, path, body?: object) => {
    world = await openWorld();
    const answer = await world.graph(method, path.replace("https://HOST", world.simulator.baseUrl), body);
    expect([answer.status, answer.body.error.code]).toEqual([501, "SimulatorNotImplemented"]);
    expect(answer.headers["x-simulator-not-implemented"]).toMatch(/\w/);
  },
);

test.each([
  [400, "GET", `/users/${alphaId}/evnts`],
  [400, "GET", "/usres"],
  [400, "GET", `${events}?$fliter=x`],
  [400, "POST", events, { subject: "x", start, end, colour: "red" }],
  [400, "GET", "/me"],
  [
    400,
    "GET",
    `/users/${alphaId}/calendarView/delta?startDateTime=2026-01-01T00:00Z&endDateTime=2026-01-02T00:00Z&$select=id`,
  ],
  [400, "GET", `${events}?$search=%22x%22`],
  [405, "PUT", events, {}],
])("a mistake of the client stays one: %i for %s %s", async (status, method, path, body?: object) => {
  world = await openWorld();
  const answer = await world.graph(method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.headers).not.toHaveProperty("x-simulator-not-implemented");
});
