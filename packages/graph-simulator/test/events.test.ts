import { afterEach, expect, test } from "vitest";
import { alphaId, betaId, clientId, isoAt, openWorld, tenantId, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const hour = 3_600_000;
const property = "String {6f1c3b9e-2f44-4d0b-9a0e-0d8f2f6c1a11} Name HybridMarker";
const start = { dateTime: "2026-01-13T10:00:00", timeZone: "W. Europe Standard Time" };
const end = { dateTime: "2026-01-13T11:00:00", timeZone: "W. Europe Standard Time" };

const create = (body: Record<string, unknown> = {}) =>
  world.graph("POST", `/users/${alphaId}/events`, { subject: "Planning", start, end, ...body });
const eventPath = (id: string): string => `/users/${alphaId}/events/${id}`;

test("an event is created once per transaction id", async () => {
  world = await openWorld();
  const first = await create({ transactionId: "t-1" });
  const again = await create({ transactionId: "t-1", subject: "Other" });
  const other = await create({ transactionId: "t-2" });
  expect([first.status, again.status, other.status]).toEqual([201, 201, 201]);
  expect(again.body.id).toBe(first.body.id);
  expect(other.body.id).not.toBe(first.body.id);
  expect(world.simulator.listEvents(alphaId)).toHaveLength(2);
  expect(first.body).toMatchObject({ transactionId: "t-1", isOrganizer: true, type: "singleInstance" });
});

test("times come in UTC unless the client prefers a zone", async () => {
  world = await openWorld();
  const { body } = await create();
  expect(body.start).toEqual({ dateTime: "2026-01-13T09:00:00.0000000", timeZone: "UTC" });
  const prefer = 'outlook.timezone="Eastern Standard Time"';
  const answer = await world.graph("GET", eventPath(body.id), undefined, { prefer });
  expect(answer.body.start).toEqual({
    dateTime: "2026-01-13T04:00:00.0000000",
    timeZone: "Eastern Standard Time",
  });
  expect(answer.headers["preference-applied"]).toBe(prefer);
  expect(answer.body.originalStartTimeZone).toBe("W. Europe Standard Time");
});

test("an all-day event comes as midnights of its days, whatever zone it was made in or is wanted in", async () => {
  world = await openWorld();
  const midnight = (day: number) => ({
    dateTime: `2026-01-${day}T00:00:00`,
    timeZone: "Tokyo Standard Time",
  });
  const { body } = await create({ isAllDay: true, start: midnight(13), end: midnight(14) });
  expect(body).toMatchObject({
    isAllDay: true,
    originalStartTimeZone: "Tokyo Standard Time",
    start: { dateTime: "2026-01-13T00:00:00.0000000", timeZone: "UTC" },
    end: { dateTime: "2026-01-14T00:00:00.0000000", timeZone: "UTC" },
  });
  const prefer = 'outlook.timezone="Eastern Standard Time"';
  const answer = await world.graph("GET", eventPath(body.id), undefined, { prefer });
  expect(answer.body.end).toEqual({
    dateTime: "2026-01-14T00:00:00.0000000",
    timeZone: "Eastern Standard Time",
  });
});

test("both id formats find the event, and the preferred one is returned", async () => {
  world = await openWorld();
  const { body } = await create();
  const immutable = await world.graph("GET", eventPath(body.id), undefined, {
    prefer: 'IdType="ImmutableId"',
  });
  expect(immutable.body.id).not.toBe(body.id);
  expect((await world.graph("GET", eventPath(immutable.body.id))).body.id).toBe(body.id);
  expect((await world.graph("GET", eventPath(body.id.toLowerCase()))).status).toBe(404);
  expect((await world.graph("GET", `/users/${betaId}/events/${body.id}`)).body.error.code).toBe(
    "ErrorItemNotFound",
  );
});

test("every write changes the etag, and a stale If-Match is refused", async () => {
  world = await openWorld();
  const { body } = await create();
  const etag: string = body["@odata.etag"];
  expect(etag).toBe(`W/"${body.changeKey}"`);
  const patched = await world.graph("PATCH", eventPath(body.id), { subject: "B" }, { "if-match": etag });
  expect(patched.status).toBe(200);
  expect(patched.body["@odata.etag"]).not.toBe(etag);
  const stale = await world.graph("PATCH", eventPath(body.id), { subject: "C" }, { "if-match": etag });
  expect(stale.status).toBe(412);
  expect(stale.body.error.innerError["request-id"]).toBe(stale.headers["request-id"]);
  expect((await world.graph("PATCH", eventPath(body.id), { subject: "D" })).status).toBe(200);
  expect((await world.graph("DELETE", eventPath(body.id), undefined, { "if-match": etag })).status).toBe(412);
  expect(world.simulator.readEvent(alphaId, body.id)).toMatchObject({
    subject: "D",
    versions: 3,
    patchesByApp: { [clientId]: 2 },
  });
});

test.each([
  ["an unknown property", { colour: "blue" }, "RequestBodyRead"],
  ["an unknown property within the body", { body: { contentType: "html", text: "x" } }, "RequestBodyRead"],
  ["an unknown enumeration value", { showAs: "away" }, "BadRequest"],
  ["a wrong type", { subject: 1 }, "UnableToDeserializePostBody"],
  ["an unknown time zone", { start: { ...start, timeZone: "Atlantis" } }, "TimeZoneNotSupportedException"],
  [
    "an end before the start",
    { end: { ...end, dateTime: "2026-01-13T09:00:00" } },
    "ErrorPropertyValidationFailure",
  ],
  ["an all-day event that is not", { isAllDay: true }, "ErrorPropertyValidationFailure"],
  ["no start", { start: null }, "ErrorPropertyValidationFailure"],
  ["broken JSON", "{", "BadRequest"],
])("%s is 400", async (_name, wrong, code) => {
  world = await openWorld();
  const answer =
    typeof wrong === "string"
      ? await world.graph("POST", `/users/${alphaId}/events`, wrong)
      : await create(wrong);
  expect([answer.status, answer.body.error.code]).toEqual([400, code]);
  expect(world.simulator.listEvents(alphaId)).toEqual([]);
});

test.each([
  ["GET", "/users/ID/events?$serach=x"],
  ["GET", "/users/ID/events?$select=colour"],
  ["GET", "/users/ID/events?$top=0"],
  ["GET", "/users/ID/events?$expand=colour"],
  ["GET", "/users/ID/calendarView"],
  ["GET", "/users/ID/calendarView?startDateTime=2026-01-01&endDateTime=2026-01-02"],
  ["GET", "/users/ID/calendarView?startDateTime=2026-01-02T00:00:00Z&endDateTime=2026-01-01T00:00:00Z"],
  [
    "GET",
    "/users/ID/calendarView/delta?startDateTime=2026-01-01T00:00Z&endDateTime=2026-01-02T00:00Z&$select=id",
  ],
  ["GET", "/users/ID/mailboxSettings/colour"],
])("%s %s is 400", async (method, path) => {
  world = await openWorld();
  await create();
  expect((await world.graph(method, path.replace("ID", alphaId))).status).toBe(400);
});

test("OData annotations and any case of an enumeration are taken", async () => {
  world = await openWorld();
  const answer = await create({
    "@odata.type": "#microsoft.graph.event",
    "showAs@odata.type": "#microsoft.graph.freeBusyStatus",
    showAs: "Free",
    body: { contentType: "HTML", content: "<p>Hello</p>" },
  });
  expect(answer.body).toMatchObject({ showAs: "free", body: { contentType: "html" } });
});

test("$select narrows, $expand brings extended properties, and neither brings them unasked", async () => {
  world = await openWorld();
  const { body } = await create();
  expect(body).not.toHaveProperty("singleValueExtendedProperties");
  const value = JSON.stringify({ v: 1, note: "it's" });
  const written = { singleValueExtendedProperties: [{ id: property, value }] };
  const patched = await world.graph("PATCH", eventPath(body.id), written);
  expect(patched.body).not.toHaveProperty("singleValueExtendedProperties");
  const wanted = property.replace("6f1c3b9e", "6F1C3B9E");
  const expand = encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${wanted}')`);
  const read = await world.graph("GET", `${eventPath(body.id)}?$select=subject,id&$expand=${expand}`);
  expect(Object.keys(read.body).sort()).toEqual(
    ["@odata.context", "@odata.etag", "id", "singleValueExtendedProperties", "subject"].sort(),
  );
  expect(read.body.singleValueExtendedProperties).toEqual([{ id: property, value }]);
  const quoted = value.replaceAll("'", "''");
  const filter = encodeURIComponent(
    `singleValueExtendedProperties/any(ep: ep/id eq '${property}' and ep/value eq '${quoted}')`,
  );
  expect((await world.graph("GET", `/users/${alphaId}/events?$filter=${filter}`)).body.value).toHaveLength(1);
  await world.graph("PATCH", eventPath(body.id), {
    singleValueExtendedProperties: [{ id: property, value: null }],
  });
  expect(world.simulator.readEvent(alphaId, body.id).extendedProperties).toEqual([]);
});

test("lists come in pages whose links can be followed", async () => {
  world = await openWorld();
  for (let at = 0; at < 25; at++)
    world.simulator.createEvent(alphaId, {
      subject: `meeting ${at}`,
      startAt: world.clock.now() + at * hour,
      endAt: world.clock.now() + (at + 1) * hour,
    });
  const window = `startDateTime=${isoAt(0)}&endDateTime=${isoAt(24 * hour)}`;
  for (const path of [
    `/users/${alphaId}/events?$select=subject`,
    `/users/${alphaId}/calendarView?${window}&$top=7`,
  ]) {
    const subjects: string[] = [];
    for (let link: string | undefined = path; link; ) {
      const page = await world.graph("GET", link);
      expect(page.status).toBe(200);
      subjects.push(...page.body.value.map((event: { subject: string }) => event.subject));
      link = page.body["@odata.nextLink"];
    }
    const expected = path.includes("View") ? 24 : 25;
    expect(subjects).toEqual(Array.from({ length: expected }, (_, at) => `meeting ${at}`));
  }
});

test("attendees have copies with the same iCalUId that follow the organiser", async () => {
  world = await openWorld();
  const invited = {
    attendees: [{ emailAddress: { address: "BETA@contoso.example", name: "Beta" }, type: "required" }],
  };
  const { body } = await create(invited);
  const [copy] = world.simulator.listEvents(betaId);
  expect(copy).toMatchObject({ iCalUId: body.iCalUId, isOrganizer: false, subject: "Planning" });
  expect(copy!.id).not.toBe(body.id);
  await world.graph("PATCH", eventPath(body.id), { location: { displayName: "@webex" } });
  const moved = world.simulator.readEvent(betaId, copy!.id);
  expect(moved.location).toEqual({ displayName: "@webex" });
  await world.graph("PATCH", eventPath(body.id), {
    singleValueExtendedProperties: [{ id: property, value: "x" }],
  });
  expect(world.simulator.readEvent(betaId, copy!.id)).toMatchObject({
    changeKey: moved.changeKey,
    extendedProperties: [],
  });
  await world.graph("DELETE", eventPath(body.id));
  expect(world.simulator.readEvent(betaId, copy!.id)).toMatchObject({
    isCancelled: true,
    subject: "Canceled: Planning",
  });
});

test("an attendee taken off the list finds the meeting cancelled", async () => {
  world = await openWorld();
  const { id } = world.simulator.createEvent(alphaId, {
    subject: "Planning",
    startAt: world.clock.now(),
    endAt: world.clock.now() + hour,
    attendees: ["beta@contoso.example", "someone@outside.example"],
  });
  world.simulator.updateEvent(alphaId, id, { attendees: ["someone@outside.example"] });
  expect(world.simulator.listEvents(betaId)[0]).toMatchObject({ isCancelled: true });
  expect(world.simulator.readEvent(alphaId, id).attendees).toHaveLength(1);
});

test("a body update without the meeting block ends the online meeting, with it not", async () => {
  world = await openWorld();
  const { body } = await create({
    isOnlineMeeting: true,
    body: { contentType: "html", content: "<p>Agenda</p>" },
  });
  expect(body.isOnlineMeeting).toBe(true);
  const joinUrl: string = body.onlineMeeting.joinUrl;
  expect(body.body.content).toContain(joinUrl);
  const edited = body.body.content.replace("<p>Agenda</p>", "<p>Agenda</p>\n<p>Join details</p>");
  const kept = await world.graph("PATCH", eventPath(body.id), {
    body: { contentType: "html", content: edited },
  });
  expect(kept.body).toMatchObject({ isOnlineMeeting: true, onlineMeeting: { joinUrl } });
  const ignored = await world.graph("PATCH", eventPath(body.id), { isOnlineMeeting: false });
  expect(ignored.body.isOnlineMeeting).toBe(true);
  const lost = await world.graph("PATCH", eventPath(body.id), {
    body: { contentType: "html", content: "<p>New</p>" },
  });
  expect(lost.body).toMatchObject({
    isOnlineMeeting: false,
    onlineMeeting: null,
    onlineMeetingProvider: "unknown",
  });
});

test("a text body is returned as HTML unless text is preferred", async () => {
  world = await openWorld();
  const { body } = await create({ body: { contentType: "text", content: "a < b\nc" } });
  expect(body.body).toMatchObject({ contentType: "html" });
  expect(body.body.content).toContain("a &lt; b<br>\r\nc");
  const prefer = 'outlook.body-content-type="text"';
  const text = await world.graph("GET", eventPath(body.id), undefined, { prefer });
  expect(text.body.body).toEqual({ contentType: "text", content: "a < b\r\nc" });
});

test("a mailbox that cannot be used answers with its own error, the user stays known", async () => {
  world = await openWorld();
  const codes = new Set<string>();
  world.simulator.setMailboxState(alphaId, "softDeleted");
  for (let probe = 0; probe < 20; probe++) {
    const answer = await world.graph("GET", `/users/${alphaId}/events`);
    expect(answer.status).toBe(404);
    codes.add(answer.body.error.code);
  }
  expect(codes).toEqual(new Set(["MailboxNotEnabledForRESTAPI", "ResourceNotFound"]));
  expect((await world.graph("GET", `/users/${alphaId}`)).status).toBe(200);
  world.simulator.setMailboxState(alphaId, "outOfScope");
  expect((await world.graph("GET", `/users/${alphaId}/mailboxSettings`)).body.error.code).toBe(
    "ErrorAccessDenied",
  );
  world.simulator.deleteUser(alphaId);
  const gone = await world.graph("GET", `/users/${alphaId}/events`);
  expect([gone.status, gone.body.error.code]).toEqual([404, "Request_ResourceNotFound"]);
});

test("a tenant's application does not see another tenant's users", async () => {
  world = await openWorld();
  const userId = "88888888-8888-4888-8888-888888888888";
  world.simulator.addMailbox({
    tenantId: "99999999-9999-4999-8999-999999999999",
    userId,
    userPrincipalName: "x@y.example",
    mail: "x@y.example",
    displayName: "X",
  });
  expect((await world.graph("GET", `/users/${userId}/events`)).status).toBe(404);
  expect((await world.graph("GET", "/users/ALPHA@contoso.example")).body).toMatchObject({ id: alphaId });
  expect(tenantId).not.toBe("99999999-9999-4999-8999-999999999999");
});

test("mailbox settings are read whole and in parts, and merged on write", async () => {
  world = await openWorld();
  const path = `/users/${alphaId}/mailboxSettings`;
  expect((await world.graph("GET", `${path}/language`)).body).toMatchObject({ locale: "sv-SE" });
  expect((await world.graph("GET", `${path}/timeZone`)).body).toMatchObject({
    value: "W. Europe Standard Time",
  });
  const replies = {
    status: "Scheduled",
    internalReplyMessage: "Away",
    scheduledStartDateTime: { dateTime: "2026-01-20T08:00:00", timeZone: "W. Europe Standard Time" },
    scheduledEndDateTime: { dateTime: "2026-01-21T08:00:00", timeZone: "W. Europe Standard Time" },
  };
  const patched = await world.graph("PATCH", path, { automaticRepliesSetting: replies });
  expect(patched.body.automaticRepliesSetting).toMatchObject({
    status: "scheduled",
    externalAudience: "all",
    scheduledStartDateTime: { dateTime: "2026-01-20T07:00:00.0000000", timeZone: "UTC" },
  });
  const past = { dateTime: "2020-01-21T08:00:00", timeZone: "UTC" };
  const wrong = await world.graph("PATCH", path, {
    automaticRepliesSetting: { ...replies, scheduledEndDateTime: past },
  });
  expect(wrong.status).toBe(400);
  world.simulator.setAutomaticReplies(alphaId, { status: "alwaysEnabled", internalReplyMessage: "Gone" });
  const part = await world.graph("GET", `${path}/automaticRepliesSetting`);
  expect(part.body).toMatchObject({ status: "alwaysEnabled", internalReplyMessage: "Gone" });
});
