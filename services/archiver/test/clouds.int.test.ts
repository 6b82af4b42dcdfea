import type { ArchiveFailure, ArchiveImport } from "@hybrid/contracts";
import { hours, minutes } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { stableId } from "../src/adapters/stable-id.ts";
import { verify } from "../src/adapters/verify.ts";
import { archiveFolder, itemProperty } from "../src/domain/keys.ts";
import { openClouds } from "./simulated-clouds.ts";
import { startAt, tenantId, terms } from "./world.ts";

let clouds: Awaited<ReturnType<typeof openClouds>> | undefined;
afterEach(async () => {
  await clouds?.close();
  clouds = undefined;
});

const itemKey = itemProperty.replace(/\{[^}]+\}/, (guid) => guid.toLowerCase());
/** Everything that there is to compare, as it stands now. */
const window = () => {
  if (!clouds) throw new Error("the clouds are not open");
  const { runner, clock } = clouds;
  return {
    connector: "main",
    from: startAt - hours(2),
    to: clock.now() - minutes(1),
    terms,
    log: {
      days: runner.days(),
      imports: runner.emitted("archive-imports") as readonly ArchiveImport[],
      failures: runner.emitted("archive-failures") as readonly ArchiveFailure[],
    },
    signal: AbortSignal.timeout(60_000),
  };
};
const nothing = { missing: [], doubled: [], missingInLog: [], missingInSource: [], wrongDays: [] };

/** Ada, Ben and Cem talk for an hour; Dan comes late, Ben leaves, and a file is too large for one request. */
const talk = async () => {
  const opened = await openClouds(["ada", "ben", "cem", "dan"]);
  clouds = opened;
  const { runner, people, webex } = opened;
  const { ada, ben, cem, dan } = people;
  if (!ada || !ben || !cem || !dan) throw new Error("people are missing");
  const room = webex.spaces.createRoom(ada, "Project Birch");
  webex.spaces.addMember(ada.uuid, room, ben);
  webex.spaces.addMember(ada.uuid, room, cem);
  const later = (ms = minutes(1)): void => runner.advance(ms);
  later();
  const first = webex.spaces.post(ada, room, {
    markdown: "Hello <@personEmail:ben@acme.example|Ben>, *can* we start?",
  });
  later();
  webex.spaces.post(ben, room, { text: "Yes, we can", parentUuid: first.uuid });
  later();
  webex.spaces.edit(first, "Hello all", "Hello **all**");
  later();
  webex.spaces.addMember(ada.uuid, room, dan);
  later();
  const bytes = Buffer.alloc(4 * 1_024 * 1_024 + 7, 1);
  const file = { name: "plan.bin", contentType: "application/octet-stream", bytes, state: "clean" as const };
  webex.spaces.post(cem, room, { text: "The plan", files: [file] });
  later();
  const membership = webex.spaces.membership(room.uuid, ben.uuid);
  if (membership) webex.spaces.removeMember(ada.uuid, membership);
  later();
  const last = webex.spaces.post(dan, room, { text: "Where is Ben?" });
  later();
  webex.spaces.removeMessage(dan.uuid, last);
  later();
  return { ...opened, room };
};

