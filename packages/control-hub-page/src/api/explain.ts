import { z } from "zod";
import { count } from "./shapes.ts";

/** Characters of what is explained: an invitation of a large series, as JSON. */
const explainedCharactersMax = 2_000_000;

/** Characters of an organisation's document of rules. */
const rulesCharactersMax = 100_000;

const organizer = z.enum(["internal", "external"]).default("internal");

/** A document of rules, JSON as packages/meeting-links describes it. */
const document = z.string().max(rulesCharactersMax);

/** A text, an HTML document, or an event as Graph gives it, that is to be explained. */
export const TextToExplain = z.object({
  text: z.string().min(1).max(explainedCharactersMax),
  organizer,
  /** Rules that are tried instead of the organisation's; null: its own. */
  rules: document.nullable().default(null),
});

/** An event of a mailbox that is to be explained, by its immutable id. */
export const EventToExplain = z.object({ eventId: z.string().trim().min(1).max(512), organizer });

/** A rule as it was applied to an event. */
const AppliedRule = z.object({
  /** The reason with which it would stop. */
  name: z.string(),
  passed: z.boolean(),
});

/** What would be done with an event, and why. */
const ExplainedEvent = z.object({
  locations: z.array(z.string()).readonly(),
  keyword: z.object({ keyword: z.string(), action: z.string() }).nullable(),
  /** In the order in which they are asked, up to the one that stops it. */
  rules: z.array(AppliedRule).readonly(),
  decision: z.object({
    kind: z.enum(["none", "decorate", "remove", "skip"]),
    /** Why, where something stops it or takes it out. */
    reason: z.string().nullable(),
    /** What the details would be of. */
    place: z.string().nullable(),
  }),
  isOurs: z.boolean(),
  bodyHoldsOwnLink: z.boolean(),
  holdsRuledLink: z.boolean(),
});

/** All that can be told of an event or a text. */
export const Explained = z.object({
  /** Null: a text, or an event without type, organiser, times or body. */
  event: ExplainedEvent.nullable(),
  /** The meeting that it tells how to join. */
  meeting: z
    .object({
      service: z.string(),
      rule: z.string(),
      field: z.string(),
      url: z.string().nullable(),
      video: z.string().nullable(),
      meetingId: z.string().nullable(),
    })
    .nullable(),
  /** What was thought of each address in it. */
  seen: z
    .array(
      z.object({
        field: z.string(),
        text: z.string(),
        rule: z.string().nullable(),
        refused: z.string().nullable(),
      }),
    )
    .readonly(),
  /** What of the rules cannot be used, and so was left out. */
  faults: z.array(z.object({ at: z.string(), message: z.string() })).readonly(),
  blocks: count,
});

/** A rule in the order in which rules are tried. */
const RuleRow = z.object({
  kind: z.enum(["address", "lines", "wrapper"]),
  name: z.string(),
  service: z.string(),
  organizer: z.string(),
  enabled: z.boolean(),
  from: z.enum(["organisation", "shipped"]),
  matches: z.array(z.string()).readonly(),
});

/** An organisation's rules for addresses of meetings, with the shipped ones behind them. */
export const Rules = z.object({
  /** 0: it has none of its own. */
  version: count,
  document: z.string().nullable(),
  rules: z.array(RuleRow).readonly(),
  faults: Explained.shape.faults,
});

/** An order about rules: these are the organisation's own from now on, or the shipped ones alone. */
export const RulesOrder = z.discriminatedUnion("order", [
  z.object({ order: z.literal("set"), document, version: count }),
  z.object({ order: z.literal("reset"), version: count }),
]);

/** An explanation. */
export type Explained = z.output<typeof Explained>;
/** The rules. */
export type Rules = z.output<typeof Rules>;
