import { afterEach, expect, test } from "vitest";
import { isGeneralRoom, sameWebexId, type WebexClient } from "../src/index.ts";
import { type FakeWebex, failureOf, openFakeWebex, type Script } from "./fake-webex.ts";

const signal = new AbortController().signal;
let webex: FakeWebex | undefined;
afterEach(async () => {
  await webex?.close();
  webex = undefined;
});

const open = async (script: Script): Promise<FakeWebex> => {
  webex = await openFakeWebex(script);
  return webex;
};
const idOf = (kind: string, uuid: string, cluster = "us"): string =>
  Buffer.from(`ciscospark://${cluster}/${kind}/${uuid}`).toString("base64");
const uuid = "13e18f40-42fc-11e6-a9d8-211a0dc79769";
const roomId = idOf("ROOM", uuid);

const single: readonly [string, (client: WebexClient) => Promise<unknown>, string, object][] = [
  ["getPerson", async (c) => await c.getPerson("p/1", signal), "GET /v1/people/p%2F1", { id: "p" }],
  ["getMe", async (c) => await c.getMe(signal), "GET /v1/people/me", { id: "p" }],
  [
    "getMembership",
    async (c) => await c.getMembership("m", signal),
    "GET /v1/memberships/m",
    { id: "m", personId: "p", roomId: "r" },
  ],
  ["getRoom", async (c) => await c.getRoom("r", signal), "GET /v1/rooms/r", { id: "r" }],
  ["getTeam", async (c) => await c.getTeam("t", signal), "GET /v1/teams/t", { id: "t" }],
  [
    "getMessage",
    async (c) => await c.getMessage("m", signal),
    "GET /v1/messages/m",
    { id: "m", roomId: "r" },
  ],
  ["getWorkspace", async (c) => await c.getWorkspace("w", signal), "GET /v1/workspaces/w", { id: "w" }],
  ["getDevice", async (c) => await c.getDevice("d", signal), "GET /v1/devices/d", { id: "d" }],
  [
    "queryStatus",
    async (c) => await c.queryStatus({ deviceId: "d", name: "Audio.Volume" }, signal),
    "GET /v1/xapi/status?deviceId=d&name=Audio.Volume",
    { deviceId: "d", result: { Audio: { Volume: 7 } } },
  ],
];
test.each(single)("%s asks for one thing and reads it", async (_, call, asked, answer) => {
  const { client, arrived } = await open(() => ({ body: answer }));
  expect(await call(client)).toMatchObject(answer);
  expect(arrived.map(({ method, path }) => `${method} ${path}`)).toEqual([asked]);
});

const lists: readonly [string, (client: WebexClient) => AsyncIterable<unknown>, string, object][] = [
  [
    "listPeople",
    (c) => c.listPeople({ email: "a+b@c.d" }, signal),
    "/v1/people?email=a%2Bb%40c.d",
    { id: "p" },
  ],
  ["listRooms", (c) => c.listRooms({ teamId: "t", max: 5 }, signal), "/v1/rooms?teamId=t&max=5", { id: "r" }],
  ["listTeams", (c) => c.listTeams({}, signal), "/v1/teams", { id: "t" }],
  [
    "listMemberships",
    (c) => c.listMemberships({ personEmail: "a@b.c" }, signal),
    "/v1/memberships?personEmail=a%40b.c",
    { id: "m", personId: "p", roomId: "r" },
  ],
  [
    "listTeamMemberships",
    (c) => c.listTeamMemberships({ teamId: "t" }, signal),
    "/v1/team/memberships?teamId=t",
    { id: "m", personId: "p", teamId: "t" },
  ],
  [
    "listMessages",
    (c) => c.listMessages({ roomId: "r", beforeMessage: "m" }, signal),
    "/v1/messages?roomId=r&beforeMessage=m",
    { id: "m", roomId: "r", text: "x" },
  ],
  [
    "listEvents",
    (c) => c.listEvents({ resource: "memberships", from: "2026-01-05T08:00:00Z" }, signal),
    "/v1/events?resource=memberships&from=2026-01-05T08%3A00%3A00Z",
    {
      id: "e",
      resource: "memberships",
      type: "created",
      created: "2026-01-05T08:00:00.000Z",
      data: { a: 1 },
    },
  ],
  [
    "listWebhooks",
    (c) => c.listWebhooks({ ownedBy: "org" }, signal),
    "/v1/webhooks?ownedBy=org",
    { id: "w", targetUrl: "https://a.example/", resource: "rooms", event: "created", status: "inactive" },
  ],
  [
    "listWorkspaces",
    (c) => c.listWorkspaces({ calendar: "microsoft" }, signal),
    "/v1/workspaces?calendar=microsoft",
    { id: "w", calendar: { type: "microsoft", emailAddress: "room@acme.example" } },
  ],
  [
    "listDevices",
    (c) => c.listDevices({ workspaceId: "w" }, signal),
    "/v1/devices?workspaceId=w",
    { id: "d" },
  ],
];
test.each(lists)(
  "%s follows pages, past an empty one, and leaves out what does not fit",
  async (_, call, asked, item) => {
    const { client, arrived } = await open((_request, index) =>
      index === 0
        ? { body: { items: [] }, headers: { link: `</v1/next?max=1&before>; rel="next"` } }
        : { body: { items: [item, { id: 7 }] } },
    );
    const pages: unknown[] = [];
    for await (const page of call(client)) pages.push(page);
    expect(pages).toMatchObject([
      { items: [], unusable: [] },
      { items: [item], unusable: ["items.1.id"] },
    ]);
    expect(arrived.map(({ path }) => path)).toEqual([asked, "/v1/next?max=1&before"]);
  },
);

