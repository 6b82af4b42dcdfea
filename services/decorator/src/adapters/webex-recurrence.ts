import { unreachable } from "@hybrid/kernel";
import type { Recurrence } from "@hybrid/recurrence";

const codes: Readonly<Record<string, string>> = {
  sunday: "SU",
  monday: "MO",
  tuesday: "TU",
  wednesday: "WE",
  thursday: "TH",
  friday: "FR",
  saturday: "SA",
};
const nths: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 };

/** Occurrences of a series of Webex, and five years at most (developer.webex.com, "Create a Meeting"). */
const occurrencesMax = { DAILY: 1_826, WEEKLY: 261, MONTHLY: 60, YEARLY: 5 } as const;

type Pattern = Recurrence["pattern"];
type Frequency = keyof typeof occurrencesMax;

/** Webex takes one weekday of a month only, and knows no last day of shorter months. */
const ruleOf = ({ type, daysOfWeek, dayOfMonth, month, index, firstDayOfWeek, interval }: Pattern) => {
  const days = (daysOfWeek ?? []).map((day) => codes[day] ?? "");
  const nth = `BYDAY=${nths[index ?? "first"]}${days[0]}`;
  const single = days.length === 1;
  const day = dayOfMonth ?? 1;
  switch (type) {
    case "daily":
      return { frequency: "DAILY", parts: [] };
    case "weekly": {
      const weekStart = interval > 1 ? [`WKST=${codes[firstDayOfWeek ?? "sunday"]}`] : [];
      return { frequency: "WEEKLY", parts: [`BYDAY=${days.join(",")}`, ...weekStart] };
    }
    case "absoluteMonthly":
      return day <= 28 ? { frequency: "MONTHLY", parts: [`BYMONTHDAY=${day}`] } : null;
    case "relativeMonthly":
      return single ? { frequency: "MONTHLY", parts: [nth] } : null;
    case "absoluteYearly":
      return day <= 28 ? { frequency: "YEARLY", parts: [`BYMONTH=${month}`, `BYMONTHDAY=${day}`] } : null;
    case "relativeYearly":
      return single ? { frequency: "YEARLY", parts: [`BYMONTH=${month}`, nth] } : null;
    default:
      return unreachable(type);
  }
};

/** A series as Webex takes it (RFC 2445); null when Webex cannot say it, for example every 31st. */
export const webexRecurrence = ({ pattern, range }: Recurrence): string | null => {
  const rule = ruleOf(pattern);
  if (!rule) return null;
  const most = Math.max(1, Math.floor(occurrencesMax[rule.frequency as Frequency] / pattern.interval));
  const count = range.type === "numbered" ? Math.min(range.numberOfOccurrences ?? 1, most) : most;
  const end =
    range.type === "endDate"
      ? `UNTIL=${(range.endDate ?? "").replaceAll("-", "")}T235959Z`
      : `COUNT=${count}`;
  return [`FREQ=${rule.frequency}`, `INTERVAL=${pattern.interval}`, ...rule.parts, end].join(";");
};
