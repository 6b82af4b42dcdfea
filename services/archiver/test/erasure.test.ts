import { type ArchiveErasure, archiveErasures, userErasures } from "@hybrid/contracts";
import { actorIdOf, minutes, seconds } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { archiverMachine } from "../src/domain/machine.ts";
import { Scene } from "./scene.ts";
import { uuidOf } from "./seeded.ts";
import { org, startAt } from "./world.ts";

/** Counts of an erasure over all partitions. */
const sums = (told: readonly ArchiveErasure[]) => ({
  partitions: told.length,
  spaces: told.reduce((sum, { spaces }) => sum + spaces, 0),
  contents: told.reduce((sum, { contents }) => sum + contents, 0),
});

test("what an erased person wrote leaves the archive's own store, and nothing of others does", async () => {
  /*
   * Goal: of what waits in the store the person's messages alone go; it may be ordered again.
   * Method: two people write into one space; each partition's eraser asks its own spaces.
   */
  const scene = new Scene(3);
  const { world } = scene;
  for (const user of [0, 1, 2]) scene.join(user, { at: startAt - minutes(30) });
  scene.say(0, { at: startAt - minutes(3) });
  scene.say(1, { at: startAt - minutes(2) });
  world.command({ pollEveryMs: minutes(3) });
  await world.pass(minutes(4));
  const kept = [...world.blobs.kept.keys()];
  const erase = async (orderId: string): Promise<ReturnType<typeof sums>> => {
    world.driver.publish(userErasures, actorIdOf(`${org}/u-1`), {
      orderId,
      objectId: uuidOf("e", 0),
      ids: ["1", uuidOf("d", 0)],
      at: world.driver.now,
    });
    await world.pass(seconds(5), seconds(1));
    const told = world.emitted(archiveErasures.name) as readonly ArchiveErasure[];
    return sums(told.filter((each) => each.orderId === orderId));
  };
  expect(await erase("first")).toEqual({ partitions: 4, spaces: 1, contents: 1 });
  const left = [...world.blobs.kept.keys()];
  // Event and mail of the other's message are there still.
  expect(kept).toHaveLength(4);
  expect(left).toHaveLength(2);
  expect(kept).toEqual(expect.arrayContaining(left));
  expect(await erase("again")).toMatchObject({ partitions: 4, spaces: 1 });
  expect([...world.blobs.kept.keys()]).toEqual(left);
  expect(world.driver.viewOf(actorIdOf(`${org}/u-${uuidOf("d", 0)}`))).toBeUndefined();
  expect(world.driver.viewOf(actorIdOf(`${org}/u-1#0`))).toBeUndefined();
  expect(world.driver.parked).toEqual([]);
});

test("copies that wait for the mailbox of an erased person end, so that their spaces go on", () => {
  const mailbox = actorIdOf(`${org}/u-${uuidOf("d", 0)}`);
  const room = actorIdOf(`${org}/r-${uuidOf("c", 1)}`);
  const copy = { content: "e-1.0", eventId: "e-1", run: "0", connector: "main", room, at: startAt };
  const wanted = {
    kind: "copyWanted",
    email: "user0@acme.example",
    tenants: [],
    copy: { ...copy, isPartial: false, personId: uuidOf("d", 0), catchAll: null },
  } as const;
  const waiting = archiverMachine({ kind: "none" }, wanted, startAt, mailbox);
  const ended = archiverMachine(waiting.state, { kind: "mailboxErased" }, startAt, mailbox);
  expect(ended.state).toEqual({ kind: "none" });
  expect(ended.effects).toEqual([
    {
      kind: "post",
      to: room,
      input: expect.objectContaining({ kind: "copyEnded", eventId: "e-1", outcome: "failed" }),
    },
  ]);
});
