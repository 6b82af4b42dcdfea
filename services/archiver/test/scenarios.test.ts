import { type ArchiveFailure, type ArchiveStatus, webexEvents } from "@hybrid/contracts";
import { actorIdOf, days, hours, minutes, ProviderError, seconds } from "@hybrid/kernel";
import { openTexts } from "@hybrid/sealing";
import type { Content } from "@hybrid/webex";
import { expect, test } from "vitest";
import { refusalFor } from "../src/adapters/read-command.ts";
import { archiveFolder } from "../src/domain/keys.ts";
import { numbers } from "../src/domain/numbers.ts";
import { Scene, sceneOfTwo } from "./scene.ts";
import { archivist, startAt, terms } from "./world.ts";

const address = "https://webexapis.com/v1/contents/1";
const fileOf = (over: Partial<Extract<Content, { kind: "file" }>> = {}): Content => ({
  kind: "file",
  bytes: Buffer.from("plan"),
  mediaType: "text/plain",
  disposition: 'attachment; filename="plan.txt"',
  ...over,
});

/** A space of two in which a file was sent, whose address gives these answers one after another. */
const withFile = (answers: readonly Content[], url = address): Scene => {
  const scene = sceneOfTwo();
  scene.world.webex.contents.set(address, [...answers]);
  scene.say(0, { at: startAt - hours(1) }, { files: [url] });
  return scene;
};

const html = (scene: Scene): string => scene.mails(1)[0]?.order.html ?? "";

test("fault item 17: a file that is scanned three times holds its space back, and then comes along", async () => {
  const scanning: Content = { kind: "scanning", retryAfterMs: seconds(20) };
  const scene = withFile([scanning, scanning, scanning, fileOf()]);
  const behind = scene.say(1, { at: startAt - minutes(30) });
  scene.world.command({});
  await scene.world.pass(seconds(50), seconds(10));
  expect(scene.mails(0)).toEqual([]);
  await scene.world.pass(minutes(2), seconds(10));
  expect(scene.mails(0)[0]?.files).toEqual([{ name: "plan.txt", size: 4 }]);
  expect(scene.items(0)[1]).toBe(behind);
  expect(scene.world.days()).toMatchObject([{ available: 4, success: 4 }]);
});

test("fault item 17: a scan that never ends costs the file after an hour, not the message", async () => {
  const scene = withFile([{ kind: "scanning", retryAfterMs: null }]);
  scene.world.command({});
  await scene.world.pass(hours(2), minutes(1));
  expect(html(scene)).toContain("was still being scanned");
  expect(scene.world.days()).toMatchObject([{ available: 2, partial: 2 }]);
});

test.each([
  ["infected (410)", { kind: "infected" }, "holds malware"],
  ["unscannable (428)", { kind: "unscannable" }, "cannot be scanned"],
  ["past its retention (404)", { kind: "gone" }, "is not kept"],
  ["too large", { kind: "tooLarge", disposition: null }, "is larger than"],
] as const)("fault item 17: a file that is %s is left out with a note", async (_name, answer, note) => {
  const scene = withFile([answer]);
  scene.world.command({});
  await scene.world.pass(minutes(2));
  expect([html(scene).includes(note), scene.mails(0)[0]?.files]).toEqual([true, []]);
  expect(scene.world.days()).toMatchObject([{ available: 2, partial: 2, success: 0 }]);
});

test("fault item 17: a file of a host that is not Webex's is never fetched", async () => {
  const scene = withFile([fileOf()], "https://evil.example/v1/contents/1");
  scene.world.command({});
  await scene.world.pass(minutes(2));
  expect(html(scene)).toContain("lies outside Webex");
});

test("fault item 18: an event that shows up late, before the cursor, is archived all the same", async () => {
  const scene = sceneOfTwo();
  const late = scene.say(0, { at: startAt - seconds(30), visibleAt: startAt + minutes(7) });
  scene.world.command({ pollEveryMs: minutes(5) });
  await scene.world.pass(minutes(6));
  expect(scene.items(1)).toEqual([]);
  await scene.world.pass(minutes(10));
  expect(scene.items(1)).toEqual([late]);
});