test("a talk is archived for all who were there, the log adds up, and a loss is found and mended", async () => {
  const { runner, mailOf, graph, userIdOf } = await talk();
  runner.crashes = { before: 0.1, after: 0.1 };
  graph.setFaults({ errors: { POST: 0.1, GET: 0.05 }, appliedThoughFailed: 0.5 });
  runner.command({ pollEveryMs: minutes(15) });
  await runner.pass(hours(1), minutes(1));
  graph.setFaults({});
  const subjects = (name: string): number => mailOf(name).length;
  // Ada and Cem: all six; Ben: not what came after he left; Dan: not what came before he joined.
  expect(["ada", "ben", "cem", "dan"].map(subjects)).toEqual([6, 4, 6, 3]);
  for (const mail of mailOf("ada")) {
    expect(mail).toMatchObject({ folder: "Inbox/Webex Teams", subject: "Project Birch", isDraft: false });
    expect(mail.sentAt).toBeLessThan(startAt + hours(1));
  }
  const withFile = mailOf("cem").find(({ attachments }) => attachments.length > 0);
  expect(withFile?.attachments.map(({ name, size }) => [name, size])).toEqual([
    ["plan.bin", 4 * 1_024 * 1_024 + 7],
  ]);
  const [day] = runner.days();
  expect(day).toMatchObject({ source: 6, available: 19, failed: 0 });
  expect((day?.success ?? 0) + (day?.partial ?? 0) + (day?.skipped ?? 0)).toBe(19);
  expect(await verify(runner.ports, window())).toMatchObject({
    items: 6,
    wanted: 19,
    ...nothing,
  });
  expect(runner.blobs.kept.size).toBe(0);

  const [lost] = mailOf("cem");
  graph.deleteMail(userIdOf("cem"), lost?.id ?? "");
  const found = await verify(runner.ports, window());
  expect(found).toMatchObject({
    ...nothing,
    missing: [{ itemId: lost?.extendedProperties[itemKey], email: "cem@acme.example", isLogged: false }],
  });

  runner.crashes = { before: 0, after: 0 };
  runner.command({ kind: "rerun", from: startAt - hours(1), to: runner.driver.now });
  await runner.pass(minutes(30), minutes(1));
  expect(await verify(runner.ports, window())).toMatchObject({ wanted: 19, ...nothing });
  expect(runner.days().at(-1)).toMatchObject({ source: 12, available: 38, failed: 0 });
  expect(runner.days().at(-1)?.skipped).toBeGreaterThanOrEqual(18);
});

test("a folder that was renamed is made again, and there is never a second one", async () => {
  const { runner, graph, userIdOf, webex, people, room, mailOf } = await talk();
  runner.command({ pollEveryMs: minutes(15) });
  await runner.pass(minutes(30), minutes(1));
  graph.deleteMailFolder(userIdOf("ada"), "Inbox/Webex Teams");
  graph.renameMailFolder(userIdOf("cem"), "Inbox/Webex Teams", "Old chats");
  const { dan } = people;
  if (dan) webex.spaces.post(dan, room, { text: "Anybody?" });
  await runner.pass(minutes(30), minutes(1));
  expect(mailOf("ada").map(({ folder }) => folder)).toEqual(["Inbox/Webex Teams"]);
  expect(mailOf("cem").filter(({ folder }) => folder === "Inbox/Old chats")).toHaveLength(7);
  expect(graph.listMailFolders(userIdOf("ada")).filter((path) => path.includes("Webex"))).toHaveLength(1);
});

test("a loss is found on the side on which it is: in the log, in the source, in a mailbox", async () => {
  const { runner, mailOf, graph, userIdOf } = await talk();
  runner.command({ pollEveryMs: minutes(15) });
  await runner.pass(minutes(30), minutes(1));
  const whole = window();
  expect(await verify(runner.ports, whole)).toMatchObject({ items: 6, ...nothing });

  // The log loses the record of one item.
  const [logged] = whole.log.imports.flatMap(({ items }) => items);
  const imports = whole.log.imports.map((each) => ({
    ...each,
    items: each.items.filter(({ itemId }) => itemId !== logged?.itemId),
  }));
  expect(await verify(runner.ports, { ...whole, log: { ...whole.log, imports } })).toMatchObject({
    ...nothing,
    missingInLog: [{ itemId: logged?.itemId }],
  });

  // A mailbox loses a mail.
  const [lost] = mailOf("dan");
  graph.deleteMail(userIdOf("dan"), lost?.id ?? "");
  expect(await verify(runner.ports, whole)).toMatchObject({
    ...nothing,
    missing: [{ email: "dan@acme.example", itemId: lost?.extendedProperties[itemKey] }],
  });

  // The source loses an event.
  const [gone] = mailOf("ada");
  const itemId = gone?.extendedProperties[itemKey];
  const { webex } = runner.ports;
  const listEvents: typeof webex.listEvents = async function* (filter, signal) {
    for await (const page of webex.listEvents(filter, signal))
      yield { ...page, items: page.items.filter(({ id }) => stableId(id) !== itemId) };
  };
  const inSource = await verify({ ...runner.ports, webex: { ...webex, listEvents } }, whole);
  expect(inSource).toMatchObject({ missingInLog: [], items: 5 });
  expect(inSource.missingInSource.map(({ knownBy, email, itemId: id }) => [id, knownBy, email])).toEqual([
    [itemId, "log", null],
    [itemId, "mailbox", "ada@acme.example"],
    [itemId, "mailbox", "ben@acme.example"],
    [itemId, "mailbox", "cem@acme.example"],
  ]);
});

