import { charactersMax, type Findings, type Refusal, type RuleFault } from "@hybrid/meeting-links";

const reasons: Readonly<Record<Refusal, string>> = {
  notAnAddress: "it is no address that can be followed",
  namedUser: "a name stands before an @ in it, which hides where it leads",
  lookAlikeHost: "its host only looks like one that the rules know",
  port: "it names a port, which no provider's invitation does",
  noRule: "no rule fits it",
  wrapping: "it is wrapped in more layers than a mail filter makes",
  organizer: "the rule that fits is for the other kind of organiser",
};

/** What was found and why, one line each, for people. */
export const linksText = (found: Findings, faults: readonly RuleFault[]): string => {
  const { best, all, seen, cutShort } = found;
  const lines = [
    ...faults.map(({ at, message }) => `rule left out: ${at} ${message}`),
    ...seen.map(({ field, text, unwrapped, verdict }) => {
      const layers = unwrapped.length > 0 ? ` (unwrapped: ${unwrapped.join(", ")})` : "";
      const said = "rule" in verdict ? `fits ${verdict.rule}` : `refused: ${reasons[verdict.refused]}`;
      return `${field}: ${text}${layers} ${said}`;
    }),
    ...all
      .filter(({ url, video }) => url === null && video === null)
      .map(({ field, rule, meetingId }) => `${field}: lines fit ${rule}: meeting ${meetingId ?? "?"}`),
    ...(cutShort
      ? [`Not all was looked at: more than ${charactersMax} characters, or too many addresses.`]
      : []),
  ];
  if (!best) return [...lines, "No meeting's address was found."].join("\n");
  const parts = [
    ["link", best.url],
    ["video address", best.video],
    ["meeting id", best.meetingId],
    ["passcode", best.passcode],
  ].flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]));
  return [...lines, `The meeting to join is ${best.service}'s, from ${best.field}: ${parts.join(", ")}`].join(
    "\n",
  );
};
