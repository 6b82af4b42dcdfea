import type { ArchiveImport } from "@hybrid/contracts";
import { hours, minutes } from "@hybrid/kernel";
import type { Membership } from "@hybrid/webex";
import { expect, test } from "vitest";
import { numbers } from "../src/domain/numbers.ts";
import { addressOf, Scene } from "./scene.ts";
import { uuidOf, webexId } from "./seeded.ts";
import { startAt } from "./world.ts";

test("a space of 350, of whom no event is left, is looked at part by part, and everybody gets the copy once", async () => {
  const users = 350;
  expect(users).toBeGreaterThan(numbers.lookMax);
  const scene = new Scene(users);
  const members = Array.from(
    { length: users },
    (_, user): Membership => ({
      id: webexId("MEMBERSHIP", `${user}`),
      roomId: webexId("ROOM", scene.roomUuid),
      personId: webexId("PEOPLE", uuidOf("d", user)),
      personEmail: addressOf(user),
      isModerator: false,
      created: new Date(startAt - hours(3_000)).toISOString(),
      withheld: [],
    }),
  );
  scene.world.webex.members.set(scene.roomUuid, members);
  const said = scene.say(0, { at: startAt - hours(1) });
  scene.world.command({});
  await scene.world.pass(minutes(5));
  expect(members.filter((_, user) => scene.items(user).join() !== said)).toEqual([]);
  const looks = scene.world.webex.asked.filter((what) => what === "GET /v1/memberships");
  // Two parts, and once for the names.
  expect(looks).toHaveLength(3);
  expect(scene.world.days()).toMatchObject([{ source: 1, available: users, success: users }]);
});

test("an item that a late joiner makes go on counts once, and the log has all of its copies", async () => {
  const scene = new Scene(3);
  scene.join(0, { at: startAt - hours(2) });
  scene.join(2, { at: startAt - minutes(3), visibleAt: startAt + minutes(2) });
  const said = scene.say(0, { at: startAt - minutes(2) });
  scene.world.command({ pollEveryMs: minutes(3) });
  await scene.world.pass(minutes(20));
  expect(scene.world.days()).toMatchObject([{ source: 1, available: 2, success: 2 }]);
  const imports = scene.world.emitted("archive-imports") as readonly ArchiveImport[];
  expect(imports.flatMap(({ items }) => items.map(({ itemId, copies }) => [itemId, copies]))).toEqual([
    [said, 1],
    [said, 2],
  ]);
});
