import { request } from "undici";
import { afterEach, expect, test } from "vitest";
import { UploadBudget } from "../src/mail/upload-sessions.ts";
import { alphaId, betaId, clientId, openWorld, tenantId, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const key = "String {6f1c3b9e-2f44-4d0b-9a0e-0d8f2f6c1a11} Name ArchiveKey";
const inbox = `/users/${alphaId}/mailFolders/inbox`;
const messages = `/users/${alphaId}/messages`;
const received = [
  { id: "Integer 0x0E07", value: "1" },
  { id: "SystemTime 0x0E06", value: "2025-11-03T08:00:01.500Z" },
  { id: "SystemTime 0x0039", value: "2025-11-03T08:00:00Z" },
];

const post = (body: Record<string, unknown>, folder = inbox) =>
  world.graph("POST", `${folder}/messages`, {
    subject: "Hello",
    body: { contentType: "html", content: "<p>Hi</p>" },
    ...body,
  });

test("a message is a draft of now, whatever its JSON says of drafts and dates", async () => {
  world = await openWorld();
  const { status, body } = await post({ isDraft: false, receivedDateTime: "2020-01-01T00:00:00Z" });
  expect([status, body.isDraft, body.receivedDateTime]).toEqual([201, true, "2026-01-12T12:00:00Z"]);
});

test("MAPI properties at creation make a received message of the original dates, and later ones do nothing", async () => {
  world = await openWorld();
  const { body } = await post({ singleValueExtendedProperties: received });
  expect(body).toMatchObject({
    isDraft: false,
    isRead: true,
    receivedDateTime: "2025-11-03T08:00:01Z",
    sentDateTime: "2025-11-03T08:00:00Z",
  });
  const later = [{ id: "Integer 0x0E07", value: "8" }];
  const patched = await world.graph("PATCH", `${messages}/${body.id}`, {
    singleValueExtendedProperties: later,
  });
  expect([patched.status, patched.body.isDraft]).toEqual([200, false]);
  const renamed = await world.graph("PATCH", `${messages}/${body.id}`, { subject: "Other" });
  expect(renamed.body.error.code).toBe("ErrorInvalidPropertySet");
});

test.each(["8", "9"])("PR_MESSAGE_FLAGS of %s is a draft", async (value) => {
  world = await openWorld();
  const { body } = await post({ singleValueExtendedProperties: [{ id: "Integer 0x0E07", value }] });
  expect(body.isDraft).toBe(true);
});

test("messages are found by the value of an extended property", async () => {
  world = await openWorld();
  const made = await post({ singleValueExtendedProperties: [...received, { id: key, value: "it's 1" }] });
  await post({ singleValueExtendedProperties: [{ id: key, value: "2" }] });
  const filter = `singleValueExtendedProperties/any(ep: ep/id eq '${key}' and ep/value eq 'it''s 1')`;
  const expand = `singleValueExtendedProperties($filter=id eq '${key}')`;
  const found = await world.graph(
    "GET",
    `${messages}?$filter=${encodeURIComponent(filter)}&$select=id&$expand=${encodeURIComponent(expand)}`,
  );
  expect(found.body.value.map(({ id }: { id: string }) => id)).toEqual([made.body.id]);
  expect(found.body.value[0].singleValueExtendedProperties).toEqual([{ id: key, value: "it's 1" }]);
});

test("a folder is made once per name, and a folder that every mailbox has cannot be removed", async () => {
  world = await openWorld();
  const folder = { displayName: "Webex Teams" };
  const first = await world.graph("POST", `${inbox}/childFolders`, folder);
  const again = await world.graph("POST", `${inbox}/childFolders`, { displayName: "webex teams" });
  expect([first.status, again.status, again.body.error.code]).toEqual([201, 409, "ErrorFolderExists"]);
  const filter = encodeURIComponent("displayName eq 'Webex Teams'");
  const listed = await world.graph("GET", `${inbox}/childFolders?$filter=${filter}`);
  expect(listed.body.value.map(({ id }: { id: string }) => id)).toEqual([first.body.id]);
  await post({}, `/users/${alphaId}/mailFolders/${first.body.id}`);
  expect(world.simulator.listMail(alphaId).map(({ folder: path }) => path)).toEqual(["Inbox/Webex Teams"]);
  expect((await world.graph("DELETE", inbox)).body.error.code).toBe("ErrorDeleteDistinguishedFolder");
  world.simulator.renameMailFolder(alphaId, "Inbox/Webex Teams", "Chats");
  expect(world.simulator.listMailFolders(alphaId)).toContain("Inbox/Chats");
  world.simulator.deleteMailFolder(alphaId, "Inbox/Chats");
  const gone = await world.graph("GET", `/users/${alphaId}/mailFolders/${first.body.id}`);
  expect([gone.status, world.simulator.listMail(alphaId)]).toEqual([404, []]);
});

test("files come with the message or after it, and a page of messages has a next one", async () => {
  world = await openWorld();
  const file = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a.txt", contentBytes: "aGk=" };
  const { body } = await post({ attachments: [file] });
  await world.graph("POST", `${messages}/${body.id}/attachments`, { ...file, name: "b.txt" });
  const listed = await world.graph("GET", `${messages}/${body.id}/attachments?$select=name,size`);
  expect(listed.body.value.map(({ name, size }: { name: string; size: number }) => [name, size])).toEqual([
    ["a.txt", 2],
    ["b.txt", 2],
  ]);
  await post({ subject: "Second" });
  const page = await world.graph("GET", `${messages}?$top=1&$orderby=subject&$expand=attachments`);
  expect(page.body.value[0].attachments).toHaveLength(2);
  const next = await world.graph("GET", page.body["@odata.nextLink"]);
  expect(next.body.value[0].subject).toBe("Second");
  expect(next.body["@odata.nextLink"]).toBeUndefined();
});

const megabyte = 1_024 * 1_024;

const put = (url: string, range: string, bytes: Buffer, headers: Record<string, string> = {}) =>
  request(url, {
    method: "PUT",
    dispatcher: world.agent,
    headers: { "content-type": "application/octet-stream", "content-range": range, ...headers },
    body: bytes,
  });

test("a large file goes up in parts, in order, without a token", async () => {
  world = await openWorld();
  const { body } = await post({});
  const size = 5 * megabyte;
  const order = { AttachmentItem: { attachmentType: "file", name: "big.bin", size } };
  const opened = await world.graph("POST", `${messages}/${body.id}/attachments/createUploadSession`, order);
  expect(opened.status).toBe(201);
  const { uploadUrl } = opened.body;
  const bytes = Buffer.alloc(size, 7);
  const half = 3 * megabyte;
  const firstRange = `bytes 0-${half - 1}/${size}`;
  const lastRange = `bytes ${half}-${size - 1}/${size}`;
  expect((await put(uploadUrl, lastRange, bytes.subarray(half))).statusCode).toBe(416);
  expect(
    (await put(uploadUrl, firstRange, bytes.subarray(0, half), { authorization: "Bearer x" })).statusCode,
  ).toBe(400);
  const first = await put(uploadUrl, firstRange, bytes.subarray(0, half));
  expect(await first.body.json()).toMatchObject({ nextExpectedRanges: [`${half}-`] });
  const last = await put(uploadUrl, lastRange, bytes.subarray(half));
  expect([last.statusCode, String(last.headers["location"])]).toEqual([
    201,
    expect.stringContaining(body.id),
  ]);
  const [mail] = world.simulator.listMail(alphaId);
  expect(mail?.attachments.map((each) => [each.name, each.size])).toEqual([["big.bin", size]]);
  expect((await put(uploadUrl, firstRange, bytes.subarray(0, half))).statusCode).toBe(404);
});

test("an upload below 3 MB is refused", async () => {
  world = await openWorld();
  const { body } = await post({});
  const path = `${messages}/${body.id}/attachments/createUploadSession`;
  const item = { attachmentType: "file", name: "a", size: 10 };
  const small = await world.graph("POST", path, { AttachmentItem: item });
  expect(small.body.error.code).toBe("ErrorAttachmentSizeLimitExceeded");
});

test("150 MB in five minutes are the most that a mailbox takes", async () => {
  world = await openWorld();
  const budget = new UploadBudget(world.clock);
  budget.charge(alphaId, 150 * megabyte);
  expect(() => budget.charge(alphaId, 1)).toThrow("UploadBytes limit");
  budget.charge(betaId, 1);
  world.clock.advance(300_000);
  budget.charge(alphaId, 1);
});

test("a delta round over a folder tells what is new, changed and gone", async () => {
  world = await openWorld();
  const first = (await post({ subject: "One" })).body;
  const second = (await post({ subject: "Two" })).body;
  const prefer = { prefer: "odata.maxpagesize=1" };
  const page = await world.graph("GET", `${inbox}/messages/delta?$select=subject`, undefined, prefer);
  expect(page.body.value.map(({ subject }: { subject: string }) => subject)).toEqual(["One"]);
  const last = await world.graph("GET", page.body["@odata.nextLink"], undefined, prefer);
  expect(last.body.value[0].subject).toBe("Two");
  world.simulator.deleteMail(alphaId, first.id);
  await world.graph("PATCH", `${messages}/${second.id}`, { isRead: false });
  const round = await world.graph("GET", last.body["@odata.deltaLink"]);
  expect(round.body.value).toEqual([
    expect.objectContaining({ id: first.id, "@removed": { reason: "deleted" } }),
    expect.objectContaining({ id: second.id, isRead: false }),
  ]);
  world.simulator.forgetSyncState(alphaId);
  expect((await world.graph("GET", round.body["@odata.deltaLink"])).body.error.code).toBe(
    "SyncStateNotFound",
  );
});

test("a message moves, and without the permission nothing is shown", async () => {
  world = await openWorld();
  const { body } = await post({});
  const moved = await world.graph("POST", `${messages}/${body.id}/move`, { destinationId: "archive" });
  expect([moved.status, world.simulator.listMail(alphaId)[0]?.folder]).toEqual([201, "Archive"]);
  world.simulator.revokeConsent(tenantId, clientId);
  world.simulator.grantConsent(tenantId, clientId, ["Calendars.ReadWrite"]);
  const token = (await world.token()).body.access_token as string;
  const refused = await world.graph("GET", messages, undefined, { authorization: `Bearer ${token}` });
  expect([refused.status, refused.body.error.code]).toEqual([403, "ErrorAccessDenied"]);
});

test("what is no message is refused by name, and MIME is a gap", async () => {
  world = await openWorld();
  expect((await post({ subjekt: "x" })).body.error.message).toContain("'subjekt'");
  expect((await post({ flag: {} })).status).toBe(501);
  expect((await world.graph("GET", `${messages}/short`)).body.error.code).toBe("ErrorInvalidIdMalformed");
});
