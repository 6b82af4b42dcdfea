import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startWorld, type World } from "./world.ts";

interface Delivered {
  readonly raw: string;
  readonly signature: string | undefined;
  readonly json: {
    readonly event: string;
    readonly resource: string;
    readonly data: Record<string, unknown>;
  };
}

let world: World;
let receiver: Server;
let received: Delivered[];
let status: number;

beforeEach(async () => {
  world = await startWorld();
  received = [];
  status = 200;
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const raw = Buffer.concat(chunks).toString();
      const signature = request.headers["x-spark-signature"] as string | undefined;
      received.push({ raw, signature, json: JSON.parse(raw) as Delivered["json"] });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await world.webex.close();
  await new Promise((resolve) => receiver.close(resolve));
});

const targetUrl = (): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;

const hooked = async (token: string, more: object = {}): Promise<string> => {
  const body = { name: "watch", targetUrl: targetUrl(), resource: "messages", event: "all", ...more };
  const answer = await world.call(token, "POST", "/v1/webhooks", body);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.json.id;
};

const roomOf = (name: string) => {
  const person = world.webex.people().find(({ displayName }) => displayName === name);
  if (!person) throw new Error(`${name} is missing`);
  return { person, room: world.webex.spaces.createRoom(person, "Plans") };
};

const events = (): readonly string[] => received.map(({ json }) => `${json.resource} ${json.event}`).sort();

test("deliveries are signed over the raw body and carry no text", async () => {
  await hooked("nora", { secret: "s3cret" });
  const { person, room } = roomOf("nora");
  world.webex.spaces.post(person, room, { markdown: "geheim <@all>" });
  await world.webex.deliveriesSettled();
  const [delivered] = received;
  const expected = createHmac("sha1", "s3cret")
    .update(delivered?.raw ?? "")
    .digest("hex");
  expect(delivered?.signature).toBe(expected);
  expect(delivered?.raw).not.toContain("geheim");
  expect(delivered?.json.data).toMatchObject({ personEmail: "nora@acme.example", roomType: "group" });
});

test("without a secret there is no signature", async () => {
  await hooked("nora");
  const { person, room } = roomOf("nora");
  world.webex.spaces.post(person, room, { text: "hi" });
  await world.webex.deliveriesSettled();
  expect(received.map(({ signature }) => signature)).toEqual([undefined]);
});

test("a hook for everything hears of rooms, memberships and messages that its creator sees, of no others", async () => {
  await hooked("nora", { resource: "all" });
  const { person, room } = roomOf("nora");
  const olaf = roomOf("olaf");
  world.webex.spaces.addMember(person.uuid, room, olaf.person);
  const message = world.webex.spaces.post(olaf.person, room, { text: "hi" });
  world.webex.spaces.edit(message, "ho", undefined);
  await world.webex.deliveriesSettled();
  expect(events()).toEqual([
    "memberships created",
    "memberships created",
    "messages created",
    "messages updated",
    "rooms created",
  ]);
});

test("filters pick; one that the resource has not is 400", async () => {
  const { person, room } = roomOf("nora");
  const other = world.webex.spaces.createRoom(person, "Other");
  const { json } = await world.call("nora", "GET", "/v1/rooms?sortBy=created");
  const named = json.items.find(({ title }) => title === "Other");
  await hooked("nora", { filter: `roomId=${named?.id}&personEmail=NORA@acme.example` });
  world.webex.spaces.post(person, room, { text: "not this" });
  world.webex.spaces.post(person, other, { text: "this" });
  await world.webex.deliveriesSettled();
  expect(received.map(({ json: body }) => body.data["roomId"])).toEqual([named?.id]);
  const wrong = { name: "w", targetUrl: targetUrl(), resource: "rooms", event: "all", filter: "roomId=x" };
  expect((await world.call("nora", "POST", "/v1/webhooks", wrong)).status).toBe(400);
});

test("a hook of the organisation is an officer's, one for each resource and filter, never for memberships", async () => {
  const create = async (token: string, resource: string) => {
    const body = { name: "w", targetUrl: targetUrl(), resource, event: "all", ownedBy: "org" };
    return (await world.call(token, "POST", "/v1/webhooks", body)).status;
  };
  expect(await create("nora", "messages")).toBe(403);
  expect(await create("officer", "memberships")).toBe(400);
  expect(await create("officer", "messages")).toBe(200);
  expect(await create("officer", "messages")).toBe(409);
  const { person, room } = roomOf("nora");
  world.webex.spaces.post(person, room, { text: "hi" });
  const guest = roomOf("guest");
  world.webex.spaces.post(guest.person, guest.room, { text: "foreign" });
  await world.webex.deliveriesSettled();
  expect(events()).toEqual(["messages created"]);
});

test("the hundredth failure in five minutes disables; enabled too soon, one more failure does", async () => {
  const id = await hooked("nora");
  const { person, room } = roomOf("nora");
  const fail = async (times: number) => {
    for (let at = 0; at < times; at++) world.webex.spaces.post(person, room, { text: "x" });
    await world.webex.deliveriesSettled();
    return (await world.call("nora", "GET", `/v1/webhooks/${id}`)).json["status"];
  };
  const enable = async () =>
    world.call("nora", "PUT", `/v1/webhooks/${id}`, { name: "w", targetUrl: targetUrl(), status: "active" });
  status = 500;
  expect(await fail(60)).toBe("active");
  world.clock.time += 5 * 60_000;
  expect(await fail(99)).toBe("active");
  expect(await fail(1)).toBe("inactive");
  expect(received).toHaveLength(160);
  expect(await fail(1)).toBe("inactive");
  expect(received).toHaveLength(160);
  await enable();
  expect(await fail(1)).toBe("inactive");
  world.clock.time += 5 * 60_000;
  await enable();
  expect(await fail(1)).toBe("active");
  status = 200;
  expect(await fail(1)).toBe("active");
});

test("deliveries come twice or in another order when a program says so", async () => {
  await hooked("nora");
  const { person, room } = roomOf("nora");
  Object.assign(world.webex.deliveryFaults, { copies: 2, isHeld: true });
  world.webex.spaces.post(person, room, { text: "hi" });
  await world.webex.deliveriesSettled();
  expect(received).toEqual([]);
  world.webex.releaseDeliveries();
  await world.webex.deliveriesSettled();
  expect(received.map(({ raw }) => raw)).toEqual([received[0]?.raw, received[0]?.raw]);
});

test("others' webhooks are not there; a resource that never happens here is 501, teams are 400", async () => {
  const id = await hooked("nora");
  expect((await world.call("olaf", "DELETE", `/v1/webhooks/${id}`)).status).toBe(404);
  const create = async (resource: string) => {
    const body = { name: "w", targetUrl: targetUrl(), resource, event: "created" };
    return (await world.call("nora", "POST", "/v1/webhooks", body)).status;
  };
  expect([await create("meetings"), await create("teams")]).toEqual([501, 400]);
  expect((await world.call("nora", "DELETE", `/v1/webhooks/${id}`)).status).toBe(204);
  expect((await world.call("nora", "GET", "/v1/webhooks")).json.items).toEqual([]);
});
