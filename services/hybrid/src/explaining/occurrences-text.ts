import type { OccurrencesExplanation } from "@hybrid/decorator";

/** When a series takes place, for people, one line each. */
export const occurrencesText = ({
  zone,
  zoneIsGuessed,
  endsAt,
  occurrences,
  cutShort,
}: OccurrencesExplanation): string =>
  [
    `zone: ${zone}${zoneIsGuessed ? " (a guess: the event names no zone that is known)" : ""}`,
    `ends: ${endsAt ?? "never"}`,
    ...occurrences.map(({ date, startAt, endAt, is }) => `${date}  ${startAt} to ${endAt}  ${is}`),
    ...(cutShort ? ["There are more; ask for a shorter time."] : []),
    ...(occurrences.length === 0 ? ["No occurrence lies in that time."] : []),
  ].join("\n");
