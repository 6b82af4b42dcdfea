import { defineTopic, schemas, topicSettings } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  from,
  instant,
  type OrgId,
  partitionOf,
  type Topology,
  userActor,
} from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openEmbeddedLog } from "@hybrid/log";
import { runService, runtimeMetrics, seededRandom } from "@hybrid/runtime";
import { settle } from "@hybrid/runtime/testing";
import { KeyRing, openTexts, openValue, ownUser, sealTopology, withKeys } from "@hybrid/sealing";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { localKeyPort, newKeyEncryptionKey, Vault } from "../src/index.ts";

interface Note {
  readonly note: string;
}
interface State extends Note {
  readonly seen: number;
}

const notes = defineTopic<Note>({
  name: "notes",
  doc: "A note.",
  keyDoc: "whose it is",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: 86_400_000 },
  writers: ["tests"],
  versions: [{ type: "record", name: "Note", fields: [{ name: "note", type: "string" }] }],
});

const topology: Topology<State, Note, never> = sealTopology<State, Note, never>(
  {
    service: "keeper",
    machine: ({ seen }, { note }) => ({ state: { note, seen: seen + 1 }, effects: [] }),
    initial: { note: "", seen: 0 },
    stateVersion: 1,
    upgrades: {},
    sources: [from(notes, (input, { key }) => ({ to: actorIdOf(key), input }))],
    calls: {},
    emits: [],
    timers: () => [],
    timerFired: () => ({ note: "" }),
    callFailed: () => ({ note: "" }),
  },
  { note: ownUser },
);

const partitions = 4;
const users: readonly ActorId[] = Array.from({ length: 20 }, (_, n) => userActor("acme" as OrgId, `${n}`));

test("keys of every level are rotated under load, and no step fails; then one user is erased, under load too", async () => {
  const clock = new VirtualClock(instant(Date.UTC(2026, 0, 5, 8)));
  const log = await openEmbeddedLog({ path: ":memory:", clock });
  const keys = { text: newKeyEncryptionKey() };
  const vault = new Vault({
    log,
    partitions,
    clock,
    keyPort: localKeyPort(() => Promise.resolve(keys.text), "the test's keys"),
  });
  await log.createTopics([notes, schemas].map((topic) => topicSettings(topic, partitions)));
  const trouble: string[] = [];
  const note = (_fields: object, message: string) => void trouble.push(message);
  const service = await runService({
    topology,
    handlers: {},
    log,
    topics: [notes],
    partitions,
    scheduler: clock,
    random: seededRandom(1),
    logger: { debug: () => {}, info: () => {}, warn: note, error: note },
    metrics: runtimeMetrics(new Registry()),
    keys: new KeyRing({ vault, clock }),
    deadlineTimer: () => () => undefined,
  });
  onTestFinished(async () => {
    const stopped = service.stop();
    clock.advanceBy(10_000);
    await stopped;
    vault.close();
    await log.close();
  });
  await service.ready();
  const rotations = [
    () => vault.rotateOwner(users[0] as ActorId),
    () => vault.rotateOrganisation("acme"),
    async () => {
      keys.text = `${newKeyEncryptionKey()},${keys.text}`;
      await vault.rewrap();
      keys.text = keys.text.split(",")[0] ?? "";
    },
    () => vault.eraseOwner(users[1] as ActorId),
  ];
  const rounds = 12;
  for (let round = 0; round < rounds; round++) {
    const written = log.append(
      users.map((key) => ({
        topic: notes.name,
        partition: partitionOf(key, partitions),
        key,
        value: notes.encode({ note: `secret ${round} of ${key}` }),
        timestamp: clock.now(),
      })),
    );
    await Promise.all([written, rotations[round % rotations.length]?.()]);
    await settle([service]);
    // Longer than a ring holds a key: the next round meets what was rotated.
    clock.advanceBy(61_000);
  }
  expect(trouble).toEqual([]);
  expect(service.parked()).toEqual([]);
  const reader = new KeyRing({ vault, clock });
  for (const key of users) {
    const { state } = (await service.stateOf(key)) as { readonly state: State };
    expect([key, state.seen]).toEqual([key, rounds]);
    const session = reader.session();
    const { note: left } = openTexts(await withKeys(session, () => openValue(state, session))) as State;
    // Of the erased user the last note may have gone with its key; everybody else's is there.
    const wanted = key === users[1] && left === "" ? "" : `secret ${rounds - 1} of ${key}`;
    expect(left).toBe(wanted);
  }
  const { organisations } = await vault.status();
  expect(organisations[0]?.keys.length).toBeGreaterThan(2);
});
