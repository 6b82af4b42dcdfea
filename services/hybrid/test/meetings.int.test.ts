import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RoomStatus, roomCommands, roomStatus, topicSettings } from "@hybrid/contracts";
import { actorIdOf, instant, partitionOf } from "@hybrid/kernel";
import { openEmbeddedLog } from "@hybrid/log";
import { expect, onTestFinished, test } from "vitest";
import { program } from "../src/program.ts";
import { catalog } from "../src/service-list.ts";
import { recordsOf } from "../src/users-view.ts";
import { logPathIn } from "../src/with-log.ts";
import { clouds, folder, freePort, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

test("every command of meetings has help with an example", () => {
  const parent = program().commands.find((command) => command.name() === "meetings");
  expect(parent?.commands.map((command) => command.name())).toEqual([
    "list",
    "watch",
    "join",
    "schedule",
    "edit",
    "cancel",
    "answer",
    "free",
    "token",
    "link",
  ]);
  for (const command of parent?.commands ?? []) {
    let help = "";
    command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
    expect(help).toContain(`pnpm hybrid meetings ${command.name()}`);
  }
});

test("rooms are ordered and listed", { timeout: 60_000 }, async () => {
  const at = await folder();
  const log = await openEmbeddedLog({ path: logPathIn(at), clock: { now: () => instant(Date.now()) } });
  await log.createTopics(catalog.allTopics.map((topic) => topicSettings(topic, 2)));
  const room: RoomStatus = {
    name: "Oslo",
    mailAddress: "oslo@acme.example",
    objectId: null,
    devices: [
      {
        deviceId: "d",
        name: "Board",
        standing: "offline",
        code: "conflict",
        nextTryAt: Date.UTC(2026, 0, 5),
      },
    ],
    bookings: 3,
    findings: ["commentsDeleted"],
    unreadable: null,
    at: 1,
  };
  const status = actorIdOf("acme/w-0a0a0a0a-1111-4111-8111-000000000001");
  await log.append([
    {
      topic: roomStatus.name,
      partition: partitionOf(status, 2),
      key: status,
      value: roomStatus.encode(room),
      timestamp: instant(1),
    },
  ]);
  const place = ["--org", "acme", "--data", at];
  const list = await hybrid(["rooms", "list", ...place]);
  expect(list.stdout).toContain(
    "Oslo\toslo@acme.example\t3\tnoMailbox, commentsDeleted\tBoard\toffline (conflict)\t2026-01-05T00:00",
  );
  expect(list.stdout).toContain("DeleteComments $false");
  const follow = ["rooms", "follow", ...place, "--tenant", tenantId, "--json"];
  expect(await hybrid(follow)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"acme" is not known'),
  });
  await hybrid(["tenants", "authorize", tenantId, ...place]);
  expect(await hybrid(follow)).toMatchObject({ code: 0, stderr: "" });
  const orders: unknown[] = [];
  for await (const record of recordsOf({ log, partitions: 2 }, roomCommands)) orders.push(record);
  expect(orders).toMatchObject([{ key: "acme/o", value: { kind: "follow", tenantId } }]);
  await log.close();
});

const key = Buffer.alloc(32, 9).toString("base64");

