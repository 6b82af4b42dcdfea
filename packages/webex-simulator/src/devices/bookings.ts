import { z } from "zod";

/** RoomOS gives texts of bookings this much room (RoomOS xAPI, Bookings). */
const text = z.string().max(128);

/** A booking as Bookings.Put takes it. */
export const Booking = z.strictObject({
  Id: text.min(1),
  Title: text.optional(),
  Number: text.optional(),
  Protocol: z.enum(["SIP", "H323", "ISDN", "IP", "Spark", "WebRTC", "None"]).optional(),
  MeetingPlatform: z.enum(["MicrosoftTeams", "GoogleMeet", "Zoom", "Webex", "Other", "None"]).optional(),
  MeetingId: text.optional(),
  Organizer: z
    .strictObject({ Name: text.optional(), Email: text.optional(), Id: text.optional() })
    .optional(),
  Time: z.strictObject({
    StartTime: z.iso.datetime({ offset: true }),
    /** Minutes. */
    Duration: z.number().int().min(1).max(1_440),
    /** Seconds before the start in which the button to join is there. */
    StartTimeBuffer: z.number().int().min(0).max(3_600).optional(),
  }),
});
/** A booking as Bookings.Put takes it. */
export type Booking = z.infer<typeof Booking>;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** When a booking begins, with the time before it in which one can join, and when it ends. */
export const spanOf = ({ Time }: Booking): { shownAt: number; startAt: number; endAt: number } => {
  const startAt = Date.parse(Time.StartTime);
  const shownAt = startAt - (Time.StartTimeBuffer ?? 300) * 1_000;
  return { shownAt, startAt, endAt: startAt + Time.Duration * minuteMs };
};

const shown = (booking: Booking): Record<string, unknown> => {
  const { startAt, endAt } = spanOf(booking);
  const call = { Number: booking.Number, Protocol: booking.Protocol ?? "SIP" };
  return {
    Id: booking.Id,
    Title: booking.Title ?? "",
    ...(booking.MeetingId !== undefined && { MeetingId: booking.MeetingId }),
    Organizer: { FirstName: booking.Organizer?.Name ?? "", Email: booking.Organizer?.Email ?? "" },
    Time: {
      StartTime: new Date(startAt).toISOString(),
      StartTimeBuffer: booking.Time.StartTimeBuffer ?? 300,
      EndTime: new Date(endAt).toISOString(),
    },
    DialInfo: {
      Calls: { Call: booking.Number === undefined ? [] : [call] },
      ConnectMode: booking.Number === undefined ? "Manual" : "OBTP",
    },
  };
};

/** What of the bookings Bookings.List is asked for. */
export const ListArguments = z.strictObject({
  Days: z.number().int().min(1).max(365).default(1),
  DayOffset: z.number().int().min(0).max(365).default(0),
  Limit: z.number().int().min(1).max(65_534).optional(),
  Offset: z.number().int().min(0).max(65_534).default(0),
});

/** What a device tells of its bookings, by start. */
export const listed = (
  bookings: readonly Booking[],
  wanted: z.infer<typeof ListArguments>,
  now: number,
): Record<string, unknown> => {
  const midnight = Math.floor(now / dayMs) * dayMs + wanted.DayOffset * dayMs;
  const within = bookings
    .filter((booking) => {
      const { startAt, endAt } = spanOf(booking);
      return startAt < midnight + wanted.Days * dayMs && endAt > midnight;
    })
    .toSorted((a, b) => spanOf(a).startAt - spanOf(b).startAt);
  const page = within.slice(wanted.Offset, wanted.Limit && wanted.Offset + wanted.Limit);
  return { ResultInfo: { TotalRows: within.length }, Booking: page.map(shown) };
};

/** What a device's status says about its bookings at `now`. */
export const bookingStatus = (bookings: readonly Booking[], now: number): Record<string, unknown> => {
  const spans = bookings.map((booking) => ({ booking, ...spanOf(booking) }));
  const current = spans.find(({ shownAt, endAt }) => shownAt <= now && now < endAt);
  const busy = spans.find(({ startAt, endAt }) => startAt <= now && now < endAt);
  const next = spans.map(({ startAt }) => startAt).filter((startAt) => startAt > now);
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    Availability: busy
      ? { Status: "BookedUntil", TimeStamp: iso(busy.endAt) }
      : next.length > 0
        ? { Status: "FreeUntil", TimeStamp: iso(Math.min(...next)) }
        : { Status: "Free", TimeStamp: "" },
    Current: { Id: current?.booking.Id ?? "" },
  };
};
