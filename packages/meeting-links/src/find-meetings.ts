import { partsOf, writtenHost } from "./address-parts.ts";
import { type FoundAddress, visitAddresses, withoutTrailingSigns } from "./addresses.ts";
import type { AddressParts, CompiledRules } from "./compiled-rules.ts";
import { type Details, filled } from "./details.ts";
import { meetingsInLines } from "./lines.ts";
import { readableText, withoutReferences } from "./readable-text.ts";
import type { AddressRule } from "./rule.ts";
import { unwrapped, wrappingsMax } from "./unwrap.ts";

/** A text in which a meeting's address may stand. The order of fields is their precedence. */
export interface Field {
  /** Whatever the caller calls it, such as `location` or `body`; comes back with what is found. */
  readonly name: string;
  readonly text: string;
  readonly isHtml?: boolean;
}

/** Where a meeting is, as one address or a few lines tell it. */
export interface FoundMeeting extends Details {
  readonly service: string;
  /** Name of the rule that fitted. */
  readonly rule: string;
  /** Name of the field that it stands in. */
  readonly field: string;
  /** Names of the wrappers that were taken off, outermost first. */
  readonly unwrapped: readonly string[];
}

/** Why an address that may look like a meeting's is none. */
export type Refusal =
  | "notAnAddress"
  | "namedUser"
  | "lookAlikeHost"
  | "port"
  | "noRule"
  | "wrapping"
  | "organizer";

/** What was thought of one address, for people. */
export interface SeenAddress {
  readonly field: string;
  /** As it stands in the text, cut at 300 characters. */
  readonly text: string;
  readonly unwrapped: readonly string[];
  readonly verdict: { readonly rule: string } | { readonly refused: Refusal };
}

/** What a search gives. */
export interface Findings {
  /** The meeting to join; what its own address does not tell is filled in from others of the same service. */
  readonly best: FoundMeeting | null;
  /** Every meeting that was found, best first. */
  readonly all: readonly FoundMeeting[];
  /** Addresses that rules know, and those that only look so; at most 100. */
  readonly seen: readonly SeenAddress[];
  /** Whether the texts held more than is looked at; what was found counts all the same. */
  readonly cutShort: boolean;
}

/** Texts of all fields together that are read, UTF-16. A body beyond it is cut. */
export const charactersMax = 2_000_000;
/** Addresses on hosts that a rule knows; comparing them costs most. */
const comparedMax = 1_000;
/** Hosts that no rule knows and that are compared with all that rules know, to warn of imitations. */
const lookAlikesMax = 500;
const seenMax = 100;

interface Search {
  readonly rules: CompiledRules;
  readonly organizer: "internal" | "external";
  comparedLeft: number;
  lookAlikesLeft: number;
  readonly found: (FoundMeeting & {
    readonly rank: number;
    readonly fieldNth: number;
    readonly length: number;
  })[];
  readonly seen: SeenAddress[];
  readonly known: Set<string>;
}

/**
 * Finds the meetings that the fields tell how to join. Pure and linear: every character is read a bounded
 * number of times, whatever it is. `organizer` says whose invitation it is, for rules that are for one kind.
 */
export const findMeetings = (
  fields: readonly Field[],
  rules: CompiledRules,
  organizer: "internal" | "external" = "internal",
): Findings => {
  const search: Search = {
    rules,
    organizer,
    comparedLeft: comparedMax,
    lookAlikesLeft: lookAlikesMax,
    found: [],
    seen: [],
    known: new Set(),
  };
  let left = charactersMax;
  for (const [fieldNth, field] of fields.entries()) {
    const given = field.text.slice(0, left);
    left -= given.length;
    const text = field.isHtml === true ? readableText(given) : withoutReferences(given);
    visitAddresses(text, {
      knowsHost: rules.knowsHost,
      visit: (address) => consider(search, address, { field, fieldNth }),
    });
    for (const { rule, details } of meetingsInLines(text, rules.lines, organizer))
      search.found.push({
        ...details,
        service: rule.service,
        rule: rule.name,
        field: field.name,
        unwrapped: [],
        rank: rule.rank,
        fieldNth,
        length: 0,
      });
  }
  const all = search.found
    .sort((a, b) => a.fieldNth - b.fieldNth || a.rank - b.rank || b.length - a.length)
    .map(({ rank: _rank, fieldNth: _fieldNth, length: _length, ...meeting }) => meeting);
  const cut = fields.reduce((sum, { text }) => sum + text.length, 0) > charactersMax;
  return { best: bestOf(all), all, seen: search.seen, cutShort: cut || search.comparedLeft <= 0 };
};

/** One meeting is often told twice, as a link and as a video address: each tells what the other does not. */
const bestOf = (all: readonly FoundMeeting[]): FoundMeeting | null => {
  const [first, ...others] = all;
  if (!first) return null;
  const same = others.filter(({ service }) => service === first.service);
  const known = (key: keyof Details): string | null =>
    first[key] ?? same.find((other) => other[key] !== null)?.[key] ?? null;
  return {
    ...first,
    url: known("url"),
    video: known("video"),
    meetingId: known("meetingId"),
    passcode: known("passcode"),
  };
};

interface Place {
  readonly field: Field;
  readonly fieldNth: number;
}

/** A host that nobody needs to parse to see that no rule knows it. */
const plainHost = /^[a-z0-9.-]+$/;

