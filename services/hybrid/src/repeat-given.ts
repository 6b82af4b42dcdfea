import { InvalidArgumentError } from "commander";

/** A pattern in the words of the API, which are Graph's. */
export interface RepeatGiven {
  readonly type: string;
  readonly interval: number;
  readonly daysOfWeek?: readonly string[];
  readonly dayOfMonth?: number;
  readonly month?: number;
  readonly index?: string;
}

const weekdays: Readonly<Record<string, string>> = {
  mon: "monday",
  tue: "tuesday",
  wed: "wednesday",
  thu: "thursday",
  fri: "friday",
  sat: "saturday",
  sun: "sunday",
};

const refused = (): InvalidArgumentError =>
  new InvalidArgumentError(
    "must be daily, weekly:mon,wed, monthly:15, monthly:last-fri, yearly:03-29 or yearly:03:last-sun, each " +
      "with /2 behind its first word for every second one, for example weekly/2:tue",
  );

const daysFrom = (text: string): readonly string[] =>
  text.split(",").map((name) => {
    const day = weekdays[name];
    if (day === undefined) throw refused();
    return day;
  });

/** `15`, or `last-fri`; null for anything else. */
const dayFrom = (text: string): Pick<RepeatGiven, "dayOfMonth" | "index" | "daysOfWeek"> | null => {
  if (/^\d{1,2}$/.test(text)) return { dayOfMonth: Number(text) };
  const { index, days } =
    /^(?<index>first|second|third|fourth|last)-(?<days>[a-z,]+)$/.exec(text)?.groups ?? {};
  return index === undefined || days === undefined ? null : { index, daysOfWeek: daysFrom(days) };
};

const kindOf = (day: { readonly dayOfMonth?: number }, every: "Monthly" | "Yearly"): string =>
  `${day.dayOfMonth === undefined ? "relative" : "absolute"}${every}`;

/** How a meeting repeats, from what was given. Throws InvalidArgumentError. */
export const repeat = (text: string): RepeatGiven => {
  const parts = /^(?<every>daily|weekly|monthly|yearly)(?:\/(?<interval>[1-9]\d?))?(?::(?<rest>.+))?$/.exec(
    text,
  );
  const { every = "", interval: step = "1", rest } = parts?.groups ?? {};
  const interval = Number(step);
  if (every === "daily" && rest === undefined) return { type: "daily", interval };
  if (every === "weekly" && rest !== undefined)
    return { type: "weekly", interval, daysOfWeek: daysFrom(rest) };
  if (every === "monthly" && rest !== undefined) {
    const day = dayFrom(rest);
    if (day !== null) return { type: kindOf(day, "Monthly"), interval, ...day };
  }
  if (every === "yearly" && rest !== undefined) {
    const { month, on } = /^(?<month>\d{2})[-:](?<on>.+)$/.exec(rest)?.groups ?? {};
    const day = dayFrom(on ?? "");
    if (month !== undefined && day !== null)
      return { type: kindOf(day, "Yearly"), interval, month: Number(month), ...day };
  }
  throw refused();
};
