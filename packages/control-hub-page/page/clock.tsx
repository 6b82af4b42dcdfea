import { makeStyles, Tooltip } from "@fluentui/react-components";
import { useSyncExternalStore } from "react";
import { hubNow } from "./api.ts";
import { locale, useWords } from "./words.ts";

const minuteMs = 60_000;
const tickMs = 10_000;
const keptZone = "hub-utc";

/** One clock for the whole page, never one for each row. */
const watchers = new Set<() => void>();
let shown = 0;
setInterval(() => {
  shown++;
  for (const watch of watchers) watch();
}, tickMs);

const useClock = (): number => {
  useSyncExternalStore(
    (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    () => shown,
  );
  return hubNow();
};

/** Whether the person wants times in UTC. */
export const wantsUtc = (): boolean => localStorage.getItem(keptZone) === "true";

/** Shows times in UTC, or in the person's zone, from now on. */
export const setUtc = (utc: boolean): void => {
  localStorage.setItem(keptZone, String(utc));
  shown++;
  for (const watch of watchers) watch();
};

/** The zone in which times are shown. */
export const zone = (): string => (wantsUtc() ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone);

const format = (options: Intl.DateTimeFormatOptions, at: number): string =>
  new Intl.DateTimeFormat(locale(), { timeZone: zone(), ...options }).format(at);

/** Hours and minutes. */
export const clockTime = (at: number): string => format({ hour: "2-digit", minute: "2-digit" }, at);

/** Date and time, whole, with the zone. */
export const fullTime = (at: number): string => format({ dateStyle: "medium", timeStyle: "long" }, at);

/** A day of a status log, which is one of UTC. */
export const utcDay = (day: string): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeZone: "UTC" }).format(Date.parse(day));

/** How long: in minutes up to an hour, in hours and minutes up to six, in hours up to a day, then in days. */
const useSpan = (): ((ms: number) => string) => {
  const t = useWords();
  return (ms) => {
    const minutes = Math.round(Math.abs(ms) / minuteMs);
    if (minutes < 60) return t("time.minutes", { count: minutes });
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (hours < 6 && rest > 0) return t("time.hoursMinutes", { hours, minutes: rest });
    if (hours < 24) return t("time.hours", { count: hours });
    return new Intl.NumberFormat(locale(), { style: "unit", unit: "day", unitDisplay: "long" }).format(
      Math.round(hours / 24),
    );
  };
};

const useStyles = makeStyles({ time: { whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" } });

/** Beyond 30 days a date says more. */
const relativeMsMax = 30 * 24 * 60 * minuteMs;

/** A time in words to read; the whole of it, with the zone, on hover and for who hears the page. */
export function When({ at, isPlain = false }: { readonly at: number; readonly isPlain?: boolean }) {
  const styles = useStyles();
  const t = useWords();
  const span = useSpan();
  const difference = at - useClock();
  const isNow = Math.abs(difference) < minuteMs;
  const [near, far] =
    difference > 0 ? (["time.retryDue", "time.in"] as const) : (["time.now", "time.ago"] as const);
  const text =
    Math.abs(difference) > relativeMsMax
      ? format({ dateStyle: "medium" }, at)
      : isNow
        ? t(near)
        : t(far, { time: span(difference) });
  const time = (
    <time
      className={styles.time}
      dateTime={new Date(at).toISOString()}
      title={isPlain ? fullTime(at) : undefined}
    >
      {text}
    </time>
  );
  return isPlain ? (
    time
  ) : (
    <Tooltip content={fullTime(at)} relationship="description">
      {time}
    </Tooltip>
  );
}

/** A share as people write it. */
export const percent = (share: number): string =>
  new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 }).format(share);
