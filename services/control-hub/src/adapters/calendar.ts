import type { CalendarSetup } from "@hybrid/control-hub-page/api";
import type { HubDesk } from "../desk.ts";
import { type ModeViews, modeOf } from "./modes.ts";
import { settingsOf, sourcesOf } from "./overview.ts";
import { userCounts } from "./users.ts";

/** How far the calendars of an organisation are set up. */
export const calendarSetup = (
  views: ModeViews,
  org: string,
  { cloud, permissions }: Pick<HubDesk, "cloud" | "permissions">,
): CalendarSetup => {
  const { organisations } = views;
  const found = modeOf(views, org);
  return {
    cloud,
    permissions: [...permissions.calendar],
    ...settingsOf(organisations, org),
    mode: found?.mode ?? null,
    modeSince: found?.since ?? null,
    sources: sourcesOf(organisations, org),
    counts: userCounts(organisations, org),
  };
};
