import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataTopics, organisationKeys, userKeys } from "@hybrid/contracts";
import { instant } from "@hybrid/kernel";
import { type Log, pagesOf } from "@hybrid/log";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import { openKeys } from "../src/keys/open-keys.ts";
import { openerOf } from "../src/keys/opener.ts";
import { type LogPlace, openLog } from "../src/log-place.ts";
import { storedRecords } from "../src/users/stored-records.ts";
import { clouds, folder, objectIdOf, tenantId, webexOrg } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

const partitions = 2;
const sealing =
  "directory,user-state,decorator,notification-ingest,archiver,group-provisioner,webhook-keeper,meetings," +
  "presence,mailbox-migration-detector,control-hub";
const keysText = Buffer.alloc(32, 8).toString("base64url");

/** Every file below a folder with its content. */
const filesIn = async (at: string): Promise<readonly (readonly [string, Buffer])[]> => {
  const files: (readonly [string, Buffer])[] = [];
  for (const name of await readdir(at, { recursive: true })) {
    const path = join(at, name);
    if ((await stat(path)).isFile()) files.push([name, await readFile(path)]);
  }
  return files;
};

const nameOf = (text: string, files: readonly (readonly [string, Buffer])[]): readonly string[] =>
  files.flatMap(([name, content]) => (content.includes(text) ? [name] : []));

/** All that can be read in a log with the keys that there are, as one text for each record; and all salts. */
const contentOf = async (place: LogPlace) => {
  const clock = { now: () => instant(Date.now()) };
  const log = await openLog(place, { clock });
  const keyPlace = { kind: "setting", name: "KEY_ENCRYPTION_KEYS", read: async () => keysText } as const;
  const keys = openKeys(log, { partitions, clock, place: keyPlace });
  try {
    const texts: string[] = [];
    for await (const record of storedRecords({ log, partitions, opener: openerOf(keys.ring) }, place))
      texts.push(JSON.stringify(record));
    const salts = new Map<string, string>();
    for (let partition = 0; partition < partitions; partition++)
      for await (const page of pagesOf(log, { topic: userKeys.name, partition }))
        for (const { key, value } of page)
          if (value !== null && key !== null) salts.set(key, userKeys.decode(value).salt);
    return { texts, salts, kept: await keptOf(log) };
  } finally {
    await keys.close();
    await log.close();
  }
};

/** Keys of topics that keep the latest of every key for ever, each with its topic; keys of keys left out. */
const keptOf = async (log: Log): Promise<readonly string[]> => {
  const kept = new Set<string>();
  // On Kafka a topic is there when a service that runs has made it.
  const existing = new Set((await log.topics()).map(({ name }) => name));
  for (const { name: topic, retention } of dataTopics.filter(({ name }) => existing.has(name))) {
    if (retention.cleanup !== "compact" || [userKeys.name, organisationKeys.name].includes(topic)) continue;
    for (let partition = 0; partition < partitions; partition++)
      for await (const page of pagesOf(log, { topic, partition }))
        for (const { key, value } of page) {
          if (value === null) kept.delete(`${topic} ${key}`);
          else kept.add(`${topic} ${key}`);
        }
  }
  return [...kept];
};

/** What stands under the names of the person who is erased, and of the one who stays. */
const under = (n: number, kept: readonly string[]): readonly string[] =>
  kept.filter((each) => new RegExp(` acme/(?:u-${n}(?:/|$)|o/(?:object|webex)-${objectIdOf(n)})`).test(each));

/** Topics in which something stands under a user's names. */
const topicsUnder = (n: number, kept: readonly string[]): readonly string[] => [
  ...new Set(under(n, kept).map((each) => each.split(" ", 1)[0] ?? "")),
];

const speaking = (texts: readonly string[], of: string): number =>
  texts.filter((text) => text.toLowerCase().includes(of)).length;

