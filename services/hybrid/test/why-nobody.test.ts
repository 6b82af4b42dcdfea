import type { DescribedGroup } from "@hybrid/log";
import { expect, test } from "vitest";
import { whyNobody } from "../src/owners/why-nobody.ts";

const group = (state: string, waiting: DescribedGroup["waiting"] = []): DescribedGroup => ({
  state,
  workers: [],
  waiting,
});

test.each([
  [group("Stable"), true, null],
  [group("Stable"), false, /its last owner still gives it back/],
  [group("Empty"), false, /the group has no worker/],
  [group("Dead"), false, /the group has no worker/],
  [group("PreparingRebalance"), false, /waits for all its members to join; a dead one until its session/],
  [group("CompletingRebalance"), true, /waits for all its members/],
  [group("Stable", [{ partition: 3, needs: 5, newest: 4 }]), false, /version 5, the newest worker knows 4/],
  [group("Stable", [{ partition: 2, needs: 5, newest: 4 }]), true, null],
] as const)("says why nobody works on a partition: %j, owned: %s", (described, isOwned, why) => {
  const said = whyNobody(described, isOwned, 3);
  expect(why === null ? said === null : why.test(said ?? "")).toBe(true);
});