test("fault item 18: ties of one millisecond and empty pages lose nothing and double nothing", async () => {
  const scene = sceneOfTwo();
  const at = startAt - hours(1);
  const said = Array.from({ length: 110 }, (_, number) =>
    scene.say(number % 2, { at: at + Math.floor(number / 55) }),
  );
  scene.world.webex.rates = { errors: 0, emptyPages: 0.5 };
  scene.world.command({ pollEveryMs: minutes(5) });
  await scene.world.pass(minutes(20));
  expect(scene.items(1)).toHaveLength(said.length);
  expect(new Set(scene.items(1))).toEqual(new Set(said));
});

test("fault item 18: an API error does not move the cursor", async () => {
  const scene = sceneOfTwo();
  const said = scene.say(0, { at: startAt - hours(1) });
  scene.world.webex.rates = { errors: 1, emptyPages: 0 };
  scene.world.command({ pollEveryMs: minutes(5) });
  await scene.world.pass(minutes(30));
  const status = scene.world.emitted("archive-status").at(-1) as ArchiveStatus;
  expect(status).toMatchObject({ problem: "unavailable", archivedTo: startAt - hours(24) });
  scene.world.webex.rates = { errors: 0, emptyPages: 0 };
  await scene.world.pass(minutes(30));
  expect(scene.items(1)).toEqual([said]);
});

test("fault item 19: what Webex cannot decrypt is waited for, and ciphertext is never archived", async () => {
  const scene = sceneOfTwo();
  const errors = { text: { code: "kms_failure", reason: "Key management server failed to respond." } };
  scene.say(0, { at: startAt - hours(1) }, { text: "eyJhbGciOiJkaXIi..ciphertext", errors });
  scene.webexHas({ withheld: ["text"] });
  scene.world.command({});
  await scene.world.pass(minutes(5));
  expect(scene.mails(1)).toEqual([]);
  scene.webexHas({ text: "In clear" });
  await scene.world.pass(minutes(5));
  expect(html(scene)).toContain("In clear");
  expect(html(scene)).not.toContain("ciphertext");
});

test("fault item 19: what stays undecipherable is failed and says so", async () => {
  const scene = sceneOfTwo();
  scene.say(0, { at: startAt - hours(1) }, { text: "x", errors: { text: { code: "kms_failure" } } });
  scene.webexHas({ withheld: ["text"] });
  scene.world.command({});
  await scene.world.pass(hours(2), minutes(1));
  expect(scene.mails(1)).toEqual([]);
  expect(scene.world.days()).toMatchObject([{ available: 2, failed: 2 }]);
  expect(scene.world.emitted("archive-failures")).toMatchObject([{ reason: "notDecrypted" }]);
});

test("fault item 23: a space whose id is written another way from now on is the same one, and nothing doubles", async () => {
  const scene = sceneOfTwo();
  const before = scene.say(0, { at: startAt - hours(1) });
  const after = scene.say(1, { at: startAt - minutes(30), cluster: "us-west-2_r" });
  scene.join(1, { at: startAt - minutes(20), cluster: "us-west-2_r" });
  scene.world.command({ pollEveryMs: minutes(5) });
  await scene.world.pass(minutes(30));
  expect([scene.items(0), scene.items(1)]).toEqual([
    [before, after],
    [before, after],
  ]);
});

test("step 1 of Set up: only somebody with the archive role makes a connector, and the refusal says who gives it", () => {
  const scene = sceneOfTwo();
  expect(() => scene.world.command({ by: "mallory@acme.example" })).toThrow("ARCHIVE_ADMINISTRATORS");
  expect(refusalFor("mallory@acme.example", [archivist])).toContain("Mailbox Import Export");
  expect(refusalFor(archivist.toUpperCase(), [archivist])).toBeNull();
  expect(refusalFor(archivist, null)).not.toBeNull();
});

