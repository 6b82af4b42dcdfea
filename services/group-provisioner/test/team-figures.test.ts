import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GroupStatus, groupStatus, schemas, topicSettings } from "@hybrid/contracts";
import { actorIdOf, partitionOf } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openMemoryLog } from "@hybrid/log/testing";
import { openView } from "@hybrid/view";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { registerTeamFigures } from "../src/adapters/team-figures.ts";
import { teamStandings } from "../src/team-standings.ts";

const partitions = 2;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const status = (standing: GroupStatus["standing"], reason: string | null = null): GroupStatus => ({
  standing,
  step: null,
  reason,
  teamName: "Build",
  groupId: null,
  libraryUrl: null,
  spacesLinked: 0,
  spacesWaiting: 0,
  refused: [],
  refusedCount: 0,
  failures: 0,
  nextTryAt: null,
  at: 0,
});

const valuesOf = async (registry: Registry, name: string): Promise<Readonly<Record<string, number>>> => {
  const metric = await registry.getSingleMetric(name)!.get();
  return Object.fromEntries(
    metric.values.map(({ labels, value }) => [Object.values(labels).join(" "), value]),
  );
};

test("teams are counted by where they stand and why, the latest word of each; forgotten ones are not", async () => {
  const clock = new VirtualClock();
  const log = await openMemoryLog(clock);
  await log.createTopics([groupStatus, schemas].map((topic) => topicSettings(topic, partitions)));
  const folder = await mkdtemp(join(tmpdir(), "hybrid-groups-"));
  const view = openView({
    definition: teamStandings,
    path: join(folder, "view.sqlite"),
    scheduler: clock,
    logger: quiet,
  });
  onTestFinished(async () => {
    await view.close();
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  const registry = new Registry();
  registerTeamFigures(registry, view);
  // Before the topic has been read there is no figure, not a 0 that is wrong.
  expect(await valuesOf(registry, "hybrid_group_teams")).toEqual({});
  const told = async (team: string, value: GroupStatus | null): Promise<void> => {
    const key = actorIdOf(`acme/r-${team}`);
    const bytes = value === null ? null : groupStatus.encode(value);
    const partition = partitionOf(key, partitions);
    await log.append([{ topic: groupStatus.name, partition, key, value: bytes, timestamp: clock.now() }]);
  };
  await told("one", status("making"));
  await told("one", status("connected"));
  await told("two", status("blocked", "noOwner"));
  await told("three", status("blocked", "noOwner"));
  await told("four", status("disconnected", "groupDeleted"));
  await told("five", status("connected"));
  await told("five", null);
  view.follow(log, partitions);
  await view.caughtUp();
  expect(await valuesOf(registry, "hybrid_group_teams")).toEqual({
    noticed: 0,
    making: 0,
    connected: 1,
    blocked: 2,
    disconnected: 1,
  });
  expect(await valuesOf(registry, "hybrid_group_teams_troubled")).toEqual({
    "blocked noOwner": 2,
    "disconnected groupDeleted": 1,
  });
});
