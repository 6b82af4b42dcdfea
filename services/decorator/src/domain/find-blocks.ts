import {
  attributeOf,
  childrenOf,
  type Element,
  type ElementRange,
  isElement,
  type Node,
  parseHtml,
  type Range,
  rangeOf,
  textOf,
  walk,
} from "#domain/html-tree";
import { blockName, digestPrefix, languagePrefix, lineName } from "#domain/join-block";
import { isLanguage, type Language } from "#domain/languages/catalogue";
import { type Ours, telltaleLines } from "#domain/ownership";
import { textDigest, visibleText } from "#domain/text-digest";

/** One copy of our block in a body. */
export interface FoundBlock extends Range {
  /** All that we wrote is there; a person may have added something. */
  readonly intact: boolean;
  /** Of the text in it that is provably ours. */
  readonly digest: string;
  readonly language: Language | null;
  /** What is ours to cut: everything when untouched, else its two tags and the lines nobody touched. */
  readonly cuts: readonly Range[];
  /** Elements in it, ours and others'. */
  readonly elementsCount: number;
  /** Whether any line of ours is left in it; a copy of the bare element that an editor made has none. */
  readonly hasOurText: boolean;
}

/**
 * Elements that may lie between the body and our block: what editors wrap whole bodies in, and formatting
 * that was left open. A copy elsewhere (a quotation, a table) belongs to what a person wrote.
 */
const wrappers = new Set(
  "body html div section main article center font span b i u s em strong small big".split(" "),
);

/** Nobody has more copies in one body; what comes after them is left alone. */
const blocksMax = 16;
/** Our own texts are far shorter; longer ones need not be read to know that they are not ours. */
const blockTextMax = 20_000;
const lineTextMax = 2_000;
/** Elements of one body that are compared with our lines, and nodes within one that may be plain. */
const candidatesMax = 400;
const plainNodesMax = 200;

/** Whether anything in the body bears our name; says nothing about whose it is. Costs no parsing. */
export const mentionsBlock = (html: string): boolean => html.toLowerCase().includes(blockName);

/**
 * Finds every copy of our block. Exchange and Outlook rename ids and classes by prefixing `x_` (once per
 * forwarding), may change quoting and white space, and may drop every class; so id or class makes a
 * candidate, and only what `ours` proves is ours: a block that somebody copied from another invitation is a
 * person's text.
 */
export const findBlocks = (html: string, ours: Ours | null): readonly FoundBlock[] => {
  // Most bodies were never touched by us, and this is far cheaper than parsing them.
  if (ours === null || !mentionsBlock(html)) return [];
  const document = parseHtml(html);
  return document ? blocksIn(document, ours) : [];
};

/** The same for a body that is parsed already. */
export const blocksIn = (document: Node, ours: Ours | null): readonly FoundBlock[] => {
  if (ours === null) return [];
  const found: ReadBlock[] = [];
  const reading: Reading = { ours, candidatesLeft: candidatesMax };
  walk(document, (node) => {
    if (found.length >= blocksMax) return false;
    if (!isElement(node)) return childrenOf(node).length > 0;
    const range = isCandidate(node) ? rangeOf(node) : undefined;
    const block = range && readBlock(node, range, reading);
    if (!block) return wrappers.has(node.tagName);
    found.push(block);
    // Inside an untouched block there is nothing but our own lines.
    return block.cuts.length > 1;
  });
  return withoutStaleLines(document, found);
};

/** Elements that bear our block's name, also those that a person wrote; for people. */
export const candidatesIn = (document: Node): number => {
  let count = 0;
  walk(document, (node) => {
    if (isElement(node) && isCandidate(node)) count += 1;
    return true;
  });
  return count;
};

/** What reading one body has to keep to. */
interface Reading {
  readonly ours: Ours;
  candidatesLeft: number;
}

/** A line of ours that somebody altered: its range, the digest that we wrote beside it, what it says now. */
interface AlteredLine extends Range {
  readonly written: string | null;
  readonly text: string;
}

interface ReadBlock extends FoundBlock {
  readonly altered: readonly AlteredLine[];
}

/** What stands in our own HTML, and what Exchange and editors put around text; anything else was added. */
const plainElements = new Set("div span p a br b strong i em u font o:p".split(" "));

/** Whether there is nothing in the element but text, so that its text tells whether it is still ours. */
const isPlain = (element: Element): boolean => {
  let nodes = 0;
  let plain = true;
  walk(element, (node) => {
    nodes += 1;
    if (isElement(node) ? !plainElements.has(node.tagName) : node.nodeName !== "#text") plain = false;
    return plain && nodes <= plainNodesMax;
  });
  return plain && nodes <= plainNodesMax;
};

const namesOf = (element: Element, attribute: "id" | "class"): readonly string[] =>
  (attributeOf(element, attribute) ?? "")
    .slice(0, 1_000)
    .split(/\s+/)
    .map((name) => name.replace(/^(?:x_)+/i, "").toLowerCase())
    .filter((name) => name !== "");