test("step 4 of Set up: a name is given once, and the second order changes nothing", async () => {
  const scene = sceneOfTwo();
  scene.world.command({});
  scene.world.command({ terms: { ...terms, tenants: [] } });
  await scene.world.pass(minutes(1));
  const state = scene.world.driver.stateOf(actorIdOf("acme/c-main"));
  expect(openTexts(state)).toMatchObject({ createdBy: archivist, terms });
});

test("step 2 of the overview: every version becomes a mail of its own, edits and deletions too", async () => {
  const scene = sceneOfTwo();
  scene.say(0, { at: startAt - hours(1) });
  scene.say(0, { at: startAt - minutes(50) }, { text: "Hello you" }, "updated");
  scene.say(0, { at: startAt - minutes(40) }, { text: undefined }, "deleted");
  scene.webexHas({ text: "Hello you" });
  scene.world.command({});
  await scene.world.pass(minutes(5));
  const mails = scene.mails(1).map(({ order }) => order);
  expect(mails.map(({ html: body }) => /Hello you/.test(body))).toEqual([false, true, true]);
  expect(mails.map(({ inReplyTo }) => inReplyTo === mails[0]?.internetMessageId)).toEqual([
    false,
    true,
    true,
  ]);
  expect(mails.map(({ sentAt }) => sentAt)).toEqual([
    startAt - hours(1),
    startAt - minutes(50),
    startAt - minutes(40),
  ]);
});

test("step 4 of the overview: the folder Webex Teams below the Inbox is made once in each mailbox", async () => {
  const scene = sceneOfTwo();
  scene.world.mail.rates = { errors: 0.3, appliedThoughFailed: 0.7 };
  for (let number = 0; number < 30; number++) scene.say(0, { at: startAt - hours(1) + number });
  scene.world.command({});
  await scene.world.pass(hours(3), minutes(1));
  expect(scene.world.mail.byAddress("user1@acme.example").folders).toMatchObject([{ name: archiveFolder }]);
  expect(new Set(scene.items(1)).size).toBe(30);
  expect(scene.items(1)).toHaveLength(30);
});

test("step 1 of Map users: who has no mailbox is failed for each item and logged once", async () => {
  const scene = new Scene(1);
  scene.join(0, { at: startAt - hours(2) });
  scene.join(7, { at: startAt - hours(2) });
  scene.say(0, { at: startAt - hours(1) });
  scene.say(0, { at: startAt - minutes(50) });
  scene.world.command({});
  await scene.world.pass(minutes(5));
  expect(scene.world.days()).toMatchObject([{ source: 2, available: 4, success: 2, failed: 2 }]);
  const failures = scene.world.emitted("archive-failures") as readonly ArchiveFailure[];
  expect(failures).toMatchObject([{ reason: "mailboxMissing", userPrincipalName: null }]);
});

test("a catch-all mailbox gets what belongs to nobody's, each version once", async () => {
  const scene = new Scene(2);
  for (const user of [0, 7, 8]) scene.join(user, { at: startAt - hours(2) });
  const said = scene.say(0, { at: startAt - hours(1) });
  scene.world.command({ terms: { ...terms, catchAll: "user1@acme.example" } });
  await scene.world.pass(minutes(5));
  expect(scene.items(1)).toEqual([said]);
  expect(scene.world.days()).toMatchObject([{ available: 3, success: 2, skipped: 1, failed: 0 }]);
});

test("somebody whose joining is told late gets what was said since", async () => {
  const scene = new Scene(3);
  scene.join(0, { at: startAt - hours(2) });
  scene.join(2, { at: startAt - minutes(3), visibleAt: startAt + minutes(2) });
  const said = scene.say(0, { at: startAt - minutes(2) });
  scene.world.command({ pollEveryMs: minutes(3) });
  await scene.world.pass(minutes(1));
  expect([scene.items(0), scene.items(2)]).toEqual([[said], []]);
  await scene.world.pass(minutes(10));
  expect([scene.items(0), scene.items(2)]).toEqual([[said], [said]]);
});

