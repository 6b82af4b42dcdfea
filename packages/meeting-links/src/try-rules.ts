import { type CompiledRules, compileRules } from "./compiled-rules.ts";
import { type Field, type Findings, findMeetings } from "./find-meetings.ts";
import { type RuleBook, type RuleFault, readRuleBook, withShippedRules } from "./rule.ts";
import { compiledShippedRules, shippedRules } from "./shipped-rules.ts";

/** A document of rules as an administrator keeps it, as text. */
export interface OwnRules {
  readonly book: RuleBook;
  /** What of it cannot be used, and so is left out. */
  readonly faults: readonly RuleFault[];
}

const empty: RuleBook = { addresses: [], lines: [], wrappers: [] };

/** Reads a document of rules; null is one without rules. Never throws: what cannot be read is a fault. */
export const readOwnRules = (document: string | null): OwnRules => {
  if (document === null) return { book: empty, faults: [] };
  try {
    return readRuleBook(JSON.parse(document));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { book: empty, faults: [{ at: ".", message: `is no JSON: ${error.message}` }] };
  }
};

/** An organisation's own rules before the shipped ones, ready to be tried. */
export const rulesOf = ({ book }: OwnRules): CompiledRules =>
  book === empty ? compiledShippedRules : compileRules(withShippedRules(book, shippedRules));

/** What rules find in texts, and what of the rules cannot be used. The keys are a contract. */
export interface RuleTrial extends Findings {
  readonly faults: readonly RuleFault[];
}

/**
 * Tries a document of rules, with the shipped ones behind it, on the texts of an invitation: what the
 * services would find by it. Pure, so that the command line and a page try the same.
 */
export const tryRules = (
  document: string | null,
  fields: readonly Field[],
  organizer: "internal" | "external" = "internal",
): RuleTrial => {
  const own = readOwnRules(document);
  return { ...findMeetings(fields, rulesOf(own), organizer), faults: own.faults };
};

/** A rule in the order in which rules are tried. */
export interface ListedRule {
  readonly kind: "address" | "lines" | "wrapper";
  readonly name: string;
  /** Empty of a wrapper. */
  readonly service: string;
  readonly organizer: "any" | "internal" | "external";
  readonly enabled: boolean;
  readonly from: "organisation" | "shipped";
  /** Hosts it is for, or words that its first line holds. */
  readonly matches: readonly string[];
  /** The templates of what it makes of an address; what it does not make is left out. */
  readonly makes: Readonly<Record<string, string>>;
}

const makesOf = (rule: RuleBook["addresses"][number] | RuleBook["lines"][number]) =>
  Object.fromEntries(
    (["url", "video", "meetingId", "passcode"] as const).flatMap((name) => {
      const template = rule[name];
      return template === undefined ? [] : [[name, template]];
    }),
  );

/** All rules in their order: the organisation's own ones first, then those that are shipped. */
export const listedRules = ({ book }: OwnRules): readonly ListedRule[] => {
  const all = withShippedRules(book, shippedRules);
  const own = new Set<unknown>([...book.addresses, ...book.lines, ...book.wrappers]);
  const fromOf = (rule: unknown): ListedRule["from"] => (own.has(rule) ? "organisation" : "shipped");
  return [
    ...all.addresses.map((rule) => ({
      kind: "address" as const,
      name: rule.name,
      service: rule.service,
      organizer: rule.organizer,
      enabled: rule.enabled,
      from: fromOf(rule),
      matches: rule.hosts,
      makes: makesOf(rule),
    })),
    ...all.lines.map((rule) => ({
      kind: "lines" as const,
      name: rule.name,
      service: rule.service,
      organizer: rule.organizer,
      enabled: rule.enabled,
      from: fromOf(rule),
      matches: rule.contains,
      makes: makesOf(rule),
    })),
    ...all.wrappers.map((rule) => ({
      kind: "wrapper" as const,
      name: rule.name,
      service: "",
      organizer: "any" as const,
      enabled: true,
      from: fromOf(rule),
      matches: rule.hosts,
      makes: {},
    })),
  ];
};
