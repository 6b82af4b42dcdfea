/** The time zone of every mailbox of the play, as Exchange names it. */
export const officeTimeZone = "W. Europe Standard Time";

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

// Canada writes dates as ISO 8601 does.
const dateFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Europe/Berlin",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});

/** Date (ISO 8601) and weekday of a moment (milliseconds) in {@link officeTimeZone}. */
export const officeDay = (
  at: number,
): { readonly date: string; readonly weekday: (typeof weekdays)[number] } => {
  const date = dateFormat.format(at);
  return { date, weekday: weekdays[new Date(date).getUTCDay()] ?? "monday" };
};