test("a paused connector reads nothing, and goes on where it stopped", async () => {
  const scene = sceneOfTwo();
  scene.world.command({ pollEveryMs: minutes(5) });
  await scene.world.pass(minutes(2));
  scene.world.command({ kind: "pause" });
  const said = scene.say(0, { at: startAt + minutes(3) });
  await scene.world.pass(hours(3), minutes(5));
  expect(scene.items(1)).toEqual([]);
  scene.world.command({ kind: "resume" });
  await scene.world.pass(minutes(5));
  expect(scene.items(1)).toEqual([said]);
});

test("a connector that stood still for longer than Webex gives events out says what it lost", async () => {
  const scene = sceneOfTwo();
  scene.world.command({ pollEveryMs: hours(24) });
  await scene.world.pass(minutes(2));
  scene.world.command({ kind: "pause" });
  await scene.world.pass(days(100), days(1));
  scene.world.command({ kind: "resume" });
  await scene.world.pass(minutes(2));
  const status = scene.world.emitted("archive-status").at(-1) as ArchiveStatus;
  expect(status.lostBefore).toBeGreaterThan(startAt);
  expect(status.lostBefore).toBeLessThanOrEqual(scene.world.driver.now - numbers.historyMs);
});

test("copies for one mailbox go by one batch; after a lost answer each is there once all the same", async () => {
  const scene = sceneOfTwo();
  const said = Array.from({ length: 8 }, (_, at) => scene.say(0, { at: startAt - minutes(60 - at) }));
  const { asked, mail } = scene.world.mail;
  const createMessages = mail.createMessages.bind(mail);
  let lost = 0;
  Object.assign(mail, {
    createMessages: async (order: Parameters<typeof createMessages>[0]) => {
      const made = await createMessages(order);
      if (lost++ < 2) throw new ProviderError("lost", { code: "unavailable", retryable: true, status: 503 });
      return made;
    },
  });
  scene.world.command({});
  await scene.world.pass(minutes(30));
  expect([scene.items(0), scene.items(1)]).toEqual([said, said]);
  expect(scene.world.days()).toMatchObject([{ available: 16, success: 16 }]);
  expect(asked.filter((what) => what === "mail.createMessages").length).toBeLessThan(said.length);
});

test("a folder that a person deletes between two batches is made again, and no copy is lost", async () => {
  const scene = sceneOfTwo();
  const said = Array.from({ length: 5 }, (_, at) => scene.say(0, { at: startAt - minutes(60 - at) }));
  scene.world.command({});
  await scene.world.pass(minutes(5));
  const mailbox = scene.world.mail.byAddress("user1@acme.example");
  mailbox.folders.length = 0;
  const later = Array.from({ length: 5 }, (_, at) => scene.say(0, { at: startAt + minutes(5) + at }));
  await scene.world.pass(minutes(60), minutes(5));
  expect(scene.items(1)).toEqual([...said, ...later]);
  expect(mailbox.folders.map(({ name }) => name)).toEqual([archiveFolder]);
});

test("a message that a mailbox refuses for good is failed with its reason, and those behind it come through", async () => {
  const scene = sceneOfTwo();
  const bad = scene.say(0, { at: startAt - hours(1) });
  const good = scene.say(0, { at: startAt - minutes(30) });
  const { mail } = scene.world.mail;
  const createMessage = mail.createMessage.bind(mail);
  Object.assign(mail, {
    createMessage: async (order: Parameters<typeof createMessage>[0]) => {
      if (Object.values(order.properties).includes(bad))
        throw new ProviderError("no", { code: "invalidRequest", retryable: false, status: 400 });
      return await createMessage(order);
    },
  });
  scene.world.command({});
  await scene.world.pass(minutes(10));
  expect(scene.items(1)).toEqual([good]);
  expect(scene.world.days()).toMatchObject([{ available: 4, success: 2, failed: 2 }]);
  expect(scene.world.emitted("archive-failures")).toMatchObject([{ itemId: bad }, { itemId: bad }]);
});

