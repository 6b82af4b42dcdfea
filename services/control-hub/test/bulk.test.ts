import { adminCommands, adminOutcomes, userDirectory, userStatus } from "@hybrid/contracts";
import type { BulkJob, BulkJobs } from "@hybrid/control-hub-page/api";
import { expect, test, vi } from "vitest";
import { type Browser, entry, type Scene, scene, startAt, status } from "./scene.ts";
import { audited, written } from "./written.ts";

const csv = { "content-type": "text/csv" };

const plan = ({ post }: Scene, browser: Browser, text: string) =>
  post(browser, "/api/o/acme/bulk", text, csv);

const town = async () => {
  const made = await scene();
  const named = (name: string) => entry({ mailAddress: `${name}@acme.example` });
  await made.write(userDirectory, {
    "acme/u-ada": named("Ada"),
    "acme/u-bo": { ...named("bo"), wanted: false, enabled: false },
    "acme/u-cy": named("cy"),
    "acme/u-di": { ...named("di"), obstacles: ["notSignedIn"] },
    "acme/u-eve": named("shared"),
    "acme/u-fay": named("shared"),
    "rival/u-gus": named("gus"),
  });
  await made.write(userStatus, {
    "acme/u-ada": status(),
    "acme/u-cy": status({ to: "error", reason: "mailboxMissing" }),
  });
  return { ...made, browser: await made.signIn({ org: "acme", role: "support", name: "sam" }) };
};

test("a file is looked at first: what would change, and what is wrong in which line", async () => {
  const made = await town();
  const text = [
    "Mail address;User;Order",
    "ada@ACME.example;;disable",
    ";bo;Enable",
    ";cy;retry",
    ";cy;disable",
    ";di;retry",
    ";ada2;disable",
    "shared@acme.example;;disable",
    ";gus;disable",
    ";eve;explode",
    ";;disable",
    ";fay;enable",
  ].join("\n");
  const answer = await plan(made, made.browser, text);
  expect(answer.statusCode).toBe(201);
  const job = answer.json<BulkJob>();
  expect(job).toMatchObject({
    by: "sam",
    lines: 11,
    appliedAt: null,
    planned: { enable: 1, disable: 1, retry: 1, unchanged: 1, fault: 7 },
  });
  expect(job.faults.map(({ line, code }) => [line, code])).toEqual([
    [5, "twice"],
    [6, "keptBack"],
    [7, "unknownUser"],
    [8, "severalUsers"],
    [9, "unknownUser"],
    [10, "unknownOrder"],
    [11, "nobodyNamed"],
  ]);
  expect(await written(made.log, adminCommands)).toEqual([]);
});

test("its orders are given once, and what became of them is found again later, by all of the organisation", async () => {
  const made = await town();
  const { browser, post, get, log, vault, write } = made;
  const { id } = (await plan(made, browser, "User,Order\nada,disable\nbo,enable\ncy,retry")).json<BulkJob>();
  const place = `/api/o/acme/bulk/${id}`;
  expect((await post(browser, `${place}/apply`, {})).json()).toMatchObject({ outcomes: { waiting: 3 } });
  expect((await post(browser, `${place}/apply`, {})).statusCode).toBe(202);
  const orders = (await written(log, adminCommands)).toSorted((a, b) =>
    (a.key ?? "") < (b.key ?? "") ? -1 : 1,
  );
  expect(orders.map(({ key, value }) => [key, value.enabled, value.ifMatch, value.orderId])).toEqual([
    ["acme/o/user-ada", false, 3, id],
    ["acme/o/user-bo", true, 3, id],
    ["acme/o/user-cy", true, 3, id],
  ]);
  const acts = (await audited(log, vault))
    .map(({ value }) => value)
    .filter(({ act }) => act === "users.bulk");
  expect(acts).toMatchObject([{ by: "sam", role: "support", orderId: id }]);
  await write(adminOutcomes, {
    "acme/o/user-ada": { orderId: id, outcome: "applied", version: 4, at: startAt },
    "acme/o/user-bo": { orderId: id, outcome: "versionConflict", version: 5, at: startAt },
    "acme/o/user-cy": { orderId: "another", outcome: "applied", version: 5, at: startAt },
  });
  const other = await made.signIn({ org: "acme" });
  const jobs = (await get(other, "/api/o/acme/bulk")).json<BulkJobs>().jobs;
  expect(jobs).toMatchObject([{ id, outcomes: { waiting: 1, applied: 1, unchanged: 0, refused: 1 } }]);
  const report = (await get(other, `${place}/report.csv`)).body.split("\r\n");
  expect(report.slice(1, 4)).toEqual([
    "2,ada,disable,,applied",
    "3,bo,enable,,versionConflict",
    "4,cy,retry,,",
  ]);
  const rival = await made.signIn({ org: "rival" });
  expect((await get(rival, `/api/o/rival/bulk/${id}`)).statusCode).toBe(404);
});

test("what is no such file is refused, and so is one that is too large", async () => {
  const made = await town();
  const statusOf = async (text: string) => {
    const answer = await plan(made, made.browser, text);
    return [answer.statusCode, answer.json<{ type: string }>().type.split(":").at(-1)];
  };
  expect(await statusOf("User,What\nada,disable")).toEqual([400, "noColumns"]);
  expect(await statusOf('User,Order\n"ada,disable')).toEqual([400, "noCsv"]);
  expect(await statusOf(`User,Order\n${"x".repeat(20_000)},disable`)).toEqual([400, "noCsv"]);
  expect(await statusOf(`User,Order\n${"a,b\n".repeat(20_001)}`)).toEqual([413, "tooManyLines"]);
  expect(await statusOf("x".repeat(4_000_001))).toEqual([413, "tooLarge"]);
});

test("10,000 lines with errors are looked at and ordered, the report of users with one more column too", async () => {
  const made = await scene();
  const { write, get, post, signIn, log } = made;
  const ids = Array.from({ length: 10_000 }, (_, n) => n);
  await write(
    userDirectory,
    Object.fromEntries(ids.map((n) => [`acme/u-${n}`, entry({ mailAddress: `user${n}@acme.example` })])),
  );
  const browser = await signIn({ org: "acme" });
  const report = (await get(browser, "/api/o/acme/users.csv")).body.trimEnd().split("\r\n");
  expect(report).toHaveLength(10_001);
  // Every hundredth names nobody, every thousandth has no order.
  const lines = report.map((line, n) => {
    if (n === 0) return `${line},Order`;
    return `${n % 100 === 0 ? line.replace(/^\d+/, "nobody") : line},${n % 1_000 === 1 ? "" : "disable"}`;
  });
  const from = performance.now();
  const job = (await plan(made, browser, lines.join("\r\n"))).json<BulkJob>();
  expect(job.planned).toEqual({ enable: 0, disable: 9_890, retry: 0, unchanged: 0, fault: 110 });
  expect(job.faults).toHaveLength(110);
  await post(browser, `/api/o/acme/bulk/${job.id}/apply`, {});
  expect(performance.now() - from).toBeLessThan(10_000);
  const ends = await Promise.all([0, 1].map((partition) => log.offsets(adminCommands.name, partition)));
  expect(ends.reduce((sum, { end }) => sum + end, 0)).toBe(9_890);
  await vi.waitFor(async () => {
    const again = (await get(browser, `/api/o/acme/bulk/${job.id}`)).json<BulkJob>();
    expect(again.outcomes.waiting).toBe(9_890);
  });
});
