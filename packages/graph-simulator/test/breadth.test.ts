import { afterEach, expect, test } from "vitest";
import { alphaId, betaId, clientId, isoAt, openWorld, otherTenantId, tenantId, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const events = `/users/${alphaId}/events`;
const at = (day: number, hour: number, minute = 0) => ({
  dateTime: `2026-01-${day}T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:00`,
  timeZone: "UTC",
});
const beta = { emailAddress: { address: "beta@contoso.example" } };
const create = (body: object = {}, user = alphaId) =>
  world.graph("POST", `/users/${user}/events`, {
    subject: "Planning",
    start: at(13, 10),
    end: at(13, 11),
    ...body,
  });
const copyOf = async (user: string): Promise<any> =>
  (await world.graph("GET", `/users/${user}/events`)).body.value[0];

test("instances of a series are listed in order, exceptions among them", async () => {
  world = await openWorld();
  const range = { type: "numbered", startDate: "2026-01-13", numberOfOccurrences: 5 };
  const { body } = await create({ recurrence: { pattern: { type: "daily", interval: 1 }, range } });
  const occurrence = `${events}/${body.id.slice(0, -1)}O20260114=`;
  await world.graph("PATCH", occurrence, { subject: "Longer", end: at(14, 12) });
  await world.graph("DELETE", `${events}/${body.id.slice(0, -1)}O20260115=`);
  const window = `startDateTime=${isoAt(0)}&endDateTime=${isoAt(30 * 86_400_000)}`;
  const first = await world.graph(
    "GET",
    `${events}/${body.id}/instances?${window}&$top=3&$select=start,type`,
  );
  expect(first.body.value.map((one: any) => `${one.start.dateTime.slice(8, 10)} ${one.type}`)).toEqual([
    "13 occurrence",
    "14 exception",
    "16 occurrence",
  ]);
  expect((await world.graph("GET", first.body["@odata.nextLink"])).body.value).toHaveLength(1);
  const single = await create();
  expect((await world.graph("GET", `${events}/${single.body.id}/instances?${window}`)).status).toBe(400);
  expect((await world.graph("GET", `${events}/${body.id}/instances`)).status).toBe(400);
});

test.each([
  ["accept", "accepted", "busy"],
  ["tentativelyAccept", "tentativelyAccepted", "tentative"],
] as const)("%s is kept in the own copy and told to the organiser", async (action, response, showAs) => {
  world = await openWorld();
  await create({ attendees: [beta] });
  const invited = await copyOf(betaId);
  expect(invited).toMatchObject({ responseStatus: { response: "notResponded" }, isOrganizer: false });
  const answer = await world.graph("POST", `/users/${betaId}/events/${invited.id}/${action}`, {
    SendResponse: true,
  });
  expect([answer.status, answer.body]).toEqual([202, ""]);
  expect(await copyOf(betaId)).toMatchObject({
    showAs,
    responseStatus: { response, time: "2026-01-12T12:00:00.0000000Z" },
  });
  const organised = await copyOf(alphaId);
  expect(organised.attendees[0].status).toEqual({ response, time: "2026-01-12T12:00:00.0000000Z" });
  // The list may be written again without losing the answer.
  const patched = await world.graph("PATCH", `${events}/${organised.id}`, { attendees: [beta] });
  expect(patched.body.attendees[0].status.response).toBe(response);
});

test("a declined invitation goes; a silent answer is not told; a new time is proposed", async () => {
  world = await openWorld();
  await create({ attendees: [beta] });
  const path = async () => `/users/${betaId}/events/${(await copyOf(betaId)).id}`;
  await world.graph("POST", `${await path()}/accept`, { sendResponse: false });
  expect((await copyOf(alphaId)).attendees[0].status.response).toBe("none");
  const proposedNewTime = { start: at(14, 10), end: at(14, 11) };
  const silent = await world.graph("POST", `${await path()}/decline`, {
    proposedNewTime,
    sendResponse: false,
  });
  expect(silent.status).toBe(400);
  await world.graph("POST", `${await path()}/decline`, { comment: "Rather tomorrow", proposedNewTime });
  expect(await copyOf(betaId)).toBeUndefined();
  expect((await copyOf(alphaId)).attendees[0]).toMatchObject({
    status: { response: "declined" },
    proposedNewTime: { start: { dateTime: "2026-01-14T10:00:00.0000000" } },
  });
});

test("answers that the service refuses", async () => {
  world = await openWorld();
  const { body } = await create({
    attendees: [beta],
    allowNewTimeProposals: false,
    responseRequested: false,
  });
  const refusal = async (user: string, id: string, action: string, given: object = {}) => {
    const answer = await world.graph("POST", `/users/${user}/events/${id}/${action}`, given);
    return [answer.status, answer.body.error?.message];
  };
  expect(await refusal(alphaId, body.id, "accept")).toEqual([
    400,
    expect.stringMatching(/meeting organizer/),
  ]);
  const invited = (await copyOf(betaId)).id;
  expect(await refusal(betaId, invited, "cancel")).toEqual([
    400,
    expect.stringMatching(/need to be an organizer/),
  ]);
  expect(await refusal(betaId, invited, "accept")).toEqual([400, expect.stringMatching(/not requested/)]);
  const proposedNewTime = { start: at(14, 10), end: at(14, 11) };
  const proposing = await refusal(betaId, invited, "tentativelyAccept", {
    proposedNewTime,
    sendResponse: false,
  });
  expect(proposing).toEqual([400, expect.stringMatching(/proposals/)]);
  expect((await refusal(betaId, invited, "accept", { proposedNewTime }))[0]).toBe(400);
  expect(await refusal(alphaId, body.id, "cancel", { comment: "No need" })).toEqual([202, undefined]);
  expect(await copyOf(alphaId)).toBeUndefined();
  expect(await copyOf(betaId)).toMatchObject({ isCancelled: true });
});

test("an answer to one occurrence makes it an exception on both sides", async () => {
  world = await openWorld();
  const range = { type: "numbered", startDate: "2026-01-13", numberOfOccurrences: 3 };
  await create({ attendees: [beta], recurrence: { pattern: { type: "daily", interval: 1 }, range } });
  const series = await copyOf(betaId);
  const occurrence = `${series.id.slice(0, -1)}O20260114=`;
  await world.graph("POST", `/users/${betaId}/events/${occurrence}/decline`);
  expect((await copyOf(betaId)).cancelledOccurrences).toHaveLength(1);
  const organised = await copyOf(alphaId);
  const answered = await world.graph("GET", `${events}/${organised.id.slice(0, -1)}O20260114=`);
  expect(answered.body).toMatchObject({
    type: "exception",
    attendees: [{ status: { response: "declined" } }],
  });
  expect(organised.attendees[0].status.response).toBe("none");
});

const file = { "@odata.type": "#microsoft.graph.fileAttachment", name: "agenda.txt", contentBytes: "aGVq" };

test("files are attached, shown, and removed; attendees have them too", async () => {
  world = await openWorld();
  const { body } = await create({ attendees: [beta], attachments: [{ ...file, name: "first.txt" }] });
  expect(body.hasAttachments).toBe(true);
  const path = `${events}/${body.id}/attachments`;
  const noList = await create({ attachments: file });
  expect([noList.status, noList.body.error.code]).toEqual([400, "UnableToDeserializePostBody"]);
  const added = await world.graph("POST", path, { ...file, contentType: "text/plain", size: 99 });
  expect([added.status, added.body]).toMatchObject([
    201,
    { name: "agenda.txt", size: 3, contentBytes: "aGVq" },
  ]);
  const listed = await world.graph("GET", `${path}?$select=name`);
  expect(listed.body.value.map((one: any) => one.name)).toEqual(["first.txt", "agenda.txt"]);
  expect(listed.body.value[0]).not.toHaveProperty("contentBytes");
  expect((await copyOf(betaId)).hasAttachments).toBe(true);
  const expanded = await world.graph("GET", `${events}/${body.id}?$expand=attachments`);
  expect(expanded.body.attachments).toHaveLength(2);
  const one = `${path}/${added.body.id}`;
  expect((await world.graph("GET", one)).body.contentType).toBe("text/plain");
  expect((await world.graph("DELETE", one)).status).toBe(204);
  expect((await world.graph("GET", one)).status).toBe(404);
  const wrong = async (given: object) => (await world.graph("POST", path, given)).status;
  expect(await wrong({ ...file, "@odata.type": undefined })).toBe(400);
  expect(await wrong({ ...file, contentBytes: "not base64!" })).toBe(400);
  expect(await wrong({ ...file, "@odata.type": "#microsoft.graph.itemAttachment" })).toBe(501);
  expect(await wrong({ ...file, contentBytes: "A".repeat(Math.ceil((3.1 * 1_024 * 1_024) / 3) * 4) })).toBe(
    413,
  );
});

test("open extensions and multi-value properties are written, expanded, changed and removed", async () => {
  world = await openWorld();
  const property = {
    id: "StringArray {66f5a359-4659-4830-9070-00050ec6ac6e} Name Hobbies",
    value: ["a", "b"],
  };
  const { body } = await create({
    multiValueExtendedProperties: [property],
    extensions: [
      { "@odata.type": "microsoft.graph.openTypeExtension", extensionName: "Com.Example.First", deal: 1 },
    ],
  });
  const path = `${events}/${body.id}`;
  const added = await world.graph("POST", `${path}/extensions`, {
    extensionName: "Com.Example.Second",
    a: 1,
    b: { c: [2] },
  });
  expect([added.status, added.body.id]).toEqual([
    201,
    "Microsoft.OutlookServices.OpenTypeExtension.Com.Example.Second",
  ]);
  expect(
    (await world.graph("POST", `${path}/extensions`, { extensionName: "com.example.second" })).status,
  ).toBe(409);
  const expand = encodeURIComponent(
    `multiValueExtendedProperties($filter=id eq '${property.id}'),extensions($filter=id eq 'Com.Example.Second' or id eq 'Com.Example.First')`,
  );
  const { body: shown } = await world.graph("GET", `${path}?$expand=${expand}&$select=subject`);
  expect(shown.multiValueExtendedProperties).toEqual([property]);
  expect(shown.extensions).toMatchObject([{ deal: 1 }, { a: 1, b: { c: [2] } }]);
  const one = `${path}/extensions/${added.body.id}`;
  expect((await world.graph("PATCH", one, { a: null, d: 4 })).body).toMatchObject({ b: { c: [2] }, d: 4 });
  const read = await world.graph("GET", `${path}/extensions/Com.Example.Second`);
  expect(read.body).not.toHaveProperty("a");
  expect((await world.graph("DELETE", one)).status).toBe(204);
  expect((await world.graph("GET", one)).status).toBe(404);
  await world.graph("PATCH", path, { multiValueExtendedProperties: [{ id: property.id, value: null }] });
  expect((await world.graph("GET", `${path}?$expand=${expand}`)).body).not.toHaveProperty(
    "multiValueExtendedProperties",
  );
  expect((await world.graph("PATCH", path, { extensions: [] })).status).toBe(501);
});

test("getSchedule shows what is free, per slot and per event, and keeps private words back", async () => {
  world = await openWorld();
  await create({ end: at(13, 10, 30), showAs: "tentative" }, betaId);
  await create(
    { start: at(13, 11), end: at(13, 12), sensitivity: "private", location: { displayName: "Home" } },
    betaId,
  );
  await create({ start: at(13, 11, 30), end: at(13, 12), showAs: "oof" }, betaId);
  const ask = (given: object) =>
    world.graph("POST", `/users/${alphaId}/calendar/getSchedule`, {
      Schedules: ["beta@contoso.example", "nobody@contoso.example"],
      StartTime: at(13, 10),
      EndTime: at(13, 13),
      ...given,
    });
  const { body } = await ask({});
  expect(body.value[0]).toMatchObject({ scheduleId: "beta@contoso.example", availabilityView: "102300" });
  expect(body.value[0].scheduleItems).toHaveLength(3);
  expect(body.value[0].scheduleItems[1]).toEqual({
    isPrivate: true,
    status: "busy",
    start: { dateTime: "2026-01-13T11:00:00.0000000", timeZone: "UTC" },
    end: { dateTime: "2026-01-13T12:00:00.0000000", timeZone: "UTC" },
  });
  expect(body.value[1].error.responseCode).toBe("ErrorMailRecipientNotFound");
  expect((await ask({ AvailabilityViewInterval: 60 })).body.value[0].availabilityView).toBe("130");
  for (const wrong of [
    { AvailabilityViewInterval: 4 },
    { AvailabilityViewInterval: 600 },
    { EndTime: at(13, 9) },
    { EndTime: { dateTime: "2026-03-13T10:00:00", timeZone: "UTC" } },
    { Schedules: Array.from({ length: 21 }, () => "beta@contoso.example") },
    { Schedules: [] },
  ])
    expect([wrong, (await ask(wrong)).status]).toEqual([wrong, 400]);
});

test("time zones of both standards", async () => {
  world = await openWorld();
  const path = `/users/${alphaId}/outlook/supportedTimeZones`;
  const zones = (await world.graph("GET", path)).body.value;
  expect(zones).toContainEqual({ alias: "W. Europe Standard Time", displayName: "(UTC+01:00) W. Europe" });
  expect(zones.length).toBeGreaterThan(100);
  const named = `${path}(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')`;
  expect((await world.graph("GET", named)).body.value).toContainEqual({
    alias: "Europe/Oslo",
    displayName: "Europe/Oslo",
  });
  expect((await world.graph("GET", `${path}/lunar`)).status).toBe(400);
});

test("events are counted", async () => {
  world = await openWorld();
  for (const subject of ["A", "B", "A"]) await create({ subject });
  const count = await world.graph("GET", `${events}/$count?$filter=subject%20eq%20'A'`);
  expect([count.body, count.headers["content-type"]]).toEqual(["2", "text/plain"]);
  expect((await world.graph("GET", `${events}?$count=true&$top=1`)).body["@odata.count"]).toBe(3);
});

test("a batch answers each request for itself, in the order of what depends on what", async () => {
  world = await openWorld();
  const json = { "content-type": "application/json" };
  const event = { subject: "Planning", start: at(13, 10), end: at(13, 11) };
  const batch = (requests: object[]) => world.graph("POST", "/$batch", { requests });
  const { status, body } = await batch([
    { id: "4", method: "GET", url: `${events}?$count=true&$top=1`, dependsOn: ["1"] },
    { id: "1", method: "post", url: events, headers: json, body: event },
    { id: "2", method: "GET", url: `users/${alphaId}?$select=mail` },
    { id: "3", method: "GET", url: "/users/nobody" },
    { id: "5", method: "GET", url: `/users/${betaId}`, dependsOn: ["3"] },
  ]);
  const byId = Object.fromEntries(body.responses.map((one: any) => [one.id, one]));
  expect(status).toBe(200);
  expect(Object.values<any>(byId).map((one) => [one.id, one.status])).toEqual([
    ["1", 201],
    ["2", 200],
    ["3", 404],
    ["4", 200],
    ["5", 424],
  ]);
  expect(byId["2"].body.mail).toBe("alpha@contoso.example");
  expect(byId["4"].body["@odata.count"]).toBe(1);
  for (const wrong of [
    [],
    Array.from({ length: 21 }, (_, n) => ({ id: String(n), method: "GET", url: "/users" })),
    [
      { id: "a", method: "GET", url: "/users" },
      { id: "A", method: "GET", url: "/users" },
    ],
    [{ id: "1", method: "GET", url: "https://graph.microsoft.com/v1.0/users" }],
    [{ id: "1", method: "POST", url: "/$batch", headers: json, body: { requests: [] } }],
    [{ id: "1", method: "POST", url: events, body: event }],
    [{ id: "1", method: "GET", url: "/users", dependsOn: ["2"] }],
    [
      { id: "1", method: "GET", url: "/users", dependsOn: ["2"] },
      { id: "2", method: "GET", url: "/users", dependsOn: ["1"] },
    ],
    [{ id: "1", method: "TRACE", url: "/users" }],
  ])
    expect([wrong, (await batch(wrong)).status]).toEqual([wrong, 400]);
  expect((await world.graph("POST", "/$batch", {}, { authorization: "Bearer x" })).status).toBe(401);
  expect(world.simulator.metrics.countRequests({ route: "/v1.0/users/:userId/events", method: "POST" })).toBe(
    1,
  );
});

test("subscriptions to users hear of them, those of one user of that one alone", async () => {
  world = await openWorld({ delivery: { duplicateWeights: [1] } });
  world.simulator.grantConsent(tenantId, clientId, ["User.Read.All", "Group.Read.All"]);
  const endpoint = await world.endpoint();
  const subscribe = (resource: string, more: object = {}) =>
    world.graph("POST", "/subscriptions", {
      changeType: "updated,deleted",
      notificationUrl: endpoint.url,
      resource,
      expirationDateTime: isoAt(20 * 86_400_000),
      ...more,
    });
  const all = await subscribe("users");
  const one = await subscribe(`/users/${betaId}`);
  expect([all.status, one.status, (await subscribe("groups")).status]).toEqual([201, 201, 201]);
  expect((await subscribe("users")).status).toBe(409);
  expect((await subscribe("users/nobody")).status).toBe(404);
  expect((await subscribe("groups/nothing")).status).toBe(404);
  expect((await subscribe("chats")).status).toBe(501);
  expect((await subscribe("usres")).status).toBe(400);
  expect(
    (await subscribe("users", { changeType: "deleted", expirationDateTime: isoAt(30 * 86_400_000) })).status,
  ).toBe(400);
  world.simulator.updateUser(alphaId, { displayName: "A" });
  world.simulator.updateUser(betaId, { displayName: "B" });
  world.simulator.deleteUser(betaId);
  world.simulator.addTenant({ tenantId: otherTenantId, displayName: "Fabrikam", consentedApps: [clientId] });
  world.simulator.addMailbox({
    tenantId: otherTenantId,
    userId: "66666666-6666-4666-8666-666666666661",
    userPrincipalName: "x@fabrikam.example",
    mail: "x@fabrikam.example",
    displayName: "X",
  });
  world.clock.advance(5_000);
  await world.settle();
  const heard = endpoint
    .items()
    .map((item) => [item["subscriptionId"], item["changeType"], item["resourceData"].id].join(" "));
  expect(new Set(heard)).toEqual(
    new Set([
      `${all.body.id} updated ${alphaId}`,
      `${all.body.id} updated ${betaId}`,
      `${all.body.id} deleted ${betaId}`,
      `${one.body.id} updated ${betaId}`,
      `${one.body.id} deleted ${betaId}`,
    ]),
  );
  expect(heard).toHaveLength(5);
});