test("a person's meeting comes onto the list, can be joined, and goes; nobody without the key sees it", {
  timeout: 120_000,
}, async () => {
  /*
   * Goal: the whole way in processes of their own: Graph tells, the list is made, the API gives it, and the
   * command line shows it.
   * Given: services that run against both simulated clouds, and one Active user with a meeting that begins
   * in a minute.
   * Then: list, join and watch show it; a change reaches the watcher; a cancelled one can be joined no more.
   */
  const at = await folder();
  const apiPort = await freePort();
  const { graph, environment: reached } = await clouds(at);
  const environment = { ...reached, API_PORT: String(apiPort), MEETINGS_TOKEN_KEY: key };
  const startAt = Date.now() + 60_000;
  const event = {
    subject: "Planning",
    startAt,
    endAt: startAt + 3_600_000,
    location: "https://acme.webex.com/meet/ada",
  };
  const { immutableId } = graph.createEvent(objectIdOf(1), event);
  const services = startHybrid(["up"], environment);
  onTestFinished(async () => {
    services.kill("SIGTERM");
    await services.ended;
  });
  await services.prints(/all services run/);
  const people = `objectId,tenantId,mailAddress,userId\n${objectIdOf(1)},${tenantId},user1@acme.example,4711\n`;
  await writeFile(join(at, "people.csv"), people);
  await hybrid(["users", "import", join(at, "people.csv"), "--org", "acme"], environment);
  await hybrid(["tenants", "authorize", tenantId, "--org", "acme"], environment);
  const api = ["--api", `http://127.0.0.1:${apiPort}`];

  const watching = startHybrid(["meetings", "watch", "acme/u-4711", "--json", ...api], environment);
  onTestFinished(() => watching.kill("SIGKILL"));
  await watching.prints(/"event":"join","meetings":\[\{.*"subject":"Planning"/);

  const list = await hybrid(["meetings", "list", "user1@acme.example", "--json", ...api], environment);
  expect(JSON.parse(list.stdout)).toMatchObject([
    { subject: "Planning", isOrganizer: true, join: { service: "webex", url: event.location }, noJoin: null },
  ]);
  const joined = await hybrid(["meetings", "join", "acme/u-4711", ...api], environment);
  expect(joined).toMatchObject({ code: 0, stdout: `${event.location}\n` });

  graph.updateEvent(objectIdOf(1), immutableId, {
    subject: "Planning, moved",
    startAt: startAt + 7_200_000,
    endAt: startAt + 9_000_000,
  });
  await watching.prints(/"event":"change".*"subject":"Planning, moved"/);
  await watching.prints(/"event":"join","meetings":\[\]\}\n$/);
  expect((await hybrid(["meetings", "join", "acme/u-4711", ...api], environment)).code).toBe(1);

  const tomorrow = (minutes: number) => new Date(startAt + 86_400_000 + minutes * 60_000).toISOString();
  const words = ["--subject", "Review", "--start", tomorrow(0), "--end", tomorrow(30), "--keyword", "@webex"];
  const made = await hybrid(["meetings", "schedule", "acme/u-4711", ...words, "--json", ...api], environment);
  const { id } = JSON.parse(made.stdout);
  await watching.prints(/"event":"change".*"subject":"Review".*"service":"webex"/);
  const edit = ["meetings", "edit", "acme/u-4711", id, "--subject", "Review, edited", "--json", ...api];
  expect(JSON.parse((await hybrid(edit, environment)).stdout)).toMatchObject({ subject: "Review, edited" });
  await watching.prints(/"event":"change".*"subject":"Review, edited"/);
  const period = ["--from", tomorrow(0), "--to", tomorrow(60)];
  const free = ["meetings", "free", "acme/u-4711", "user1@acme.example", ...period, "--json", ...api];
  expect(JSON.parse((await hybrid(free, environment)).stdout)).toMatchObject([
    { busy: [{ start: tomorrow(0), end: tomorrow(30), status: "busy" }] },
  ]);
  expect(
    (await hybrid(["meetings", "answer", "acme/u-4711", id, "accept", ...api], environment)).stderr,
  ).toMatch(/invalidRequest: .*organizer/);
  await hybrid(["meetings", "cancel", "acme/u-4711", id, "--comment", "Not needed", ...api], environment);
  await watching.prints(new RegExp(`"event":"change","id":"${id}","meeting":null`));

  const daily = ["--repeat", "daily", "--times", "3", "--time-zone", "Europe/Oslo"];
  const standUp = ["--subject", "Stand-up", ...words.slice(2), ...daily];
  const series = await hybrid(
    ["meetings", "schedule", "acme/u-4711", ...standUp, "--json", ...api],
    environment,
  );
  const first = JSON.parse(series.stdout);
  expect(first).toMatchObject({ start: tomorrow(0), seriesId: expect.any(String) });
  const busy = async () => JSON.parse((await hybrid(free, environment)).stdout)[0].busy;
  expect(await busy()).toHaveLength(1);
  // At once, whether the list has it or not.
  await hybrid(["meetings", "cancel", "acme/u-4711", first.id, "--scope", "series", ...api], environment);
  expect(await busy()).toEqual([]);
  const wrong = ["--subject", "Fair", "--all-day", "--start", tomorrow(0)];
  expect(
    (await hybrid(["meetings", "schedule", "acme/u-4711", ...wrong, ...api], environment)).stderr,
  ).toContain("first day");

  const stranger = { ...environment, MEETINGS_TOKEN_KEY: Buffer.alloc(32, 8).toString("base64") };
  const refused = await hybrid(["meetings", "list", "acme/u-4711", ...api], stranger);
  expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("noAccess") });
  const other = await hybrid(["meetings", "list", "acme/u-4712", "--json", ...api], environment);
  expect(JSON.parse(other.stdout)).toEqual([]);
  watching.kill("SIGTERM");
  expect((await watching.ended).code).toBe(0);
});

test("a mistake is answered with what to give instead", async () => {
  const key32 = { MEETINGS_TOKEN_KEY: key };
  const none = await hybrid(["meetings", "token", "acme/u-1"]);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("MEETINGS_TOKEN_KEY") });
  const long = await hybrid(["meetings", "token", "acme/u-1", "--for", "31d"], key32);
  expect(long).toMatchObject({ code: 2, stderr: expect.stringContaining("30 days") });
  const closed = `http://127.0.0.1:${await freePort()}`;
  const silent = await hybrid(["meetings", "join", "acme/u-1", "--api", closed], key32);
  expect(silent).toMatchObject({ code: 2, stderr: expect.stringContaining("does not answer") });
  const { stdout } = await hybrid(["meetings", "token", "acme/u-1", "--json"], key32);
  expect(JSON.parse(stdout)).toMatchObject({ user: "acme/u-1", token: expect.stringMatching(/^eyJ/) });
  const link = await hybrid(["meetings", "link", "acme/u-1", "--api", "https://a.example/"], key32);
  expect(link.stdout).toMatch(/^https:\/\/a\.example\/meetings\/#token=eyJ[\w.-]+\n$/);
});
