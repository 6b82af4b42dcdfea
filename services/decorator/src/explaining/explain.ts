import type { OrganisationSettings } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";
import { compileRules, type Field, type RuleTrial, readOwnRules, tryRules } from "@hybrid/meeting-links";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { type BodyExplanation, explainBody } from "./explain-body.ts";
import { type EventExplanation, explainEvent } from "./explain-event.ts";
import { explainOccurrences, type OccurrencesExplanation } from "./explain-occurrences.ts";

/** What is explained: an event as Graph gives it, an HTML document, or any other text. */
export type Given =
  | { readonly kind: "event"; readonly event: GraphEvent }
  | { readonly kind: "html" | "text"; readonly text: string };

/** What it is judged by. */
export interface ExplainedBy {
  readonly settings: OrganisationSettings;
  /** The organisation's own document of rules for addresses, as text; null: the shipped ones alone. */
  readonly rules: string | null;
  /** Whose invitation it is, for rules that are for one kind of organiser. */
  readonly organizer: "internal" | "external";
  readonly now: EpochMs;
  /** When occurrences are looked for. */
  readonly window: { readonly fromMs: number; readonly untilMs: number };
}

/**
 * All that can be told of an event or a text. The keys, here and below, are a contract: the command line
 * prints each part as JSON, and a page shows them.
 */
export interface Explanation {
  /** Rule by rule; null: a text, or an event without type, organiser, times or body. */
  readonly event: EventExplanation | null;
  /** Which meeting it tells how to join. */
  readonly links: RuleTrial;
  /** When a series takes place; null: a text. */
  readonly occurrences: OccurrencesExplanation | { readonly fault: string } | null;
  /** What of the body is ours. */
  readonly body: BodyExplanation;
}

/** The texts that may hold a meeting's address, in the order in which they count. */
const fieldsOf = (given: Given): readonly Field[] => {
  if (given.kind !== "event") return [{ name: given.kind, text: given.text, isHtml: given.kind === "html" }];
  const { onlineMeeting, onlineMeetingUrl, location, locations, body } = given.event;
  const places = [location, ...(locations ?? [])].flatMap((each) => [each?.displayName, each?.locationUri]);
  const online = onlineMeeting?.joinUrl ?? (typeof onlineMeetingUrl === "string" ? onlineMeetingUrl : "");
  const fields = [
    { name: "onlineMeeting", text: online },
    { name: "location", text: [...new Set(places)].filter((each) => Boolean(each)).join("\n") },
    { name: "body", text: body?.content ?? "", isHtml: body?.contentType?.toLowerCase() !== "text" },
  ];
  return fields.filter(({ text }) => text !== "");
};

/** Explains an event or a text; pure, one function for the command line and a page. */
export const explain = (given: Given, by: ExplainedBy): Explanation => {
  const { settings, rules, organizer, now, window } = by;
  const links = tryRules(rules, fieldsOf(given), organizer);
  if (given.kind !== "event")
    return { event: null, links, occurrences: null, body: explainBody(given.text, null) };
  const { event } = given;
  const ownRules = rules === null ? null : compileRules(readOwnRules(rules).book);
  return {
    event: explainEvent(event, { settings, now, ownRules }),
    links,
    occurrences: explainOccurrences(event, window),
    body: explainBody(event.body?.content ?? "", event.singleValueExtendedProperties),
  };
};