/** An organisation at work: two users Active, and an invitation of one to the other that has join details. */
const atWork = async (environment: Record<string, string>, at: string, { graph, webex }: Clouds) => {
  const [one, two, three] = webex.people();
  if (!one || !two || !three) throw new Error("people are missing");
  const token = { token: "officer", orgId: webexOrg, defaultSite: "acme.webex.com", isOfficer: true };
  webex.addToken({ ...token, person: stays });
  const room = webex.spaces.createRoom(two, "Salaries");
  for (const other of [one, three]) webex.spaces.addMember(two.uuid, room, other);
  const bytes = Buffer.from(`Of ${erased}`);
  const file = { name: "plan.txt", contentType: "text/plain", bytes, state: "clean" as const };
  webex.spaces.post(one, room, { text: `I am ${erased}`, files: [file] });
  await writeFile(join(at, "officer"), "officer\n");
  const up = startHybrid(["up", "--service", sealing], environment);
  onTestFinished(() => up.kill("SIGKILL"));
  await up.prints(/all services run/);
  const people = ["objectId,tenantId,mailAddress,userId"];
  for (const n of [1, 2]) people.push(`${objectIdOf(n)},${tenantId},user${n}@acme.example,${n}`);
  await writeFile(join(at, "people.csv"), `${people.join("\n")}\n`);
  const imported = await hybrid(["users", "import", join(at, "people.csv"), "--org", "acme"], environment);
  expect(imported).toMatchObject({ code: 0 });
  expect(await hybrid(["tenants", "authorize", tenantId, "--org", "acme"], environment)).toMatchObject({
    code: 0,
  });
  while (graph.listSubscriptions().length < 2) await hybrid(["users", "list"], environment);
  await moved(environment, graph);
  const startAt = Date.now() + 3_600_000;
  const { id } = graph.createEvent(objectIdOf(1), {
    subject: "Salary of user2@acme.example",
    location: "@webex",
    startAt,
    endAt: startAt + 3_600_000,
    body: "<p>Of user2@acme.example</p>",
  });
  while (!graph.readEvent(objectIdOf(1), id).body.content.includes("acme.webex.com"))
    await hybrid(["users", "list"], environment);
  const create = ["archive", "create", "main", "--org", "acme", "--tenant", tenantId, "--by", stays];
  expect(
    await hybrid([...create, "--accept-terms", "--yes", "--poll", "60000", "--json"], environment),
  ).toMatchObject({ code: 0 });
  await archived(environment);
  return up;
};

/** The first mailbox moves to a server of the organisation, is served by a connector there, and returns. */
const moved = async (environment: Record<string, string>, graph: Clouds["graph"]): Promise<void> => {
  const migrations = (...words: readonly string[]) =>
    hybrid(["migrations", ...words, "--org", "acme"], environment);
  const found = async (place: "onPremises" | "normal", isThere: () => boolean | Promise<boolean>) => {
    graph.setMailboxState(objectIdOf(1), place);
    expect(await migrations("force", "1")).toMatchObject({ code: 0 });
    while (!(await isThere())) await hybrid(["users", "list"], environment);
  };
  expect(await migrations("cluster", "north")).toMatchObject({ code: 0 });
  await found("onPremises", async () =>
    (await migrations("show", "1", "--json")).stdout.includes('"serving"'),
  );
  await found("normal", () => graph.listSubscriptions(objectIdOf(1)).length > 0);
};

/** Waits until what was said is in the mailboxes of those who have one; the third has none. */
const archived = async (environment: Record<string, string>): Promise<void> => {
  const show = ["archive", "log", "main", "--org", "acme", "--json"];
  for (;;) {
    const { stdout } = await hybrid(show, environment);
    if (/"success":[1-9]/.test(stdout)) return;
  }
};

type Clouds = Awaited<ReturnType<typeof clouds>>;

const erased = "user1@acme.example";
const stays = "user2@acme.example";