test("a page that leads to itself ends the list", async () => {
  const opened = await open(({ path }) => ({
    body: { items: [] },
    headers: { link: `<${path}>; rel="next"` },
  }));
  const all = async (): Promise<void> => {
    for await (const page of opened.client.listTeams({}, signal)) expect(page.items).toEqual([]);
  };
  expect((await failureOf(all())).message).toContain("a page that leads to itself");
});

test("users of SCIM are read page by page until all have come", async () => {
  const user = (number: number): object => ({
    id: `13e18f40-42fc-41e6-a9d8-21100000000${number}`,
    userName: `user${number}@acme.example`,
  });
  const { client, arrived } = await open(({ path }) => {
    const start = Number(new URL(path, "https://a.example").searchParams.get("startIndex"));
    return { body: { totalResults: 3, Resources: start === 1 ? [user(1), user(2)] : [{ id: "?" }] } };
  });
  const pages = [];
  for await (const page of client.listScimUsers({ orgUuid: uuid, count: 2 }, signal)) pages.push(page);
  expect(pages.map(({ items }) => items.map(({ userName }) => userName))).toEqual([
    ["user1@acme.example", "user2@acme.example"],
    [],
  ]);
  expect(pages[1]?.unusable).toEqual(["Resources.0.id"]);
  expect(arrived[1]?.path).toBe(`/identity/scim/${uuid}/v2/Users?count=2&startIndex=3&sortBy=id`);
});

test("webhooks are made, changed and ended", async () => {
  const answer = { id: "w", name: "n", targetUrl: "https://a.example/", resource: "rooms", event: "created" };
  const { client, arrived } = await open(({ method }) =>
    method === "DELETE" ? { status: 204 } : { body: { ...answer, secret: "s" } },
  );
  const order = {
    name: "n",
    targetUrl: "https://a.example/",
    resource: "rooms",
    event: "created",
    secret: "s",
  };
  expect(await client.createWebhook(order, signal)).toEqual({ ...answer, withheld: [] });
  const rest = { name: "n", targetUrl: "https://a.example/", secret: "s" };
  await client.updateWebhook({ ...rest, webhookId: "w", status: "active" }, signal);
  await client.deleteWebhook("w", signal);
  expect(
    arrived.map(({ method, path, body }) => [method, path, body === "" ? null : JSON.parse(body)]),
  ).toEqual([
    ["POST", "/v1/webhooks", order],
    ["PUT", "/v1/webhooks/w", { ...rest, status: "active" }],
    ["DELETE", "/v1/webhooks/w", null],
  ]);
});

