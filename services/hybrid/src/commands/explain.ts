import type { OrganisationSettings } from "@hybrid/contracts";
import { type ExplainedBy, type Explanation, explain } from "@hybrid/decorator";
import { days, instant } from "@hybrid/kernel";
import { compiledShippedRules, readOwnRules, rulesOf } from "@hybrid/meeting-links";
import { explainMeeting, meetingOf, readJoinPolicy } from "@hybrid/meetings";
import { defaultSettings } from "../administration.ts";
import { bodyText } from "../explaining/body-text.ts";
import { eventText } from "../explaining/event-text.ts";
import { linksText } from "../explaining/links-text.ts";
import { meetingText } from "../explaining/meeting-text.ts";
import { occurrencesText } from "../explaining/occurrences-text.ts";
import { type WhereFlags, whereGiven } from "../explaining/where-given.ts";
import { refused } from "../given.ts";
import { joinSettingsGiven } from "../join-settings-given.ts";

/** The flags of all of `hybrid explain`. */
export interface ExplainFlags extends WhereFlags {
  readonly json: boolean;
}

/** The flags of `hybrid explain links` and `hybrid rules test`. */
export interface ExplainLinksFlags extends ExplainFlags {
  readonly external: boolean;
}

/** The flags of `hybrid explain event`; what is left out is as the organisation has said. */
export interface ExplainEventFlags extends ExplainFlags {
  /** A file of join settings, as for `hybrid tenants authorize`. */
  readonly joinSettings?: string;
  readonly webex?: "personalRoom" | "space";
  readonly meet?: "personalRoom" | "space";
  /** Milliseconds since 1970; the present when left out. */
  readonly at?: number;
}

/** The flags of `hybrid explain occurrences`. */
export interface ExplainOccurrencesFlags extends ExplainFlags {
  readonly from: number;
  readonly to: number;
}

const print = (json: boolean, value: unknown, text: () => string): void =>
  void process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`);

/** The whole explanation; each command shows its part. */
const explained = async (
  fileOrId: string,
  flags: WhereFlags,
  by: Partial<ExplainedBy> & { readonly settingsOver?: Partial<OrganisationSettings> },
): Promise<Explanation> => {
  const { given, rules, settings } = await whereGiven(fileOrId, flags);
  const now = by.now ?? instant(Date.now());
  const { settingsOver, ...rest } = by;
  return explain(given, {
    organizer: "internal",
    window: { fromMs: now, untilMs: now + days(1) },
    ...rest,
    settings: { ...(settings ?? defaultSettings), ...settingsOver },
    rules,
    now,
  });
};

/** `hybrid explain links`: which meeting something tells how to join, address by address. */
export const explainLinksCommand = async (fileOrId: string, flags: ExplainLinksFlags): Promise<void> => {
  const organizer = flags.external ? "external" : "internal";
  const { links } = await explained(fileOrId, flags, { organizer });
  print(flags.json, links, () => linksText(links, links.faults));
};

/** `hybrid explain event`: rule by rule why an event is or is not decorated. */
export const explainEventCommand = async (fileOrId: string, flags: ExplainEventFlags): Promise<void> => {
  const { webex, meet, joinSettings, at } = flags;
  const settingsOver = {
    ...(webex === undefined ? {} : { webexKeyword: webex }),
    ...(meet === undefined ? {} : { meetKeyword: meet }),
    ...(joinSettings === undefined ? {} : { join: await joinSettingsGiven(joinSettings) }),
  };
  const by = { settingsOver, ...(at === undefined ? {} : { now: instant(at) }) };
  const { event } = await explained(fileOrId, flags, by);
  if (event === null)
    throw refused(
      "<event>",
      `${fileOrId}: it has no type, organiser, start, end or body; ask Graph for the event with them`,
    );
  print(flags.json, event, () => eventText(event));
};

/** `hybrid explain meeting`: rule by rule why a list and a device show a meeting, or do not. */
export const explainMeetingCommand = async (
  fileOrId: string,
  flags: ExplainFlags & { readonly at?: number },
): Promise<void> => {
  const policy = readJoinPolicy(process.env);
  const { given, rules } = await whereGiven(fileOrId, flags);
  if (given.kind !== "event") throw refused("<event>", `${fileOrId} is no event of Graph`);
  const book = rules === null ? compiledShippedRules : rulesOf(readOwnRules(rules));
  const now = instant(flags.at ?? Date.now());
  const explanation = explainMeeting(meetingOf(given.event, book), { now, policy });
  print(flags.json, explanation, () => meetingText(explanation));
};

/** `hybrid explain occurrences`: when a series takes place, with what is cancelled or differs. */
export const explainOccurrencesCommand = async (
  fileOrId: string,
  flags: ExplainOccurrencesFlags,
): Promise<void> => {
  const { from, to, json } = flags;
  if (to <= from) throw refused("--to", "it must be later than --from");
  const { occurrences } = await explained(fileOrId, flags, { window: { fromMs: from, untilMs: to } });
  if (occurrences === null) throw refused("<event>", `${fileOrId} is no event of Graph`);
  if ("fault" in occurrences) throw refused("<event>", `${fileOrId}: ${occurrences.fault}`);
  print(json, occurrences, () => occurrencesText(occurrences));
};

/** `hybrid explain body`: what of a body is a block of ours, and what it holds besides. */
export const explainBodyCommand = async (fileOrId: string, flags: ExplainFlags): Promise<void> => {
  const { body } = await explained(fileOrId, flags, {});
  print(flags.json, body, () => bodyText(body));
};