test("what is said in a meeting is archived for those who wrote in it, and what was sent to few for them alone", async () => {
  const opened = await openClouds(["ada", "ben", "cem"]);
  clouds = opened;
  const { runner, people, webex, mailOf } = opened;
  const { ada, ben, cem } = people;
  if (!ada || !ben || !cem) throw new Error("people are missing");
  const meetingId = "16ce696f75844d24b2d4fab04b4419af_I_183979003076423608";
  const said = { meetingId, recipients: [] };
  const first = webex.meetingChats.post({ ...said, person: ada, text: "Can we *start*?" });
  runner.advance(minutes(1));
  webex.meetingChats.post({ ...said, person: ben, text: "Yes" });
  runner.advance(minutes(1));
  webex.meetingChats.edit(first, "Can we start now?");
  webex.meetingChats.post({ meetingId, person: ben, recipients: [cem], text: "Ada is early" });
  runner.advance(minutes(1));
  runner.command({ pollEveryMs: minutes(15) });
  await runner.pass(minutes(30), minutes(1));
  const mailsOf = (name: string) =>
    mailOf(name)
      .toSorted((one, other) => (one.sentAt ?? 0) - (other.sentAt ?? 0))
      .map(({ body, subject }) => [
        subject,
        /Can we start now|Can we|Yes|Ada is early/.exec(body.content)?.[0],
      ]);
  const subject = "Webex meeting";
  expect(mailsOf("ada")).toEqual([
    [subject, "Can we"],
    [subject, "Yes"],
    [subject, "Can we start now"],
  ]);
  expect(mailsOf("ben")).toEqual([
    [subject, "Yes"],
    [subject, "Can we start now"],
    [subject, "Ada is early"],
  ]);
  expect(mailsOf("cem")).toEqual([[subject, "Ada is early"]]);
  expect(await verify(runner.ports, window())).toMatchObject({ items: 4, wanted: 7, ...nothing });
});

test("a mailbox shows what was said in several spaces in the order in which it was said", async () => {
  const opened = await openClouds(["ada", "ben"]);
  clouds = opened;
  const { runner, people, webex, userIdOf } = opened;
  const { ada, ben } = people;
  if (!ada || !ben) throw new Error("people are missing");
  const rooms = ["Birch", "Cedar", "Elm"].map((title) => {
    const room = webex.spaces.createRoom(ada, title);
    webex.spaces.addMember(ada.uuid, room, ben);
    return room;
  });
  runner.advance(minutes(1));
  const said: string[] = [];
  for (let number = 0; number < 30; number++) {
    const room = rooms[Math.floor(runner.random() * rooms.length)];
    // Some are told late: they reach the mailbox long after what was said later.
    webex.feedFaults.lateByMs = number % 7 === 3 ? minutes(8) : 0;
    if (room) webex.spaces.post(number % 2 === 0 ? ada : ben, room, { text: `Number ${number}.` });
    said.push(`Number ${number}.`);
    runner.advance(minutes(1));
    if (number === 10) runner.command({ pollEveryMs: minutes(2) });
    await runner.settle();
  }
  await runner.pass(minutes(30), minutes(1));
  const { mail } = runner.ports.graph;
  const mailbox = { tenantId, userObjectId: userIdOf("ben"), signal: AbortSignal.timeout(60_000) };
  const folder = { ...mailbox, parent: "inbox", displayName: archiveFolder };
  const folderId = (await mail.findFolder(folder)) ?? "";
  const imported = opened.mailOf("ben");
  const bodyOf = new Map(imported.map(({ immutableId, body }) => [immutableId, body.content]));
  const shown: (string | undefined)[] = [];
  for await (const page of mail.listMessages({ ...mailbox, folderId, propertyId: itemProperty }))
    for (const { messageId } of page) shown.push(/Number \d+\./.exec(bodyOf.get(messageId) ?? "")?.[0]);
  // The newest first, as Graph gives a folder.
  expect(shown.toReversed()).toEqual(said);
  expect(imported.map(({ body }) => /Number \d+\./.exec(body.content)?.[0])).not.toEqual(said);
});