test("a POST whose answer is lost is not sent again; after a 429 it is", async () => {
  const { client, arrived } = await open((_, index) =>
    index === 0
      ? { status: 429, headers: { "retry-after": "1" } }
      : index === 1
        ? { status: 502 }
        : { body: { id: "m", roomId: "r" } },
  );
  const failure = await failureOf(client.createMessage({ roomId: "r", markdown: "**x**" }, signal));
  expect(failure).toMatchObject({ code: "unavailable", status: 502 });
  expect(arrived).toHaveLength(2);
});

test("a command goes to its device as the caller wrote it", async () => {
  const { client, arrived } = await open(() => ({ body: { deviceId: "d", result: {} } }));
  const body = { Bookings: [{ Id: "1" }] };
  await client.executeCommand({ command: "Bookings.Put", deviceId: "d", body }, signal);
  expect(arrived.map(({ path, body: sent }) => [path, JSON.parse(sent)])).toEqual([
    ["/v1/xapi/command/Bookings.Put", { deviceId: "d", body }],
  ]);
});

test("a title that Webex could not decrypt is absent and named", async () => {
  const { client } = await open(() => ({
    body: { id: roomId, title: "eyJhbGciOiIi", errors: { title: { code: "kms_failure", reason: "x" } } },
  }));
  const room = await client.getRoom(roomId, signal);
  expect(room).toMatchObject({ withheld: ["title"] });
  expect(JSON.stringify(room)).not.toContain("eyJ");
});

test("an id that would change the path is refused, and nothing is sent", async () => {
  const { client, arrived } = await open(() => ({ body: {} }));
  for (const id of ["", ".", ".."])
    expect(await failureOf(client.getRoom(id, signal))).toMatchObject({ code: "invalidRequest" });
  expect(arrived).toEqual([]);
});

test("after a long Retry-After nothing of that part of Webex is sent, and the rest is", async () => {
  const { client, arrived } = await open(({ path }) =>
    path.startsWith("/v1/rooms")
      ? { status: 429, headers: { "retry-after": "3600" }, body: "<html>" }
      : { body: { id: "t" } },
  );
  expect(await failureOf(client.getRoom("r", signal))).toMatchObject({
    retryAfterMs: 3_600_000,
    status: 429,
  });
  const refused = await failureOf(client.getRoom("r", signal));
  expect(refused).toMatchObject({ code: "throttled", retryAfterMs: 3_600_000 });
  expect(refused.message).toContain("Webex asked to wait another 3600000 ms");
  expect(await client.getTeam("t", signal)).toMatchObject({ id: "t" });
  expect(arrived).toHaveLength(2);
});

test("a part of Webex that keeps failing is left alone until its breaker lets a probe through", async () => {
  const { client, arrived, scheduler } = await open(() => ({ status: 503 }));
  for (let asked = 0; asked < 2; asked++) await failureOf(client.getRoom("r", signal));
  expect((await failureOf(client.getRoom("r", signal))).code).toBe("breakerOpen");
  const sent = arrived.length;
  expect((await failureOf(client.getRoom("r", signal))).message).toContain("rooms of Webex failed");
  expect(arrived).toHaveLength(sent);
  expect(scheduler.waits.length).toBeGreaterThan(0);
});

test("a thing that is locked for now is asked for again, and never opens the breaker", async () => {
  const { client, arrived } = await open(() => ({ status: 423, headers: { "retry-after": "9" } }));
  for (let asked = 0; asked < 12; asked++)
    expect(await failureOf(client.getMessage("m", signal))).toMatchObject({
      code: "unavailable",
      retryable: true,
      retryAfterMs: 9_000,
      status: 423,
    });
  expect(arrived).toHaveLength(12);
});

test("a space is its team's General space when the UUIDs are the same, in any cluster and padding", () => {
  const teamId = idOf("TEAM", uuid.toUpperCase(), "urn:TEAM:us-west-2_r").replaceAll("=", "");
  expect(isGeneralRoom({ id: roomId, teamId })).toBe(true);
  expect(isGeneralRoom({ id: roomId, teamId: idOf("TEAM", uuid.replace("1", "2")) })).toBe(false);
  expect(isGeneralRoom({ id: roomId })).toBe(false);
  const pair = idOf("MEMBERSHIP", `${uuid}:${uuid}`);
  expect(sameWebexId(pair, pair.replaceAll("=", ""))).toBe(true);
  expect(sameWebexId(pair, roomId)).toBe(false);
});
