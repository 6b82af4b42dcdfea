import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RoomStatus, roomStatus, schemas, topicSettings } from "@hybrid/contracts";
import { actorIdOf, orgIdOf, partitionOf } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openMemoryLog } from "@hybrid/log/testing";
import { KeyRing } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { openView } from "@hybrid/view";
import { expect, onTestFinished, test } from "vitest";
import { roomsIn } from "../src/api/rooms.ts";
import { roomLists } from "../src/room-list.ts";
import { openStage } from "./stage.ts";

const partitions = 2;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const room = (name: string, changes: Partial<RoomStatus> = {}): RoomStatus => ({
  name,
  mailAddress: `${name.toLowerCase()}@acme.example`,
  objectId: `object of ${name}`,
  devices: [],
  bookings: 0,
  findings: [],
  unreadable: null,
  at: 0,
  ...changes,
});

test("the rooms of one's own organisation are found by name, those without a mailbox are not", async () => {
  const clock = new VirtualClock();
  const log = await openMemoryLog(clock);
  await log.createTopics([roomStatus, schemas].map((topic) => topicSettings(topic, partitions)));
  const rooms: readonly (readonly [string, RoomStatus])[] = [
    ["acme/w-1", room("Oslo")],
    ["acme/w-2", room("Bergen")],
    ["acme/w-3", room("Nowhere", { objectId: null })],
    ["rival/w-1", room("Secret", { mailAddress: "secret@rival.example" })],
  ];
  for (const [key, value] of rooms) {
    const id = actorIdOf(key);
    const bytes = roomStatus.encode(value);
    const partition = partitionOf(id, partitions);
    await log.append([{ topic: roomStatus.name, partition, key: id, value: bytes, timestamp: clock.now() }]);
  }
  const folder = await mkdtemp(join(tmpdir(), "hybrid-rooms-"));
  const path = join(folder, "rooms.sqlite");
  const view = openView({ definition: roomLists, path, scheduler: clock, logger: quiet });
  onTestFinished(async () => {
    await view.close();
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  view.follow(log, partitions, new KeyRing({ vault: new TestVault(), clock }));
  await view.caughtUp();
  const found = roomsIn(view);
  expect(await found.of(orgIdOf("acme"))).toEqual([
    { name: "Bergen", address: "bergen@acme.example" },
    { name: "Oslo", address: "oslo@acme.example" },
  ]);
  expect(await found.of(orgIdOf("nobody"))).toEqual([]);
  const { get, token } = await openStage({ rooms: found });
  expect((await get("/rooms", await token())).json()).toEqual({
    rooms: await found.of(orgIdOf("acme")),
  });
  expect((await get("/rooms", await token(actorIdOf("rival/u-eve")))).json()).toEqual({
    rooms: [{ name: "Secret", address: "secret@rival.example" }],
  });
});
