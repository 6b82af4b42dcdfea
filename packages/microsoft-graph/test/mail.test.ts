import { instant } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import type { MailFile } from "../src/index.ts";
import { uploadPart } from "../src/upload-part.ts";
import { anna, failureOf, openWorld, patient, tenantId, type World } from "./world.ts";

let world: World;
afterEach(async () => await world.close());

const property = "String {6f2d8a54-0c7e-4b6d-9f39-2b1d8e5f7a10} Name ArchiveKey";
const user = () => ({ tenantId, userObjectId: anna, signal: patient() });
const sentAt = instant(Date.UTC(2025, 10, 3, 8));

const file = (name: string, bytes: number, contentId: string | null = null): MailFile => ({
  name,
  contentType: "application/octet-stream",
  bytes: new Uint8Array(bytes).fill(7),
  contentId,
});

const folder = () => ({ ...user(), parent: "inbox", displayName: "Webex Teams" });

const message = async (key: string, files: readonly MailFile[] = []) => ({
  ...user(),
  folderId: (await world.graph.mail.findFolder(folder())) ?? (await world.graph.mail.createFolder(folder())),
  subject: "Chat",
  html: "<p>Hi</p>",
  from: { address: "bert@acme.example", name: "Bert" },
  to: [{ address: "anna@acme.example", name: "Anna" }],
  sentAt,
  internetMessageId: `<${key}@archive.example>`,
  inReplyTo: "<root@archive.example>",
  references: ["<room@archive.example>", "<root@archive.example>"],
  properties: { [property]: key },
  files,
});

test("a message is imported as received, with its dates, thread and property, and is found by that", async () => {
  world = await openWorld();
  const messageId = await world.graph.mail.createMessage(await message("it's 1", [file("a.png", 4, "a")]));
  await world.graph.mail.createMessage(await message("2"));
  const found = await world.graph.mail.findMessages({
    ...user(),
    propertyId: property,
    values: ["it's 1", "3"],
    bring: ["String 0x1042"],
  });
  expect(found).toEqual([
    {
      messageId,
      values: { [property]: "it's 1", "String 0x1042": "<root@archive.example>" },
      folderId: expect.any(String),
      hasAttachments: false,
      sentAt,
    },
  ]);
  const [stored] = world.simulator.listMail(anna);
  expect(stored).toMatchObject({
    folder: "Inbox/Webex Teams",
    isDraft: false,
    isRead: true,
    sentAt,
    receivedAt: sentAt,
    internetMessageId: "<it's 1@archive.example>",
    from: { address: "bert@acme.example", name: "Bert" },
  });
  expect(stored?.extendedProperties).toMatchObject({
    "String 0x1042": "<root@archive.example>",
    "String 0x1039": "<room@archive.example> <root@archive.example>",
  });
  expect(stored?.attachments).toMatchObject([{ name: "a.png", isInline: true, contentId: "a", size: 4 }]);
});

test("a folder is found by name, and a second one of the name is a conflict", async () => {
  world = await openWorld();
  expect(await world.graph.mail.findFolder(folder())).toBeNull();
  const id = await world.graph.mail.createFolder(folder());
  expect(await world.graph.mail.findFolder(folder())).toBe(id);
  expect(await failureOf(world.graph.mail.createFolder(folder()))).toMatchObject({ code: "conflict" });
});

test("all messages of a folder come page by page", async () => {
  world = await openWorld();
  const first = await message("0");
  for (let at = 0; at < 101; at++)
    await world.graph.mail.createMessage({ ...first, properties: { [property]: `${at}` } });
  const values: unknown[] = [];
  for await (const page of world.graph.mail.listMessages({
    ...user(),
    folderId: first.folderId,
    propertyId: property,
  }))
    values.push(...page.map((found) => found.values[property]));
  expect(new Set(values).size).toBe(101);
});

test("a large file goes by upload session, a small one in one request", async () => {
  world = await openWorld();
  const messageId = await world.graph.mail.createMessage(await message("1"));
  const size = 4 * 1_024 * 1_024 + 5;
  await world.graph.mail.addAttachment({ ...user(), messageId, file: file("small.bin", 10) });
  await world.graph.mail.addAttachment({ ...user(), messageId, file: file("large.bin", size) });
  expect(await world.graph.mail.listAttachments({ ...user(), messageId })).toEqual([
    { name: "small.bin", size: 10 },
    { name: "large.bin", size },
  ]);
});

test("a message is sent once, also when nobody knows whether it took", async () => {
  world = await openWorld();
  const given = await message("1");
  world.simulator.setFaults({ errors: { POST: 1 }, appliedThoughFailed: 1 });
  expect(await failureOf(world.graph.mail.createMessage(given))).toMatchObject({
    code: "unavailable",
    retryable: true,
  });
  expect(world.simulator.listMail(anna)).toHaveLength(1);
});

test("messages go in by one batch, in order; what fails says why, and those behind it are not tried", async () => {
  world = await openWorld();
  const [first, second, third] = [await message("1"), await message("2"), await message("3")];
  const { folderId } = first;
  const batch = (messages: readonly (typeof first)[]) =>
    world.graph.mail.createMessages({ ...user(), folderId, messages });
  const made = await batch([first, second, third]);
  const keys = () => world.simulator.listMail(anna).map(({ internetMessageId }) => internetMessageId);
  expect(new Set(made).size).toBe(3);
  expect(new Set(keys())).toEqual(new Set([first, second, third].map((one) => one.internetMessageId)));
  const found = await world.graph.mail.findMessages({ ...user(), propertyId: property, values: ["2"] });
  expect(found.map(({ messageId }) => messageId)).toEqual([made[1]]);
  const gone = world.graph.mail.createMessages({ ...user(), folderId: "nowhere", messages: [first, second] });
  expect(await gone).toEqual([expect.objectContaining({ code: "notFound" }), null]);
  world.simulator.setFaults({ errors: { POST: 1 }, appliedThoughFailed: 1 });
  expect(await batch([await message("4"), await message("5")])).toEqual([
    expect.objectContaining({ code: "unavailable", retryable: true }),
    null,
  ]);
  // It is there although it failed: who repeats it looks first.
  expect(keys()).toHaveLength(4);
  await expect(batch([])).rejects.toThrow("1 to 20 messages");
});

test("a user is found by mail address in any case, and nobody by another", async () => {
  world = await openWorld();
  const find = (address: string) => world.graph.users.findByAddress({ tenantId, address, signal: patient() });
  expect(await find("ANNA@acme.example")).toEqual({ objectId: anna, userPrincipalName: "anna@acme.example" });
  expect(await find("o'brien@acme.example")).toBeNull();
});

test("no part of a file goes to an address that is not Exchange's", async () => {
  world = await openWorld();
  const call = { what: "upload", spec: {}, scopes: [], budgetEndsAt: 0 } as never;
  for (const url of [
    "https://office.com.evil.example/x",
    "http://outlook.office.com/x",
    "https://u:p@outlook.office.com/x",
    "https://outlook.office.com:8443/x",
    "nonsense",
  ])
    expect(
      await failureOf(
        uploadPart({ graphUrl: "https://graph.microsoft.com" } as never, call, {
          url,
          at: 0,
          part: new Uint8Array(1),
          size: 1,
        }),
      ),
    ).toMatchObject({ code: "invalidRequest" });
});
