import type { RoomStatus } from "@hybrid/contracts";
import type { RoomRow } from "@hybrid/control-hub-page/api";
import type { View } from "@hybrid/view";
import { csvMoment, csvTable } from "./csv.ts";
import { idIn, openedOf, textOf } from "./rows.ts";

/** Every meeting room of an organisation, by name. Rejects as {@link View.openedJson}. */
export const roomsOf = async (view: View, org: string): Promise<readonly RoomRow[]> => {
  const rows = view.all("SELECT key, body FROM rooms WHERE org = ?", org);
  const statuses = await openedOf<RoomStatus>(view, rows, "body");
  return rows
    .flatMap((row, n) => {
      const status = statuses[n] ?? null;
      if (status === null) return [];
      const { objectId, devices, findings, sealedTexts: _, ...rest } = status;
      return [
        {
          ...rest,
          id: idIn(textOf(row, "key")),
          hasMailbox: objectId !== null,
          findings: [...findings],
          devices: devices.map(({ name, standing, code, nextTryAt }) => ({
            name,
            standing,
            code,
            nextTryAt,
          })),
        },
      ];
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/** The same as CSV, one line a device. */
export const roomsCsv = async (view: View, org: string): Promise<string> =>
  csvTable(
    ["Room", "Mail address", "Meetings", "Trouble", "Device", "Shows", "Reason", "Next try"],
    (await roomsOf(view, org)).flatMap((room) => {
      const trouble = [
        ...(room.hasMailbox ? [] : ["noMailbox"]),
        ...(room.unreadable === null ? [] : [room.unreadable]),
        ...room.findings,
      ];
      const head = [room.name, room.mailAddress, room.bookings, trouble.join(" ")];
      if (room.devices.length === 0) return [[...head, "", "", "", ""]];
      return room.devices.map(({ name, standing, code, nextTryAt }) => [
        ...head,
        name,
        standing,
        code,
        csvMoment(nextTryAt),
      ]);
    }),
  );
