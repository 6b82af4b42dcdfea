import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { CalendarPort } from "./ports.ts";

/** What the list shows or decides by; the body is read for the meeting's address alone. */
const select = [
  "id",
  "createdDateTime",
  "type",
  "seriesMasterId",
  "subject",
  "body",
  "start",
  "end",
  "originalStart",
  "originalStartTimeZone",
  "isAllDay",
  "isCancelled",
  "isOrganizer",
  "organizer",
  "attendees",
  "responseStatus",
  "showAs",
  "sensitivity",
  "location",
  "locations",
  "onlineMeeting",
  "onlineMeetingUrl",
];

/** Most people's month is one page, or two. */
const pageSize = 50;

/** The port, made of the calls to Microsoft Graph. */
export const graphCalendar = (events: Pick<MicrosoftGraph["events"], "view">): CalendarPort => ({
  view: ({ tenantId, objectId: userObjectId, from, signal }) => {
    const user = { tenantId, userObjectId, signal };
    return events.view(
      "link" in from ? { ...user, link: from.link } : { ...user, ...from, select, pageSize },
    );
  },
});
