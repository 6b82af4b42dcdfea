import type { OrganisationSettings } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import {
  type AppliedRule,
  bodyCharactersMax,
  type Decision,
  decideDecoration,
  rulesApplied,
} from "#domain/decide-decoration";
import { explainSkip } from "#domain/explain-outcome";
import { blocksIn, candidatesIn, type FoundBlock } from "#domain/find-blocks";
import { parseHtml } from "#domain/html-tree";
import { type Keyword, keywordIn } from "#domain/keyword";
import { bodyHoldsWebexLink } from "#domain/webex-links";
import { modelOf } from "./adapters/graph-ports.ts";
import {
  type Decoration,
  decorationOf,
  decorationPropertyId,
  invitationOf,
  locationsOf,
  oursOf,
} from "./adapters/invitation.ts";

/** A copy of our block, or what looks like one, in a body. */
export interface ExplainedBlock {
  /** Offset in the body, UTF-16. */
  readonly at: number;
  readonly language: string | null;
  /** All that we wrote is there; a person may have added something. */
  readonly intact: boolean;
  /** Elements and lines in it that are not ours to take out. */
  readonly touched: boolean;
}

/** What would be done with an event, and why. */
export interface EventExplanation {
  readonly locations: readonly string[];
  readonly keyword: Keyword | null;
  readonly rules: readonly AppliedRule[];
  readonly decision: Decision;
  /** What our extended property says; null: nothing of ours was written, or it is gone. */
  readonly decoration: Decoration | null;
  readonly blocks: readonly ExplainedBlock[];
  readonly bodyHoldsOwnLink: boolean;
  /** The decision in a sentence or two. */
  readonly says: string;
}

const explained = ({ start, language, intact, cuts }: FoundBlock): ExplainedBlock => ({
  at: start,
  language,
  intact,
  touched: cuts.length > 1,
});

/** The value of our extended property in an event as Graph gives it, expanded. */
const propertyOf = ({ singleValueExtendedProperties }: GraphEvent): string | null => {
  const ours = decorationPropertyId.toLowerCase();
  return singleValueExtendedProperties?.find(({ id }) => id.toLowerCase() === ours)?.value ?? null;
};

const sentenceOf = (decision: Decision): string => {
  switch (decision.kind) {
    case "none":
      return "The location holds no keyword, and the body nothing of ours: nothing is done.";
    case "decorate": {
      const what = {
        personalRoom: "the organiser's personal room",
        space: "a space of the meeting's own",
        oneTime: "a one-time meeting",
      }[decision.place];
      const kept = decision.language === null ? "" : ` The language stays ${decision.language}.`;
      return `The body is made to hold the details of ${what}, as far as Webex gives them.${kept}`;
    }
    case "remove": {
      const why = decision.reason === null ? "The keyword is gone." : explainSkip(decision.reason);
      return `The details that stand in the body are taken out. ${why}`;
    }
    case "skip":
      return explainSkip(decision.reason);
    default:
      return decision satisfies never;
  }
};

/**
 * Why an event is or is not decorated, rule by rule, from the event alone as Graph gives it; null when it
 * lacks what no decision can do without (type, organiser, times, body). What the decorator itself does
 * follows from the same decision, and from Webex's answers.
 */
export const explainEvent = (
  given: GraphEvent,
  settings: OrganisationSettings,
  now: EpochMs,
): EventExplanation | null => {
  const read = modelOf({ ...given, body: given.body ?? { contentType: "html", content: "" } });
  if (!read) return null;
  const event = { ...read, extendedProperty: propertyOf(given) };
  const decoration = decorationOf(event);
  const ours = oursOf(decoration, undefined);
  const invitation = invitationOf(event, { settings, ours, isContested: false });
  const decision = decideDecoration(invitation, settings, now);
  return {
    locations: [...new Set(locationsOf(event))].filter((location) => location !== ""),
    keyword: keywordIn(invitation.locations, settings),
    rules: rulesApplied(invitation, settings, now),
    decision,
    decoration,
    blocks: invitation.blocks.map(explained),
    bodyHoldsOwnLink: invitation.bodyHoldsOwnLink,
    says: sentenceOf(decision),
  };
};

/** What of a body is ours, and what it holds besides. */
export interface BodyExplanation {
  readonly characters: number;
  /** Small and flat enough to be read. */
  readonly readable: boolean;
  /** Elements that bear our block's name, also those that a person wrote. */
  readonly candidates: number;
  readonly blocks: readonly ExplainedBlock[];
  readonly ownLink: boolean;
}

/** Explains a body, with the event's extended properties where there are any. */
export const explainBodyText = (
  html: string,
  properties: readonly { readonly id: string; readonly value?: string | null | undefined }[] | null,
): BodyExplanation => {
  const id = decorationPropertyId.toLowerCase();
  const value = properties?.find((each) => each.id.toLowerCase() === id)?.value ?? null;
  const ours = oursOf(decorationOf({ extendedProperty: value }), undefined);
  const document = html.length > bodyCharactersMax ? null : parseHtml(html);
  const blocks = document ? blocksIn(document, ours) : [];
  return {
    characters: html.length,
    readable: document !== null,
    candidates: document ? candidatesIn(document) : 0,
    blocks: blocks.map(explained),
    ownLink: document !== null && bodyHoldsWebexLink(document, blocks),
  };
};