const erasure = async (given: Record<string, string>, place: LogPlace, at: string, all: Clouds) => {
  const environment = {
    ...given,
    WEBEX_ACCESS_TOKEN_FILE: join(at, "officer"),
    ARCHIVE_ADMINISTRATORS: stays,
    ARCHIVE_SEALING_KEY: Buffer.alloc(32, 9).toString("base64"),
    ARCHIVE_FOLDER: join(given["HYBRID_DATA_DIR"] ?? at, "blobs"),
  };
  /*
   * Goal: after an erasure nothing of the person can be read anywhere, and nobody else loses anything.
   * Method: real processes. Before: the address stands nowhere in clear, is shown by commands that have keys,
   * and is in the export. After: every topic, journal, state and dead letter is opened with all keys that
   * there are; log lines are searched as they are.
   */
  const up = await atWork(environment, at, all);
  const before = await contentOf(place);
  expect(speaking(before.texts, erased)).toBeGreaterThan(3);
  const listed = await hybrid(["users", "list"], environment);
  expect(listed.stdout).toContain(erased);
  const exported = await hybrid(["users", "export", erased], environment);
  const { records } = JSON.parse(exported.stdout) as { readonly records: readonly { topic: string }[] };
  const topics = new Set(records.map(({ topic }) => topic));
  const expected = [
    "user-directory",
    "user-status",
    "directory-journal",
    "user-state-checkpoint",
    "meetings",
  ];
  for (const topic of [...expected, "archiver-journal", "presence-journal"]) expect(topics).toContain(topic);
  // What is shared names others too: a space its members, an invitation whom it speaks of.
  const own = records.filter(({ topic }) => /^(?:directory|user-)/.test(topic));
  expect(JSON.stringify(own)).not.toContain(stays);

  const inEach = ["user-directory", "user-status", "meetings", "connector-assignments", "mailbox-migrations"];
  expect(topicsUnder(1, before.kept)).toEqual(expect.arrayContaining(inEach));
  expect(topicsUnder(2, before.kept)).toEqual(expect.arrayContaining(inEach.slice(0, 2)));
  const blobs = environment.ARCHIVE_FOLDER;
  expect((await filesIn(blobs)).length).toBeGreaterThan(0);

  expect(await hybrid(["users", "erase", erased], environment)).toMatchObject({ code: 2 });
  const done = await hybrid(["users", "erase", erased, "--yes", "--json"], environment);
  expect(JSON.parse(done.stdout)).toMatchObject({
    user: "acme/u-1",
    removed: true,
    subscriptionEnded: true,
    keys: { "acme/u-1": 1, [`acme/u-${objectIdOf(1)}`]: 1 },
    records: Object.fromEntries(inEach.map((topic) => [topic, { removed: expect.any(Number), left: 0 }])),
    archive: { spaces: 1, contents: 1, left: 0 },
    complete: true,
  });
  // The one message is the person's: nothing of it is left in the archive's own store.
  expect(await filesIn(blobs)).toEqual([]);
  // By an id it can be repeated, and finds nothing.
  const again = await hybrid(["users", "erase", "acme/u-1", "--yes", "--json"], environment);
  expect(JSON.parse(again.stdout)).toMatchObject({ records: {}, complete: true });
  expect(all.graph.listSubscriptions()).toHaveLength(1);
  const after = await contentOf(place);
  expect(after.texts.filter((text) => text.includes(erased))).toEqual([]);
  expect(speaking(after.texts, stays)).toBeGreaterThan(3);
  expect(under(1, after.kept)).toEqual([]);
  expect(under(2, after.kept)).toEqual(under(2, before.kept));
  expect((await hybrid(["users", "list"], environment)).stdout).toContain(stays);

  const offboard = ["tenants", "offboard", tenantId, "--org", "acme", "--destroy-keys", "--yes"];
  expect(await hybrid(offboard, environment)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("all of its keys are destroyed"),
  });
  const last = await contentOf(place);
  // Who ordered the archive stands in its topic in clear, for seven days.
  const readable = last.texts.filter((text) => !text.includes('"archive-commands"'));
  expect(readable.filter((text) => /@acme\.example|Salar/.test(text))).toEqual([]);
  up.kill("SIGTERM");
  const { stdout, stderr } = await up.ended;
  for (const output of [stdout, stderr]) expect(output).not.toContain("@acme.example");
  return { before, after, last };
};

test("what is stored of an erased person cannot be read anywhere: embedded log", {
  timeout: 240_000,
}, async () => {
  const at = await folder();
  const all = await clouds(at);
  const data = all.environment.HYBRID_DATA_DIR;
  const environment = {
    ...all.environment,
    LOG_PARTITIONS: String(partitions),
    KEY_ENCRYPTION_KEYS: keysText,
  };
  const place: LogPlace = { kind: "embedded", path: join(data, "hybrid.log.sqlite") };
  const { before, after, last } = await erasure(environment, place, at, all);
  const files = await filesIn(data);
  expect(files.length).toBeGreaterThan(0);
  expect(nameOf(erased, files)).toEqual([]);
  // The salts are in no file any more, deleted pages among them. Kafka's brokers compact by themselves.
  expect(last.salts.size).toBe(0);
  const gone = [...before.salts].filter(([key]) => !after.salts.has(key));
  expect(gone.length).toBeGreaterThan(1);
  for (const salt of [...before.salts.values(), ...after.salts.values()])
    expect(nameOf(salt, files)).toEqual([]);
});

const ability = await canRunKafka();

test.skipIf(!ability.ok)("the same on Kafka", { timeout: 240_000 }, async () => {
  const at = await folder();
  const all = await clouds(at);
  const kafka = await startKafka();
  onTestFinished(() => kafka.stop());
  const environment = {
    ...all.environment,
    KAFKA_BROKERS: kafka.brokers.join(","),
    KAFKA_REPLICATION_FACTOR: "1",
    LOG_PARTITIONS: String(partitions),
    KEY_ENCRYPTION_KEYS: keysText,
  };
  await erasure(environment, { kind: "kafka", brokers: kafka.brokers, clientId: "erasure" }, at, all);
});
