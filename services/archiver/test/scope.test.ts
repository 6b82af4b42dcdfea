import { hours, minutes } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { Scene, sceneOfTwo } from "./scene.ts";
import { uuidOf } from "./seeded.ts";
import { startAt, terms } from "./world.ts";

const group = "44444444-4444-4444-8444-444444444444";

test("scope: only the people and the spaces that a connector names", async () => {
  const scene = sceneOfTwo();
  const said = scene.say(0, { at: startAt - hours(1) });
  scene.world.command({ terms: { ...terms, people: ["user1@acme.example"] } });
  scene.world.command({ terms: { ...terms, spaces: ["00000000-0000-4000-8000-000000000000"] } }, "other");
  await scene.world.pass(minutes(5));
  expect([scene.items(0), scene.items(1)]).toEqual([[], [said]]);
  expect(scene.world.days("other")).toEqual([]);
});

test("scope: members of a group and people who are named; others leave no trace in the counts", async () => {
  const scene = new Scene(4);
  scene.world.mail.members.set(group, [uuidOf("b", 1)]);
  // User 7 has no mailbox, and is in no group.
  for (const user of [0, 1, 2, 7]) scene.join(user, { at: startAt - hours(2) });
  const said = scene.say(0, { at: startAt - hours(1) });
  scene.world.command({ terms: { ...terms, groups: [group], people: ["user2@acme.example"] } });
  await scene.world.pass(minutes(5));
  expect([0, 1, 2].map((user) => scene.items(user))).toEqual([[], [said], [said]]);
  expect(scene.world.days()).toMatchObject([{ source: 1, available: 2, success: 2, failed: 0 }]);
  expect(scene.world.emitted("archive-failures")).toEqual([]);
});

test("scope: who is in a group through another group in it is in scope too", async () => {
  const inner = "66666666-6666-4666-8666-666666666666";
  const scene = new Scene(3);
  scene.world.mail.members.set(group, [uuidOf("b", 0)]).set(inner, [uuidOf("b", 1)]);
  scene.world.mail.inner.set(group, [inner]);
  for (const user of [0, 1, 2]) scene.join(user, { at: startAt - hours(2) });
  const said = scene.say(0, { at: startAt - hours(1) });
  scene.world.command({ terms: { ...terms, groups: [group] } });
  await scene.world.pass(minutes(5));
  expect([0, 1, 2].map((user) => scene.items(user))).toEqual([[said], [said], []]);
});

test("a group that no tenant has is said, and nothing is taken for out of scope because of it", async () => {
  const scene = sceneOfTwo();
  scene.say(0, { at: startAt - hours(1) });
  scene.world.command({ terms: { ...terms, groups: ["55555555-5555-4555-8555-555555555555"] } });
  await scene.world.pass(hours(3), minutes(5));
  expect(scene.world.days()).toMatchObject([{ available: 2, failed: 2 }]);
  expect(scene.world.emitted("archive-failures")).toMatchObject([
    { reason: "invalidRequest" },
    { reason: "invalidRequest" },
  ]);
});

test("somebody of a group who has no mailbox is failed; a catch-all mailbox gets their copy", async () => {
  const scene = new Scene(3);
  scene.world.mail.members.set(group, [uuidOf("b", 1)]);
  scene.world.mail.byAddress("user1@acme.example").state = "missing";
  for (const user of [0, 1]) scene.join(user, { at: startAt - hours(2) });
  const said = scene.say(0, { at: startAt - hours(1) });
  scene.world.command({ terms: { ...terms, groups: [group] } });
  scene.world.command({ terms: { ...terms, groups: [group], catchAll: "user2@acme.example" } }, "other");
  await scene.world.pass(minutes(10));
  expect(scene.world.days()).toMatchObject([{ available: 1, failed: 1 }]);
  expect([scene.items(0), scene.items(2)]).toEqual([[], [said]]);
  expect(scene.world.days("other")).toMatchObject([{ available: 1, success: 1 }]);
});
