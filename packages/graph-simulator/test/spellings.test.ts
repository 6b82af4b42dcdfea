import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { alphaId, isoAt, openWorld, tenantId, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const start = { dateTime: "2026-01-13T10:00:00", timeZone: "UTC" };
const end = { dateTime: "2026-01-13T11:00:00", timeZone: "UTC" };
const events = `/users/${alphaId}/events`;

test("compressed bodies are read, and the limit of size holds for what comes out of them", async () => {
  world = await openWorld();
  const post = (body: Buffer, encoding: string) =>
    world.graph("POST", events, body, { "content-encoding": encoding });
  const plain = JSON.stringify({ subject: "Planning", start, end });
  expect((await post(gzipSync(plain), "gzip")).body).toMatchObject({ subject: "Planning" });
  expect((await post(Buffer.from(plain), "identity")).status).toBe(201);
  expect((await post(gzipSync(plain), "br")).status).toBe(415);
  expect((await post(Buffer.from("no gzip"), "gzip")).status).toBe(400);
  const bomb = gzipSync(JSON.stringify({ subject: "x".repeat(5 * 1_024 * 1_024) }));
  expect(bomb.length).toBeLessThan(10_000);
  expect((await post(bomb, "gzip")).status).toBe(413);
});

test("every OData spelling of an address reaches the same resource", async () => {
  world = await openWorld();
  const { body } = await world.graph("POST", events, { subject: "Planning", start, end });
  for (const path of [
    `/users('${alphaId}')/events('${body.id}')`,
    `/Users(%27${alphaId}%27)/Events(%27${body.id}%27)`,
    `/users/${alphaId}@${tenantId}/events/${body.id}/`,
    `${events}/${body.id}?$Select=SUBJECT,Start`,
  ])
    expect([path, (await world.graph("GET", path)).body]).toMatchObject([path, { subject: "Planning" }]);
  const chosen = await world.graph("GET", `${events}/${body.id}?$select=SUBJECT`);
  expect(chosen.body).not.toHaveProperty("start");
  const window = `startDateTime=${isoAt(0)}&endDateTime=${isoAt(86_400_000)}`;
  for (const delta of ["delta", "delta()", "microsoft.graph.delta()"]) {
    const first = await world.graph("GET", `/users/${alphaId}/calendarView/${delta}?${window}`);
    expect(first.body.value).toHaveLength(1);
    expect((await world.graph("GET", first.body["@odata.deltaLink"])).body.value).toEqual([]);
  }
});

test("what a notification names can be fetched, whatever its spelling", async () => {
  world = await openWorld({ delivery: { duplicateWeights: [1] } });
  const endpoint = await world.endpoint();
  await world.graph("POST", "/subscriptions", {
    changeType: "created",
    notificationUrl: endpoint.url,
    resource: `users/${alphaId}/events`,
    expirationDateTime: isoAt(86_400_000),
  });
  const startAt = world.clock.now();
  for (let at = 0; at < 20; at++)
    world.simulator.createEvent(alphaId, { subject: "Planning", startAt, endAt: startAt + 1 });
  world.clock.advance(5_000);
  await world.settle();
  const items = endpoint.items();
  const forms = new Set(items.map(({ resource }) => String(resource).replace(/[A-Za-z0-9_-]{30,}=/, "ID")));
  expect(forms.size).toBe(3);
  for (const { resource } of items)
    expect((await world.graph("GET", `/${resource}`)).body).toMatchObject({ subject: "Planning" });
});

test("links in answers keep the name that the client used", async () => {
  world = await openWorld();
  const host = `127.0.0.1:${world.simulator.port}`;
  const answer = await world.graph("GET", `/users/${alphaId}`, undefined, { host });
  expect(answer.body["@odata.context"]).toBe(`https://${host}/v1.0/$metadata#users/$entity`);
});
