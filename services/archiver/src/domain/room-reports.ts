import type { Report, Room } from "./archive-state.ts";
import { numbers } from "./numbers.ts";
import { addTallies } from "./terms.ts";

/** The space with something more to tell a connector; it is told within a second, with what else is. */
export const addReport = (room: Room, added: Report, now: number): Room => {
  const known = room.reports.find(({ connector }) => connector === added.connector);
  const merged: Report = known
    ? {
        connector: added.connector,
        items: known.items + added.items,
        tally: addTallies(known.tally, added.tally),
        failures: [...known.failures, ...added.failures],
        done: [...(known.done ?? []), ...(added.done ?? [])],
      }
    : added;
  const reports = [...room.reports.filter((each) => each !== known), merged];
  return { ...room, reports, reportAt: room.reportAt ?? now + numbers.reportMs };
};
