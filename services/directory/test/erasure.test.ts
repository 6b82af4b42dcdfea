import { erasureOrders, userDirectory, userErasures, userOrderKey } from "@hybrid/contracts";
import { actorIdOf, userActor } from "@hybrid/kernel";
import { expect, test } from "vitest";
import {
  DrivenDirectory,
  listed,
  objectId,
  org,
  personId,
  tenantId,
  webexClaim,
} from "./driven-directory.ts";

const webex = { kind: "webex" } as const;
const graph = { kind: "graph", tenantId } as const;

/** Two people of both sources; the first one's address clashes, so that something is found about both. */
const sources = {
  graph: new Map([
    [tenantId, [1, 2].map((each) => ({ objectId: objectId(each), mailAddress: `user${each}@acme.example` }))],
  ]),
  domains: new Map([[tenantId, ["acme.example"]]]),
  webex: [webexClaim(1, { active: false, loginAllowed: false }), webexClaim(2)],
  workspaces: [],
};

const begun = (): DrivenDirectory => {
  const directory = new DrivenDirectory();
  directory.syncAll(sources, [graph, webex]);
  return directory;
};

const erase = ({ driver }: DrivenDirectory, userId: string, stage: "begun" | "erase" = "erase"): void =>
  driver.publish(erasureOrders, userOrderKey(org, userId), {
    stage,
    orderId: "e-1",
    tenantId,
    objectId: objectId(1),
    ids: [userId, objectId(1), personId(1)],
    at: driver.now,
  });

const actorsOf = ({ driver }: DrivenDirectory, each: number): readonly string[] =>
  driver
    .actors("acme/o/", null, 1_000)
    .filter((id) => id.includes(objectId(each)) || id.includes(personId(each)));

test("who is erased is forgotten by the directory, records and findings go, and every service is told", () => {
  const directory = begun();
  const [userId] = [...directory.users()].find(([, entry]) => entry.objectId === objectId(1)) ?? [""];
  expect(userId).not.toBe("");
  const key = userActor(org, userId);
  const others = directory.users().size - 1;
  erase(directory, userId, "begun");
  expect(directory.users().has(userId)).toBe(true);
  erase(directory, userId);
  expect(directory.users().size).toBe(others);
  const last = directory.driver.emitted.filter(
    (each) => each.topic === userDirectory.name && each.key === key,
  );
  // The removal is a record of its own: the tombstone only lets compaction forget.
  expect(last.slice(-2).map(({ value }) => (value as { readonly removed: boolean } | null)?.removed)).toEqual(
    [true, undefined],
  );
  expect(last.at(-1)?.value).toBeNull();
  expect(Object.keys(directory.codes()).filter((about) => about.endsWith(objectId(1)))).toEqual([]);
  const told = directory.driver.emitted.filter(({ topic }) => topic === userErasures.name);
  const value = expect.objectContaining({ ids: [userId, objectId(1), personId(1)] });
  expect(told).toEqual([expect.objectContaining({ key, partitions: [0, 1, 2], value })]);
  // The id alone is remembered.
  expect(actorsOf(directory, 1).filter((id) => !id.includes("/o/user-"))).toEqual([]);
  expect(directory.driver.stateOf(actorIdOf(`acme/o/user-${userId}`))).toMatchObject({
    dismissed: true,
    person: null,
    entry: null,
    listed: null,
  });
  expect(directory.driver.parked).toEqual([]);
});

test("a source that still names who was erased brings nobody back; an administrator does", () => {
  const directory = begun();
  const [userId] = [...directory.users()].find(([, entry]) => entry.objectId === objectId(1)) ?? [""];
  erase(directory, userId);
  erase(directory, userId);
  directory.syncAll(sources, [graph, webex]);
  expect(directory.users().has(userId)).toBe(false);
  directory.put(userId, listed(1));
  expect(directory.users().get(userId)).toMatchObject({ objectId: objectId(1) });
});

test("an order that is keyed by something else goes to the dead letters", () => {
  const { driver } = begun();
  const order = { stage: "erase", orderId: "e-1", tenantId, objectId: objectId(1), ids: [] } as const;
  // The driver throws what the runtime buries.
  expect(() =>
    driver.publish(erasureOrders, actorIdOf(`acme/t-${tenantId}`), { ...order, at: driver.now }),
  ).toThrow("dead-lettered");
});
