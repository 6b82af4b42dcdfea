import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

test("explain asks Graph for an event by its id, and writes nothing", { timeout: 60_000 }, async () => {
  const { graph, environment } = await clouds(await folder());
  const startAt = Date.now() + 86_400_000;
  const event = { subject: "Planning", startAt, endAt: startAt + 3_600_000, location: "@webex" };
  const { immutableId, etag } = graph.createEvent(objectIdOf(1), event);
  const place = ["--tenant", tenantId, "--user", objectIdOf(1)];
  const said = await hybrid(["explain", "event", immutableId, ...place], environment);
  expect(said).toMatchObject({ code: 0, stderr: "" });
  expect(said.stdout).toContain("keyword: @webex, asks for personalRoom");
  expect(graph.readEvent(objectIdOf(1), immutableId).etag).toBe(etag);
  const series = graph.createEvent(objectIdOf(1), {
    subject: "Weekly",
    startAt: Date.parse("2030-01-07T09:00:00Z"),
    endAt: Date.parse("2030-01-07T10:00:00Z"),
    recurrence: {
      pattern: { type: "weekly", interval: 1, daysOfWeek: ["monday"] },
      range: { type: "noEnd", startDate: "2030-01-07" },
    },
  });
  const from = Date.parse("2030-01-07");
  const second = graph.listInstances(objectIdOf(1), series.immutableId, from, from + 28 * 86_400_000)[1];
  const moved = Date.parse("2030-01-15T14:00:00Z");
  graph.updateEvent(objectIdOf(1), second?.id ?? "", { startAt: moved, endAt: moved + 3_600_000 });
  const window = ["--from", "2030-01-07", "--to", "2030-01-28"];
  const planned = await hybrid(
    ["explain", "occurrences", series.immutableId, ...window, ...place],
    environment,
  );
  expect(planned.stdout.match(/2030-01-.*(?:planned|changed)$/gm)).toEqual([
    "2030-01-07  2030-01-07T09:00:00.000Z to 2030-01-07T10:00:00.000Z  planned",
    "2030-01-14  2030-01-15T14:00:00.000Z to 2030-01-15T15:00:00.000Z  changed",
    "2030-01-21  2030-01-21T09:00:00.000Z to 2030-01-21T10:00:00.000Z  planned",
  ]);
  const missing = await hybrid(["explain", "event", "AAkNobody=", ...place], environment);
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("has no event") });
  const half = await hybrid(["explain", "event", "x", "--tenant", tenantId], environment);
  expect(half).toMatchObject({ code: 2, stderr: expect.stringContaining("give --user too") });
});

test("an organisation's rules are set, listed, tried and reset; decorator and explain judge by them", {
  timeout: 240_000,
}, async () => {
  const at = await folder();
  const { graph, environment } = await clouds(at);
  const ada = objectIdOf(1);
  const up = startHybrid(["up"], environment);
  onTestFinished(() => up.kill("SIGKILL"));
  await up.prints(/all services run/);
  const run = (...args: readonly string[]) => hybrid(args, environment);
  const rules = (...args: readonly string[]) => run("rules", ...args, "--org", "acme");
  const file = async (name: string, content: string): Promise<string> => {
    await writeFile(join(at, name), content);
    return join(at, name);
  };
  const rule = { name: "ours", service: "webex", hosts: ["join.acme.example"], path: "/[a-z]+" };
  const own = await file("own.json", JSON.stringify({ addresses: [rule] }));

  expect((await run("tenants", "authorize", tenantId, "--org", "acme", "--webex", "personalRoom")).code).toBe(
    0,
  );
  const broken = await file("broken.json", JSON.stringify({ addresses: [{ ...rule, path: "(" }, {}] }));
  const refused = await rules("set", broken);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain("addresses[0].path");
  expect(refused.stderr).toContain("addresses[1].hosts");
  expect((await rules("set", own, "--if-match", "0")).stdout).toContain("done (version 1)");
  expect(await rules("set", own, "--if-match", "7")).toMatchObject({ code: 1 });
  const listed = await rules("list");
  expect(listed.stdout).toMatch(/^ours\taddress\twebex\tany\tyes\torganisation\tjoin\.acme\.example$/m);
  expect(listed.stdout).toMatch(/^webex-personal-room\t.*\tshipped\t/m);
  expect(JSON.parse((await rules("show")).stdout)).toEqual({ addresses: [rule] });
  const text = await file("invitation.txt", "Join: https://join.acme.example/ada");
  expect((await rules("test", text)).stdout).toContain("fits ours");

  expect((await run("users", "sync", "--org", "acme")).code).toBe(0);
  expect((await run("users", "enable", "user1@acme.example")).code).toBe(0);
  const startAt = Date.now() + 86_400_000;
  const common = { startAt, endAt: startAt + 3_600_000, location: "@webex" };
  const link = '<a href="https://join.acme.example/ada">Join</a>';
  const ruled = graph.createEvent(ada, { ...common, subject: "Ruled", body: link }).immutableId;
  const plain = graph.createEvent(ada, { ...common, subject: "Plain", body: "<p>Plain</p>" }).immutableId;
  const isDecorated = (id: string): boolean =>
    graph.readEvent(ada, id).body.content.includes("hybrid-join-details");
  const decorated = (id: string): Promise<void> => expect.poll(() => isDecorated(id), within).toBe(true);
  await decorated(plain);
  const said = await run("explain", "event", ruled, "--user", "user1@acme.example", "--json");
  expect(JSON.parse(said.stdout)).toMatchObject({
    holdsRuledLink: true,
    decision: { kind: "skip", reason: "ownWebexLink" },
  });
  expect(isDecorated(ruled)).toBe(false);
  const body = await run("explain", "body", plain, "--user", ada);
  expect(body.stdout).toContain("1 elements bear the name of our block");

  expect((await rules("reset", "--if-match", "1")).stdout).toContain("done (version 2)");
  graph.updateEvent(ada, ruled, { subject: "Ruled no more" });
  await decorated(ruled);
});

/** Coalescing takes 2 seconds; the rest is a busy machine's. */
const within = { timeout: 60_000, interval: 200 };
