import { expect, test } from "vitest";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid } from "./run-hybrid.ts";

test("explain event asks Graph for an event by its id, and writes nothing", { timeout: 60_000 }, async () => {
  const { graph, environment } = await clouds(await folder());
  const startAt = Date.now() + 86_400_000;
  const event = { subject: "Planning", startAt, endAt: startAt + 3_600_000, location: "@webex" };
  const { immutableId, etag } = graph.createEvent(objectIdOf(1), event);
  const place = ["--tenant", tenantId, "--user", objectIdOf(1)];
  const said = await hybrid(["explain", "event", immutableId, ...place], environment);
  expect(said).toMatchObject({ code: 0, stderr: "" });
  expect(said.stdout).toContain("keyword: @webex, asks for personalRoom");
  expect(graph.readEvent(objectIdOf(1), immutableId).etag).toBe(etag);
  const missing = await hybrid(["explain", "event", "AAkNobody=", ...place], environment);
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("has no event") });
  const half = await hybrid(["explain", "event", "x", "--user", "y"], environment);
  expect(half).toMatchObject({ code: 2, stderr: expect.stringContaining("give both") });
});
