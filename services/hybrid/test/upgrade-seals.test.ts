import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkpointTopic, journalTopic, topicSettings } from "@hybrid/contracts";
import { type ActorId, actorIdOf, days, partitionOf } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { type RunningService, runService, runtimeMetrics, seededRandom } from "@hybrid/runtime";
import { settle } from "@hybrid/runtime/testing";
import { KeyRing, openTexts, openValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { actorsOf } from "@hybrid/service";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { clearLeft } from "../src/keys/clear-left.ts";
import { catalog, services } from "../src/service-list.ts";
import { folder } from "./clouds.ts";
import { oldStates, partitions, secret, startAt, writeOld } from "./old-shapes.ts";

/*
 * Goal: what releases before sealing have stored and written of people, in the shapes that they had, cannot
 * be read any more once the services of this release have started, and says the same. Bytes are searched.
 */

const machines = services.flatMap((service) => actorsOf(service).map(({ topology }) => topology));
const wanted = new Set(oldStates.map(({ machine }) => machine));
const topologies = machines.filter(({ service, past }) => past !== undefined || wanted.has(service));

const open = async () => {
  const data = await folder();
  const clock = new VirtualClock(startAt);
  const path = join(data, "log.sqlite");
  const made = { data, path, clock, vault: new TestVault(), log: await openEmbeddedLog({ path, clock }) };
  await made.log.createTopics(catalog.allTopics.map((topic) => topicSettings(topic, partitions)));
  return made;
};

type Opened = Awaited<ReturnType<typeof open>>;

/** Stores states, and a step of the first one in the journal, as an older worker has left them. */
const storeOld = async ({ log }: Opened): Promise<void> => {
  for (const { service: machine } of topologies) {
    const topology = machines.find(({ service }) => service === machine)!;
    const [journal, checkpoint] = [journalTopic(machine), checkpointTopic(machine)];
    const group = {
      service: machine,
      sources: topology.sources.map(({ topic }) => topic.name),
      journal: journal.name,
      checkpoint: checkpoint.name,
      partitions,
    };
    const assigned = new Set<number>();
    const member = await log.join(group, {
      assigned: (one) => void assigned.add(one),
      revoked: async () => {},
    });
    await expect.poll(() => assigned.size).toBe(partitions);
    // Every partition has worked before.
    for (let partition = 0; partition < partitions; partition++) {
      const owned = await member.fence(partition);
      await owned.commit({
        journal: [],
        outputs: [],
        checkpoint: [],
        position: { sources: {}, at: startAt },
      });
      await owned.close();
    }
    for (const { version, key, state } of oldStates.filter((old) => old.machine === machine)) {
      const owned = await member.fence(partitionOf(key as ActorId, partitions));
      const common = {
        seq: 1,
        at: startAt,
        stateVersion: version,
        state: JSON.stringify(state),
        pending: [],
        suppressed: [],
      };
      const origin = { kind: "timer", name: "test", partition: 0, offset: 0 } as const;
      await owned.commit({
        journal: [
          {
            key: key as ActorId,
            value: journal.encode({
              ...common,
              origin,
              input: '{"kind":"test"}',
              effects: "[]",
              parking: null,
            }),
          },
        ],
        outputs: [],
        checkpoint: [{ key: key as ActorId, value: checkpoint.encode({ ...common, parked: null }) }],
        position: { sources: {}, at: startAt },
      });
      await owned.close();
    }
    await member.leave();
  }
};

/** Runs every service of this release until nothing is left to do; nothing outside ever answers. */
const runToday = async (
  { clock, vault }: Opened,
  log: Log,
  look: (running: readonly RunningService[]) => Promise<void> = async () => {},
): Promise<void> => {
  const running: RunningService[] = [];
  const registry = new Registry();
  for (const topology of topologies)
    running.push(
      await runService({
        topology,
        handlers: Object.fromEntries(
          Object.keys(topology.calls).map((kind) => [kind, () => new Promise(() => undefined)]),
        ),
        log,
        topics: catalog.allTopics,
        partitions,
        scheduler: clock,
        random: seededRandom(1),
        logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
        metrics: runtimeMetrics(registry),
        keys: new KeyRing({ vault, clock }),
        deadlineTimer: () => () => undefined,
      }),
    );
  for (const service of running) await service.ready();
  await settle(running, { waitForCalls: false });
  expect(running.flatMap((service) => service.parked())).toEqual([]);
  await look(running);
  const stopped = Promise.all(running.map((service) => service.stop()));
  clock.advanceBy(10_000);
  await stopped;
};

const bytesFound = async ({ data, path, log }: Opened): Promise<number> => {
  await log.close();
  const db = new DatabaseSync(path);
  db.exec("VACUUM");
  db.close();
  let found = 0;
  for (const name of await readdir(data))
    found += (await readFile(join(data, name), "latin1")).split(secret).length - 1;
  return found;
};

const left = async ({ log, path }: Opened): Promise<readonly string[]> =>
  (await clearLeft({ log, partitions }, { kind: "embedded", path })).map(
    ({ topic, endsAt }) => `${topic} ${endsAt === null ? "now" : (endsAt - startAt) / days(1)}`,
  );

test("states and records of releases before sealing are sealed, say the same, and the rest ends by retention", async () => {
  const made = await open();
  await storeOld(made);
  await writeOld(made.log);
  const before = await left(made);
  expect(before).toEqual(
    expect.arrayContaining([
      "user-state-checkpoint now",
      "decorator-checkpoint now",
      "directory-checkpoint now",
      "archiver-checkpoint now",
      "user-directory now",
      "user-status now",
      "people-findings now",
      "archive-status now",
      "meetings now",
      "audit-log 400",
      "user-state-journal 7",
    ]),
  );
  await runToday(made, made.log, async (running) => {
    for (const { machine, key, state } of oldStates) {
      const found = await running.find(({ service }) => service === machine)?.stateOf(key as ActorId);
      const opened = openTexts(openValue(found?.state, made.vault));
      expect(opened, `${machine} ${key}`).toMatchObject(state);
    }
    const detector = running.find(({ service }) => service === "mailbox-migration-detector");
    // Version 2 of the detector: a cluster that is there was never taken away.
    expect((await detector?.stateOf(actorIdOf("acme/o")))?.state).toMatchObject({
      clusters: { north: { isGone: false, office365: 1 } },
      batchesSoFar: 3,
    });
  });
  const after = await left(made);
  expect(after.filter((line) => line.endsWith(" now"))).toEqual([]);
  expect(after).toContain("audit-log 400");
  made.clock.advanceBy(days(401));
  await made.log.clean(made.clock.now());
  expect(await left(made)).toEqual([]);
  expect(await bytesFound(made)).toBe(0);
});

test("a second start of the services writes nothing more", async () => {
  const made = await open();
  await storeOld(made);
  await writeOld(made.log);
  const ends = async (): Promise<readonly number[]> => {
    const found: number[] = [];
    for (const { name, partitions: count } of await made.log.topics())
      for (let partition = 0; partition < count; partition++)
        found.push((await made.log.offsets(name, partition)).end);
    return found;
  };
  await runToday(made, made.log);
  await runToday(made, made.log);
  const settled = await ends();
  await runToday(made, made.log);
  expect(await ends()).toEqual(settled);
  await made.log.close();
});
