import type { CalendarSetup } from "@hybrid/control-hub-page/api";
import type { View } from "@hybrid/view";
import type { HubDesk } from "../desk.ts";
import { settingsOf, sourcesOf } from "./overview.ts";
import { numberOf, numberOrNull } from "./rows.ts";
import { userCounts } from "./users.ts";

const modeOf = (histories: View, org: string): Pick<CalendarSetup, "mode" | "modeSince"> => {
  const [row] = histories.all(
    "SELECT observes, at FROM modes WHERE key > ? || '/o ' AND key < ? || '/o!' " +
      "ORDER BY at DESC, key DESC LIMIT 1",
    org,
    org,
  );
  if (!row) return { mode: null, modeSince: null };
  return { mode: numberOf(row, "observes") === 1 ? "observe" : "live", modeSince: numberOrNull(row, "at") };
};

/** How far the calendars of an organisation are set up. */
export const calendarSetup = (
  { organisations, histories }: { readonly organisations: View; readonly histories: View },
  org: string,
  { cloud, permissions }: Pick<HubDesk, "cloud" | "permissions">,
): CalendarSetup => ({
  cloud,
  permissions: [...permissions.calendar],
  ...settingsOf(organisations, org),
  ...modeOf(histories, org),
  sources: sourcesOf(organisations, org),
  counts: userCounts(organisations, org),
});
