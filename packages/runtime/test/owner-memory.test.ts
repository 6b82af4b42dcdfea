import { callDeadlineMsMax, hours, plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { OwnerMemory } from "../src/partition/owner-memory.ts";
import { startAt } from "./workbench.ts";

const position = { sources: {}, at: startAt };
const owned = (epoch: number) => ({ partition: 0, epoch, position });

test("nobody's calls are on their way in a partition that nobody has ever worked on", () => {
  const memory = new OwnerMemory();
  expect(memory.own({ ...owned(1), position: undefined }, startAt)).toBe(false);
  expect(memory.own(owned(2), startAt)).toBe(false);
});

test("a stranger's calls are on their way until their deadline, however often the heir fences again", () => {
  const memory = new OwnerMemory();
  expect(memory.own(owned(7), startAt)).toBe(true);
  expect(memory.own(owned(8), plus(startAt, 10))).toBe(true);
  expect(memory.own(owned(9), plus(startAt, -hours(1)))).toBe(true);
  expect(memory.own(owned(10), plus(startAt, callDeadlineMsMax - 1))).toBe(true);
  expect(memory.own(owned(11), plus(startAt, callDeadlineMsMax))).toBe(false);
  expect(memory.own(owned(13), plus(startAt, callDeadlineMsMax))).toBe(true);
});
