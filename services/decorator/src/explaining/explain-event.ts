import type { OrganisationSettings } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";
import { type CompiledRules } from "@hybrid/meeting-links";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { type AppliedRule, type Decision, decideDecoration, rulesApplied } from "#domain/decide-decoration";
import { explainSkip } from "#domain/explain-outcome";
import { type Keyword, keywordIn } from "#domain/keyword";
import { modelOf } from "../adapters/graph-ports.ts";
import { type Decoration, decorationOf, invitationOf, locationsOf, oursOf } from "../adapters/invitation.ts";
import { type ExplainedBlock, explainedBlock, propertyOf } from "./explain-body.ts";

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
  /** The organisation's own rules call something in location or body a meeting of Webex. */
  readonly holdsRuledLink: boolean;
  /** The decision in a sentence or two. */
  readonly says: string;
}

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

/** What an event is judged by. */
export interface Judging {
  readonly settings: OrganisationSettings;
  readonly now: EpochMs;
  /** The organisation's own rules for addresses, without the shipped ones. */
  readonly ownRules: CompiledRules | null;
}

/**
 * Why an event is or is not decorated, rule by rule, from the event alone as Graph gives it; null when it
 * lacks what no decision can do without (type, organiser, times, body). What the decorator itself does
 * follows from the same decision, and from Webex's answers.
 */
export const explainEvent = (
  given: GraphEvent,
  { settings, now, ownRules }: Judging,
): EventExplanation | null => {
  const read = modelOf({ ...given, body: given.body ?? { contentType: "html", content: "" } });
  if (!read) return null;
  const event = { ...read, extendedProperty: propertyOf(given.singleValueExtendedProperties) };
  const decoration = decorationOf(event);
  const ours = oursOf(decoration, undefined);
  const invitation = invitationOf(event, { settings, ours, isContested: false, ownRules });
  const decision = decideDecoration(invitation, settings, now);
  return {
    locations: [...new Set(locationsOf(event))].filter((location) => location !== ""),
    keyword: keywordIn(invitation.locations, settings),
    rules: rulesApplied(invitation, settings, now),
    decision,
    decoration,
    blocks: invitation.blocks.map(explainedBlock),
    bodyHoldsOwnLink: invitation.bodyHoldsOwnLink,
    holdsRuledLink: invitation.holdsRuledLink,
    says: sentenceOf(decision),
  };
};
