import { RE2JS } from "re2js";
import { z } from "zod";

const pattern = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => isPattern(text), { error: "is no regular expression in RE2's syntax" });

const template = z.string().min(1).max(500);

const AddressRule = z.strictObject({
  name: z.string().min(1).max(80),
  service: z.string().min(1).max(40),
  note: z.string().max(500).optional(),
  /** A rule that is kept and not used. */
  enabled: z.boolean().default(true),
  organizer: z.enum(["any", "internal", "external"]).default("any"),
  /** Among the addresses of one field a lower number wins. */
  rank: z.int().min(0).max(1_000).default(100),
  /** `bare`: an address without any scheme, `user@host`. */
  schemes: z
    .array(z.string().regex(/^[a-z][a-z0-9+.-]{0,30}$/))
    .min(1)
    .default(["https", "http"]),
  /** `zoom.us`, `*.zoom.us` for all hosts below it, `jitsi.*` for a first label, or `*`. */
  hosts: z
    .array(z.string().regex(/^(?:\*|(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z0-9-]+|[a-z0-9-]+\.\*)$/))
    .min(1)
    .max(100),
  /** On what stands before the `@`, whole. Without it the address must have no such part. */
  user: pattern.optional(),
  /** On path, query and fragment, from the start; only a slash, a query and a fragment may follow. */
  path: pattern.optional(),
  /** What `path` must not be, whole: the host's own pages. */
  except: pattern.optional(),
  url: template.optional(),
  video: template.optional(),
  meetingId: template.optional(),
  passcode: template.optional(),
});

const LinesRule = z.strictObject({
  name: AddressRule.shape.name,
  service: AddressRule.shape.service,
  note: AddressRule.shape.note,
  enabled: AddressRule.shape.enabled,
  organizer: AddressRule.shape.organizer,
  rank: AddressRule.shape.rank,
  /** Any of these must stand in the first line, in any case. */
  contains: z.array(z.string().min(3).max(100)).min(1).max(50),
  /** On one line each, in this order. */
  lines: z.array(pattern).min(1).max(4),
  /** Lines from one to the next, at most. */
  within: z.int().min(1).max(10).default(4),
  url: template.optional(),
  video: template.optional(),
  meetingId: template.optional(),
  passcode: template.optional(),
});

/** How an address of a meeting looks, and what becomes of it. */
export type AddressRule = z.output<typeof AddressRule>;
/** How lines of a text look that name a meeting together. */
export type LinesRule = z.output<typeof LinesRule>;

const Wrapper = z.strictObject({
  name: z.string().min(1).max(80),
  hosts: AddressRule.shape.hosts,
  path: pattern.optional(),
  /** Query parameters that may hold the address that is wrapped. */
  parameters: z.array(z.string().min(1).max(40)).max(10).default([]),
  /** How else it is written: percent-encoded behind a path, or the two ways of URL Defense. */
  form: z.enum(["parameter", "path", "urlDefense2", "urlDefense3"]).default("parameter"),
});

/** How a mail filter writes the addresses that it puts its own in front of. */
export type Wrapper = z.output<typeof Wrapper>;

/** Rules and wrappers, as they are shipped and as an administrator edits them; the order counts. */
export interface RuleBook {
  readonly addresses: readonly AddressRule[];
  readonly lines: readonly LinesRule[];
  readonly wrappers: readonly Wrapper[];
}

/** A rule that cannot be used: where it stands in the document, and why. */
export interface RuleFault {
  readonly at: string;
  readonly message: string;
}

/** Whether RE2 takes a pattern. */
export const isPattern = (text: string): boolean => {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    // RE2JS names its reason in its own words; the document's place is what a person needs.
    return false;
  }
};

const Document = z.strictObject({
  addresses: z.array(z.unknown()).max(1_000).default([]),
  lines: z.array(z.unknown()).max(100).default([]),
  wrappers: z.array(z.unknown()).max(200).default([]),
});

const readEach = <Rule>(
  given: readonly unknown[],
  kind: string,
  schema: z.ZodType<Rule>,
): { readonly rules: readonly Rule[]; readonly faults: readonly RuleFault[] } => {
  const read = given.map((each) => schema.safeParse(each));
  return {
    rules: read.flatMap(({ data }) => data ?? []),
    faults: read.flatMap(({ error }, nth) =>
      (error?.issues ?? []).map(({ path, message }) => ({
        at: [`${kind}[${nth}]`, ...path].join("."),
        message,
      })),
    ),
  };
};

/**
 * Reads a document `{ addresses, lines, wrappers }`, each a list. A rule that cannot be used is left out and
 * named in `faults`; it never stops the others.
 */
export const readRuleBook = (
  given: unknown,
): { readonly book: RuleBook; readonly faults: readonly RuleFault[] } => {
  const document = Document.safeParse(given);
  if (!document.success)
    return {
      book: { addresses: [], lines: [], wrappers: [] },
      faults: document.error.issues.map(({ path, message }) => ({ at: path.join(".") || ".", message })),
    };
  const addresses = readEach(document.data.addresses, "addresses", AddressRule);
  const lines = readEach(document.data.lines, "lines", LinesRule);
  const wrappers = readEach(document.data.wrappers, "wrappers", Wrapper);
  return {
    book: { addresses: addresses.rules, lines: lines.rules, wrappers: wrappers.rules },
    faults: [...addresses.faults, ...lines.faults, ...wrappers.faults],
  };
};

/** An administrator's rules before the shipped ones; one of the same name takes the shipped one's place. */
export const withShippedRules = (own: RuleBook, shipped: RuleBook): RuleBook => {
  const names = new Set([...own.addresses, ...own.lines, ...own.wrappers].map(({ name }) => name));
  const others = <Rule extends { readonly name: string }>(rules: readonly Rule[]): readonly Rule[] =>
    rules.filter(({ name }) => !names.has(name));
  return {
    addresses: [...own.addresses, ...others(shipped.addresses)],
    lines: [...own.lines, ...others(shipped.lines)],
    wrappers: [...own.wrappers, ...others(shipped.wrappers)],
  };
};