test("what was said stands in no record and no state, and in the store only sealed", async () => {
  const scene = sceneOfTwo();
  const secret = "the salmon flies at noon";
  scene.say(0, { at: startAt - hours(1) }, { text: secret });
  scene.world.mail.rates = { errors: 1, appliedThoughFailed: 0 };
  scene.world.command({});
  await scene.world.pass(minutes(2));
  const stored = [...scene.world.blobs.kept.values()];
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.some((bytes) => bytes.includes("salmon"))).toBe(false);
  const { driver } = scene.world;
  const states = driver.actors("", null, 1_000).map((actor) => driver.stateOf(actor));
  expect(JSON.stringify([states, driver.emitted, driver.openCalls()])).not.toContain("salmon");
  const closed = driver.actors("", null, 1_000).map((actor) => driver.viewOf(actor));
  expect(JSON.stringify(closed)).not.toContain("@");
  scene.world.mail.rates = { errors: 0, appliedThoughFailed: 0 };
  await scene.world.pass(hours(2), minutes(5));
  expect([html(scene).includes(secret), scene.world.blobs.kept.size]).toEqual([true, 0]);
});

test("without the permission to write mail nothing is lost, and nothing is failed", async () => {
  const scene = sceneOfTwo();
  const said = scene.say(0, { at: startAt - hours(1) });
  const { users } = scene.world.mail;
  const findByAddress = users.findByAddress.bind(users);
  const refuse = async (): Promise<never> => {
    throw new ProviderError("no consent", { code: "consentRevoked", retryable: false, status: 400 });
  };
  Object.assign(users, { findByAddress: refuse });
  scene.world.command({});
  await scene.world.pass(hours(6), minutes(5));
  expect([scene.items(1), scene.world.days()]).toEqual([[], []]);
  Object.assign(users, { findByAddress });
  await scene.world.pass(hours(1), minutes(5));
  expect(scene.items(1)).toEqual([said]);
  expect(scene.world.days().at(-1)).toMatchObject({ available: 2, success: 2, failed: 0 });
});

test("a backfill tells how far it is", async () => {
  const scene = sceneOfTwo();
  for (let day = 1; day <= 30; day++) scene.say(0, { at: startAt - days(day) });
  scene.world.webex.rates = { errors: 0.1, emptyPages: 0 };
  scene.world.command({ from: startAt - days(40) });
  await scene.world.pass(hours(4), minutes(1));
  const told = scene.world.emitted("archive-status") as readonly ArchiveStatus[];
  const places = told.flatMap(({ roundAt }) => roundAt ?? []);
  expect(new Set(places).size).toBeGreaterThan(3);
  expect(told.at(-1)).toMatchObject({ roundAt: null, archivedTo: expect.closeTo(startAt, -8), openItems: 0 });
});

test("a delivery of a webhook makes the connectors of its space read soon; of an unknown space it changes nothing", async () => {
  const scene = sceneOfTwo();
  const first = scene.say(0, { at: startAt - hours(1) });
  scene.world.command({ pollEveryMs: hours(24) });
  await scene.world.pass(minutes(5));
  const second = scene.say(0, { at: startAt + minutes(5) });
  const hint = {
    webhookId: "w",
    resource: "messages",
    event: "created",
    itemId: "m",
    roomId: "r",
    personId: null,
    actorId: null,
    orgId: null,
    occurrence: null,
    receivedAt: scene.world.driver.now,
  };
  const tell = (room: string): void =>
    scene.world.driver.publish(webexEvents, actorIdOf(`acme/r-${room}`), hint);
  tell("unknown");
  await scene.world.pass(minutes(2), seconds(10));
  expect(scene.items(1)).toEqual([first]);
  for (let times = 0; times < 3; times++) tell(scene.roomUuid);
  await scene.world.pass(minutes(1), seconds(10));
  expect(scene.items(1)).toEqual([first, second]);
  expect(scene.world.driver.stateOf(actorIdOf("acme/r-unknown"))).toEqual({ kind: "none" });
});
