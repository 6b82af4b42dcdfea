import { type RoomCommand, type RoomStatus, roomCommands, roomStatus } from "@hybrid/contracts";
import { actorIdOf, entityOf, partitionOf } from "@hybrid/kernel";
import { findingAdvice } from "@hybrid/meetings";
import { systemScheduler } from "@hybrid/runtime";
import { orgGiven, tenantGiven } from "../given.ts";
import { mustKnowOrg, mustKnowTenant } from "../known.ts";
import { table } from "../tables.ts";
import { recordsOf } from "../users-view.ts";
import { withLog } from "../with-log.ts";

/** The flags that all of `hybrid rooms` have. */
export interface RoomsFlags {
  readonly org: string;
  readonly data: string;
  readonly json: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const order = async (flags: RoomsFlags, command: Pick<RoomCommand, "kind" | "tenantId">): Promise<void> => {
  const org = orgGiven(flags.org);
  await withLog(flags.data, roomCommands.name, async (opened) => {
    await mustKnowOrg(opened, org);
    if (command.tenantId !== null) await mustKnowTenant(opened, org, command.tenantId);
    const key = actorIdOf(`${org}/o`);
    const timestamp = systemScheduler().now();
    const value = roomCommands.encode({ ...command, requestedAt: timestamp });
    const partition = partitionOf(key, opened.partitions);
    await opened.log.append([{ topic: roomCommands.name, partition, key, value, timestamp }]);
  });
  print(
    flags.json
      ? JSON.stringify({ ordered: command.kind, org })
      : `ordered: ${command.kind} the rooms of ${org}`,
  );
};

/** `hybrid rooms follow`: devices of rooms show the rooms' meetings from now on. */
export const roomsFollowCommand = (flags: RoomsFlags & { readonly tenant: string }): Promise<void> =>
  order(flags, { kind: "follow", tenantId: tenantGiven(flags.tenant) });

/** `hybrid rooms stop`: devices are emptied of what was put there. */
export const roomsStopCommand = (flags: RoomsFlags): Promise<void> =>
  order(flags, { kind: "stop", tenantId: null });

const minute = (at: number | null): string => (at === null ? "" : new Date(at).toISOString().slice(0, 16));

const troubleOf = ({ objectId, unreadable, findings }: RoomStatus): string =>
  [
    ...(objectId === null ? ["noMailbox"] : []),
    ...(unreadable === null ? [] : [unreadable]),
    ...findings,
  ].join(", ");

/** `hybrid rooms list`: every room, what its devices show, and what seems wrong. */
export const roomsListCommand = async (flags: RoomsFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const rooms = await withLog(flags.data, roomStatus.name, async (opened) => {
    const latest = new Map<string, RoomStatus>();
    for await (const { key, value } of recordsOf(opened, roomStatus)) {
      if (!key.startsWith(`${org}/`)) continue;
      const workspace = entityOf(actorIdOf(key)).slice(2);
      if (value === null) latest.delete(workspace);
      else latest.set(workspace, value);
    }
    return [...latest].sort(([a], [b]) => (a < b ? -1 : 1));
  });
  if (flags.json) return print(JSON.stringify(rooms.map(([workspace, room]) => ({ workspace, ...room }))));
  const rows = rooms.flatMap(([, room]) => {
    const head = [room.name, room.mailAddress, room.bookings, troubleOf(room)];
    const devices = room.devices.map(({ name, standing, code, nextTryAt }) => [
      ...head,
      name,
      code === null ? standing : `${standing} (${code})`,
      minute(nextTryAt),
    ]);
    return devices.length === 0 ? [[...head, "", "", ""]] : devices;
  });
  print(table(["room", "mail address", "meetings", "trouble", "device", "shows", "next try"], rows));
  const found = new Set(rooms.flatMap(([, { findings }]) => findings));
  for (const [finding, advice] of Object.entries(findingAdvice))
    if (found.has(finding)) print(`${finding}: ${advice}`);
};