const isCandidate = (element: Element): boolean =>
  namesOf(element, "id").includes(blockName) || namesOf(element, "class").includes(blockName);

const suffixOf = (names: readonly string[], prefix: string): string | null =>
  names.find((name) => name.startsWith(prefix))?.slice(prefix.length) ?? null;

/** Undefined when nothing proves that the block is ours. */
const readBlock = (element: Element, range: ElementRange, reading: Reading): ReadBlock | undefined => {
  const { ours } = reading;
  const names = namesOf(element, "class");
  const language = languageIn(names);
  const text = textOf(element, blockTextMax);
  const whole = text.length > blockTextMax ? null : textDigest(text);
  const { start, end } = range;
  const elementsCount = countElements(element);
  const common = { start, end, language, elementsCount };
  if (whole !== null && ours.digests.includes(whole) && isPlain(element))
    return { ...common, intact: true, digest: whole, cuts: [range], hasOurText: true, altered: [] };
  const written = suffixOf(names, digestPrefix);
  const { lines, altered } = linesIn(element, reading);
  const telltales = telltaleLines(ours);
  const isOurs =
    (written !== null && ours.digests.includes(written)) ||
    lines.some((line) => telltales.includes(line.digest));
  if (!isOurs) return undefined;
  const digest = textDigest(lines.map((line) => line.text).join(""));
  const tags = [
    { start, end: range.contentStart },
    { start: range.contentEnd, end },
  ];
  return {
    ...common,
    intact: lines.length > 0 && ours.digests.includes(digest),
    digest,
    cuts: [...tags, ...lines],
    hasOurText: lines.length > 0,
    altered,
  };
};

const countElements = (element: Element): number => {
  let count = 0;
  walk(element, (node) => {
    if (isElement(node)) count++;
    return true;
  });
  return count;
};

const languageIn = (names: readonly string[]): Language | null => {
  const language = suffixOf(names, languagePrefix);
  return isLanguage(language) ? language : null;
};

interface OwnLine extends Range {
  readonly text: string;
  readonly digest: string;
}

/**
 * Lines whose text is still the one that their own digest, or the property, stands for; and what is left of
 * the block's other lines.
 */
const linesIn = (block: Element, reading: Reading) => {
  const lines: OwnLine[] = [];
  const altered: AlteredLine[] = [];
  walk(block, (node) => {
    if (!isElement(node) || isCandidate(node) || reading.candidatesLeft <= 0) return false;
    const range = rangeOf(node);
    if (!range) return true;
    reading.candidatesLeft -= 1;
    const names = namesOf(node, "class");
    const written = names.includes(lineName) ? suffixOf(names, digestPrefix) : null;
    const text = textOf(node, lineTextMax);
    if (text.length > lineTextMax) return true;
    const digest = textDigest(text);
    const { start, end } = range;
    const isOurs = digest === written || reading.ours.lines.includes(digest);
    if (isOurs && isPlain(node)) {
      lines.push({ start, end, text, digest });
      return false;
    }
    const isWholeLine = node.parentNode === block && isPlain(node);
    if (isWholeLine) altered.push({ start, end, written, text: visibleText(text) });
    return !isWholeLine;
  });
  return { lines, altered };
};

/**
 * A client that alters a line of ours at every save would leave one more of them behind each time, because an
 * altered line is a person's text. So what says the same as, or was made of the same line as, one that stands
 * outside already is cut as well, and one remains.
 */
const withoutStaleLines = (document: Node, found: readonly ReadBlock[]): readonly FoundBlock[] => {
  const altered = found.flatMap((block) => (block.intact ? [] : block.altered));
  if (altered.length === 0) return found;
  const outside = linesOutside(document, found);
  const isIn = (line: AlteredLine) => (other: AlteredLine) => other.text === line.text && other.text !== "";
  const made = new Set(altered.flatMap(({ written }) => written ?? []));
  const older = outside.filter(({ written }) => written !== null && made.has(written));
  const repeated = altered.filter((line) =>
    outside.some((other) => !older.includes(other) && isIn(line)(other)),
  );
  const [first, ...others] = found;
  return first ? [{ ...first, cuts: [...first.cuts, ...older, ...repeated] }, ...others] : found;
};

/** What may be left of altered lines: plain elements with little text, outside of every block of ours. */
const linesOutside = (document: Node, found: readonly ReadBlock[]): readonly AlteredLine[] => {
  const outside: AlteredLine[] = [];
  walk(document, (node) => {
    if (outside.length >= candidatesMax) return false;
    if (!isElement(node)) return childrenOf(node).length > 0;
    const range = rangeOf(node);
    if (range && found.some(({ start, end }) => range.start >= start && range.end <= end)) return false;
    const names = namesOf(node, "class");
    const text = range ? textOf(node, lineTextMax) : "";
    if (range && text !== "" && text.length <= lineTextMax && isPlain(node)) {
      const written = names.includes(lineName) ? suffixOf(names, digestPrefix) : null;
      outside.push({ start: range.start, end: range.end, written, text: visibleText(text) });
    }
    return wrappers.has(node.tagName);
  });
  return outside;
};
