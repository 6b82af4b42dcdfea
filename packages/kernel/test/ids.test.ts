import {
  actorIdOf,
  entityKeyOf,
  entityOf,
  explicitPartitionOf,
  inPartition,
  localTenantActor,
  orgIdOf,
  orgOf,
  userActor,
} from "@hybrid/kernel";
import { expect, test } from "vitest";

test("an actor id gives its organisation, entity and entity key", () => {
  const id = actorIdOf("acme/u-4711/AAMk=");
  expect([orgOf(id), entityOf(id), entityKeyOf(id)]).toEqual(["acme", "u-4711", "acme/u-4711"]);
});

test.each([
  "",
  "acme",
  "Acme/u-1",
  "acme/x-1",
  "acme/u-",
  "acme/u-1/",
  "acme/u-a b",
  "acme/o-1",
  "acme/u-1#x",
])("refuses %j as an actor id and names it", (text) => {
  expect(() => actorIdOf(text)).toThrow(`"${text}"`);
});

test.each(["acme/o", "acme/u-1", "a_b-c/w-x.y", "acme/t-6f9619ff#7", "acme/t-6f9619ff#"])(
  "accepts %j",
  (text) => {
    expect(actorIdOf(text)).toBe(text);
  },
);

test("refuses an organisation id with a slash", () => {
  expect(() => orgIdOf("a/b")).toThrow('"a/b"');
});

test("a bare trailing mark is completed with the partition, any other id stays", () => {
  const org = orgIdOf("acme");
  const local = localTenantActor(org, "t1");
  expect(explicitPartitionOf(local)).toBeUndefined();
  expect(inPartition(local, 5)).toBe("acme/t-t1#5");
  expect(explicitPartitionOf(inPartition(local, 5))).toBe(5);
  expect(inPartition(userActor(org, "1"), 5)).toBe("acme/u-1");
});