const isOfConcern = (search: Search, address: FoundAddress): boolean => {
  const { rules } = search;
  const { scheme } = address;
  const host = writtenHost(address);
  if (rules.knowsHost(host)) return true;
  if (scheme === "bare") return rules.schemesOfAnyHost.has(scheme) && /^\d+@/.test(address.text);
  if (rules.schemesOfAnyHost.has(scheme) || !plainHost.test(host)) return true;
  if (search.lookAlikesLeft <= 0) return false;
  search.lookAlikesLeft -= 1;
  return isLookAlike(host, rules);
};

/** Whether a host holds a domain that rules know, without being it or below it. */
const isLookAlike = (host: string, { domains }: CompiledRules): boolean =>
  host.length < 254 && domains.some((domain) => host.includes(domain));

/** Whether more addresses are wanted. */
const consider = (search: Search, address: FoundAddress, place: Place): boolean => {
  const { field, fieldNth } = place;
  if (!isOfConcern(search, address) || search.known.has(`${fieldNth} ${address.text}`)) return true;
  search.comparedLeft -= 1;
  search.known.add(`${fieldNth} ${address.text}`);
  const judged = judge(search, address);
  // Most addresses without a scheme are people's, and no wonder.
  const isMail = address.scheme === "bare" && "refused" in judged;
  if (search.seen.length < seenMax && !isMail) search.seen.push(seenAs(address, field, judged));
  if (!("refused" in judged)) {
    const { rule, details, unwrapped } = judged;
    const length = details.url?.length ?? 0;
    const named = { service: rule.service, rule: rule.name, field: field.name, unwrapped };
    search.found.push({ ...details, ...named, rank: rule.rank, fieldNth, length });
  }
  return search.comparedLeft > 0;
};

const seenAs = (address: FoundAddress, field: Field, judged: Judged): SeenAddress => ({
  field: field.name,
  text: address.text.slice(0, 300),
  unwrapped: judged.unwrapped,
  verdict: "refused" in judged ? { refused: judged.refused } : { rule: judged.rule.name },
});

type Judged = { readonly unwrapped: readonly string[] } & (
  | { readonly rule: AddressRule; readonly details: Details }
  | { readonly refused: Refusal }
);

const judge = (search: Search, found: Pick<FoundAddress, "scheme" | "text">): Judged => {
  const layers: string[] = [];
  let address = found;
  for (;;) {
    const parts = partsOf(address);
    if (!parts) return { unwrapped: layers, refused: "notAnAddress" };
    const inner = parts.user === "" ? unwrapped(parts, search.rules) : null;
    if (!inner) return { unwrapped: layers, ...matchOf(search, address, parts) };
    layers.push(inner.by);
    if (layers.length > wrappingsMax) return { unwrapped: layers, refused: "wrapping" };
    address = { scheme: schemeOf(inner.address), text: withoutTrailingSigns(inner.address) };
  }
};

const schemeOf = (text: string): string =>
  /^([a-z][a-z0-9+.-]{0,20}):/i.exec(text)?.[1]?.toLowerCase() ?? "none";

/** Scripts that set no space between an address and the words behind it. */
const scriptsWithoutSpaces =
  /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\p{Script=Hangul}\p{Script=Thai}]/u;

/** The address with what others may have put behind it cut off; most likely first. */
const readingsOf = (address: string): readonly string[] => {
  if (/^[\w./:%?=&#+~-]+$/.test(address)) return [address];
  const readings: string[] = [];
  const script = address.search(scriptsWithoutSpaces);
  if (script > 8) readings.push(address.slice(0, script));
  const path = /^[^?#]*/.exec(address)?.[0] ?? "";
  const list = path.search(/[;|]/);
  if (list > 8) readings.push(path.slice(0, list));
  const sign = address.search(/[,|()[\]{}]|[^\u0021-\u007e]/);
  readings.push(address);
  if (sign > 8) readings.push(address.slice(0, sign));
  return readings.map(withoutTrailingSigns);
};

const matchOf = (
  { rules, organizer }: Search,
  address: Pick<FoundAddress, "scheme" | "text">,
  whole: AddressParts,
): { readonly rule: AddressRule; readonly details: Details } | { readonly refused: Refusal } => {
  const isDialed = /^(?:sips?|h323|bare)$/.test(whole.scheme);
  if (!isDialed && whole.user !== "") return { refused: "namedUser" };
  let isForOthers = false;
  for (const text of isDialed ? [address.text] : readingsOf(address.text)) {
    const parts = text === address.text ? whole : partsOf({ ...address, text });
    if (!parts) continue;
    for (const { rule, match } of rules.rulesFor(parts.host)) {
      const groups = match(parts);
      if (!groups) continue;
      if (rule.organizer !== "any" && rule.organizer !== organizer) {
        isForOthers = true;
        continue;
      }
      return { rule, details: filled(rule, { groups, parts, text: withScheme(text, address.scheme) }) };
    }
  }
  if (isForOthers) return { refused: "organizer" };
  if (whole.port !== "") return { refused: "port" };
  if (!rules.knowsHost(whole.host) && isLookAlike(whole.host, rules)) return { refused: "lookAlikeHost" };
  return { refused: "noRule" };
};

const withScheme = (text: string, scheme: string): string => (scheme === "none" ? `https://${text}` : text);
