import { explainEvent } from "@hybrid/decorator";
import { instant } from "@hybrid/kernel";
import {
  compiledShippedRules,
  compileRules,
  findMeetings,
  readRuleBook,
  shippedRules,
  withShippedRules,
} from "@hybrid/meeting-links";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { eventText } from "../explaining/event-text.ts";
import { bodyText, explainBody } from "../explaining/explain-body.ts";
import { linksText } from "../explaining/explain-links.ts";
import { explainOccurrences, occurrencesText } from "../explaining/explain-occurrences.ts";
import { eventFetched } from "../explaining/fetched-event.ts";
import { fieldsOf, graphEventGiven, jsonOf, readGiven } from "../explaining/given-event.ts";
import { fileGiven, refused } from "../given.ts";
import { joinSettingsGiven } from "../join-settings-given.ts";

/** The flags of `hybrid explain links`. */
export interface ExplainLinksFlags {
  /** A document of rules that come before the shipped ones. */
  readonly rules?: string;
  readonly external: boolean;
  readonly json: boolean;
}

/** `hybrid explain links`: which meeting a file tells how to join, address by address. */
export const explainLinksCommand = async (file: string, flags: ExplainLinksFlags): Promise<void> => {
  const given = await readGiven(file);
  const own =
    flags.rules === undefined ? null : readRuleBook(jsonOf(await fileGiven(flags.rules), flags.rules));
  const rules = own ? compileRules(withShippedRules(own.book, shippedRules)) : compiledShippedRules;
  const faults = own?.faults ?? [];
  const found = findMeetings(fieldsOf(given), rules, flags.external ? "external" : "internal");
  process.stdout.write(
    flags.json ? `${JSON.stringify({ ...found, faults }, null, 2)}\n` : `${linksText(found, faults)}\n`,
  );
};

/** The flags of `hybrid explain event`. */
export interface ExplainEventFlags {
  /** A file of join settings, as for `hybrid tenants authorize`. */
  readonly joinSettings?: string;
  readonly webex: "personalRoom" | "space";
  readonly meet: "personalRoom" | "space";
  /** Where the event is; a file when both are left out. */
  readonly tenant?: string;
  readonly user?: string;
  /** Milliseconds since 1970; the present when left out. */
  readonly at?: number;
  readonly json: boolean;
}

const printed = (json: boolean, value: unknown, text: () => string): void =>
  void process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`);

/** The event of a file, or of a mailbox when both are named. */
const eventOf = (file: string, { tenant, user }: ExplainEventFlags): Promise<GraphEvent> => {
  if (tenant !== undefined && user !== undefined) return eventFetched(file, { tenant, user });
  if (tenant === undefined && user === undefined) return graphEventGiven(file);
  throw refused("--tenant and --user", "give both, for an event of a mailbox, or neither, for a file");
};

/** `hybrid explain event`: rule by rule why an event is or is not decorated. */
export const explainEventCommand = async (file: string, flags: ExplainEventFlags): Promise<void> => {
  const join = flags.joinSettings === undefined ? null : await joinSettingsGiven(flags.joinSettings);
  const settings = { webexKeyword: flags.webex, meetKeyword: flags.meet, language: null, join };
  const now = instant(flags.at ?? Date.now());
  const explained = explainEvent(await eventOf(file, flags), settings, now);
  if (explained === null)
    throw refused(
      "<file>",
      `${file}: the event has no type, organiser, start, end or body; ask Graph for them`,
    );
  printed(flags.json, explained, () => eventText(explained));
};

/** The flags of `hybrid explain occurrences`. */
export interface ExplainOccurrencesFlags {
  readonly from: number;
  readonly to: number;
  readonly json: boolean;
}

/** `hybrid explain occurrences`: when a series takes place, with what is cancelled or differs. */
export const explainOccurrencesCommand = async (
  file: string,
  { from, to, json }: ExplainOccurrencesFlags,
): Promise<void> => {
  if (to <= from) throw refused("--to", "it must be later than --from");
  const explained = explainOccurrences(await graphEventGiven(file), { fromMs: from, untilMs: to });
  if ("fault" in explained) throw refused("<file>", `${file}: ${explained.fault}`);
  printed(json, explained, () => occurrencesText(explained));
};

/** `hybrid explain body`: what of a body is a block of ours, and what it holds besides. */
export const explainBodyCommand = async (
  file: string,
  { json }: { readonly json: boolean },
): Promise<void> => {
  const given = await readGiven(file);
  const explained = explainBody(given);
  printed(json, explained, () => bodyText(explained));
};
