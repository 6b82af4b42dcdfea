import { adminOutcomes, meetingRuleOrders, meetingRules, meetingRulesKey } from "@hybrid/contracts";
import { DecodeError, orgIdOf } from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { expect, test } from "vitest";
import { readRuleOrder } from "../src/adapters/read-rule-order.ts";
import { directoryTopology } from "../src/topology.ts";

const key = meetingRulesKey(orgIdOf("acme"));
const one = '{"addresses":[{"name":"one"}]}';
const two = '{"addresses":[{"name":"two"}]}';

const ordered = () => {
  const driver = new TopologyDriver(directoryTopology, { partitions: 2 });
  let nth = 0;
  return (document: string | null, ifMatch: number | null = null) => {
    const before = driver.emitted.length;
    const orderId = `o${++nth}`;
    driver.publish(meetingRuleOrders, key, { document, requestedAt: driver.now, ifMatch, orderId });
    return driver.emitted.slice(before).map(({ topic, key: to, value }) => {
      expect(to).toBe(key);
      if (topic === meetingRules.name) return value;
      expect(topic).toBe(adminOutcomes.name);
      expect(value).toMatchObject({ orderId });
      const { outcome, version } = value as { outcome: string; version: number };
      return `${outcome} ${version}`;
    });
  };
};

test("rules are published whole with a version that grows with every change, and taken back the same way", () => {
  const order = ordered();
  expect(order(one)).toEqual([expect.objectContaining({ version: 1, document: one }), "applied 1"]);
  expect(order(one)).toEqual(["unchanged 1"]);
  expect(order(two)).toEqual([expect.objectContaining({ version: 2, document: two }), "applied 2"]);
  expect(order(null)).toEqual([expect.objectContaining({ version: 3, document: null }), "applied 3"]);
  expect(order(null)).toEqual(["unchanged 3"]);
});

test("of two administrators who edit the same version the second one is refused", () => {
  const order = ordered();
  expect(order(one, 0)).toHaveLength(2);
  expect(order(two, 0)).toEqual(["versionConflict 1"]);
  expect(order(two, 1)).toEqual([expect.objectContaining({ version: 2 }), "applied 2"]);
  expect(order(null, 1)).toEqual(["versionConflict 2"]);
});

test("an order that is none goes to the dead letters", () => {
  const value = { document: one, requestedAt: 0, ifMatch: null, orderId: null };
  expect(() => readRuleOrder(value, "acme/o")).toThrow(DecodeError);
  for (const document of ["{", "[]", "7", `{"a":"${"x".repeat(100_000)}"}`])
    expect(() => readRuleOrder({ ...value, document }, key)).toThrow(DecodeError);
  expect(readRuleOrder({ ...value, document: null }, key)).toMatchObject({ to: key });
});
