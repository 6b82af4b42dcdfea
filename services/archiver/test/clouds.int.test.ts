import { hours, minutes } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { verify } from "../src/adapters/verify.ts";
import { itemProperty } from "../src/domain/keys.ts";
import { openClouds } from "./simulated-clouds.ts";
import { startAt, terms } from "./world.ts";

let clouds: Awaited<ReturnType<typeof openClouds>> | undefined;
afterEach(async () => {
  await clouds?.close();
  clouds = undefined;
});

const itemKey = itemProperty.replace(/\{[^}]+\}/, (guid) => guid.toLowerCase());
const window = () => ({
  from: startAt - hours(2),
  to: (clouds?.clock.now() ?? startAt) - minutes(1),
  terms,
  signal: AbortSignal.timeout(60_000),
});

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
    missing: [],
    doubled: [],
  });
  expect(runner.blobs.kept.size).toBe(0);

  const [lost] = mailOf("cem");
  graph.deleteMail(userIdOf("cem"), lost?.id ?? "");
  const found = await verify(runner.ports, window());
  expect(found.missing).toMatchObject([
    { itemId: lost?.extendedProperties[itemKey], email: "cem@acme.example" },
  ]);

  runner.crashes = { before: 0, after: 0 };
  runner.command({ kind: "rerun", from: startAt - hours(1), to: runner.driver.now });
  await runner.pass(minutes(30), minutes(1));
  expect(await verify(runner.ports, window())).toMatchObject({ wanted: 19, missing: [], doubled: [] });
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
