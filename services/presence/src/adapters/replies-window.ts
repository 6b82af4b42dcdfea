import { instant } from "@hybrid/kernel";
import type { AutomaticReplies, GraphDateTime } from "@hybrid/microsoft-graph";
import { instantOfLocal, zoneNamed } from "@hybrid/recurrence";
import type { Replies } from "#domain/windows";

const localTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?$/;

/** The instant of a local time in a named zone; null for a zone or a time that nobody knows. */
const instantOf = (given: GraphDateTime | null): ReturnType<typeof instant> | null => {
  const zone = zoneNamed(given?.timeZone);
  const [, whole = "", fraction = ""] = localTime.exec(given?.dateTime ?? "") ?? [];
  const local = Date.parse(`${whole}${fraction === "" ? "" : `.${fraction.slice(0, 3)}`}Z`);
  return zone === null || Number.isNaN(local) ? null : instant(instantOfLocal(local, zone));
};

/**
 * What automatic replies mean; null when they cannot be understood. A window without a length is no window:
 * Outlook keeps the dates of long ago beside replies that are off.
 */
export const repliesOf = ({ status, scheduledStart, scheduledEnd }: AutomaticReplies): Replies | null => {
  if (status === "disabled") return { kind: "off" };
  if (status === "alwaysEnabled") return { kind: "always" };
  if (status !== "scheduled") return null;
  const [from, until] = [instantOf(scheduledStart), instantOf(scheduledEnd)];
  if (from === null || until === null) return null;
  return from < until ? { kind: "scheduled", from, until } : { kind: "off" };
};
