import { days, hours } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { anna, type Clouds, openClouds } from "./simulated-clouds.ts";

let clouds: Clouds;
beforeEach(async () => {
  clouds = await openClouds();
});
afterEach(async () => await clouds.close());

const isDecorated = (id: string): boolean =>
  clouds.graph.readEvent(anna, id).body.content.includes("hybrid-join-details");

/** A meeting this number of days ahead, at this time of the day. */
const ahead = (dayCount: number): string => {
  const startAt = clouds.clock.now() + days(dayCount);
  return clouds.meet({
    subject: `In ${dayCount} days`,
    location: "@webex",
    startAt,
    endAt: startAt + hours(1),
  });
};

test("five months are decorated at once, and what lies beyond when its day has come, each once", async () => {
  /*
   * Goal: the window of 150 days slides with the days, without any notification.
   * Method: both clouds on a virtual clock; meetings before, at and behind the window's edge; ten days pass.
   */
  const near = [0.5, 30, 120, 149].map(ahead);
  const far = [151, 154, 158].map(ahead);
  await clouds.activate();
  expect(near.map(isDecorated)).toEqual([true, true, true, true]);
  expect(far.map(isDecorated)).toEqual([false, false, false]);
  expect(clouds.patches()).toBe(near.length);

  // A notification of something so far ahead changes nothing.
  await clouds.notify(far[1]!);
  expect(isDecorated(far[1]!)).toBe(false);

  const seenOn = new Map<string, number>();
  for (let day = 1; day <= 10; day++) {
    await clouds.pass(days(1));
    for (const id of far) if (isDecorated(id) && !seenOn.has(id)) seenOn.set(id, day);
  }
  // The sweep of a day comes at the user's own moment of it: what lies n days behind the edge is seen on the
  // day after n whole ones.
  expect(far.map((id) => seenOn.get(id))).toEqual([2, 5, 9]);
  expect(clouds.patches()).toBe(near.length + far.length);
});
