import { hours, minutes } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { World } from "./world.ts";

// With HYBRID_SCALE=1 all of them, at the rate of the day; else its first hour.
const teams = process.env["HYBRID_SCALE"] === "1" ? 1_000 : 50;
const people = 20;

test("teams at the rate of 1,000 a day: each gets its group, and Graph never throttles", async () => {
  const world = await World.open({
    people,
    groups: { siteDelayMs: [minutes(2), minutes(30)], replicationMs: [0, 3_000] },
    numbers: { feedEveryMs: minutes(5), followEveryMs: hours(6) },
  });
  const startedMs = performance.now();
  try {
    await world.begin();
    // A morning's crowd, then the rest spread over the day.
    for (let nth = 0; nth < teams; nth++) {
      world.addTeam(`Team ${nth}`, 1 + (nth % people), 1 + ((nth + 1) % people));
      if (nth >= 300 && nth % 50 === 0) await world.pass(minutes(60), minutes(5));
    }
    await world.pass(hours(8), minutes(5));
    const groups = world.graph.groups.list("11111111-1111-4111-8111-111111111111");
    expect(new Set(groups.map(({ uniqueName }) => uniqueName)).size).toBe(teams);
    expect(groups.every(({ members, folders }) => members.length === 2 && folders.length === 1)).toBe(true);
    const { requests, throttled, retryAfterViolations } = world.graph.metrics;
    const sum = (counts: readonly number[]): number => counts.reduce((before, count) => before + count, 0);
    const [toGraph, toWebex] = [
      requests.map(({ count }) => count),
      Object.values(world.webex.requestCounts()),
    ];
    console.info(
      `${teams} teams: ${sum(toGraph)} requests to Graph, ${sum(toWebex)} to Webex, ` +
        `${Math.round((performance.now() - startedMs) / 1_000)} s`,
    );
    expect(throttled).toBe(0);
    expect(retryAfterViolations).toBe(0);
  } finally {
    await world.close();
  }
}, 3_600_000);
