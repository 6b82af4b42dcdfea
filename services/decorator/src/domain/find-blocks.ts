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
import { blockName, digestPrefix, type Language, languagePrefix, lineName } from "#domain/join-block";
import { textDigest } from "#domain/text-digest";

/** One copy of our block in a body. */
export interface FoundBlock extends Range {
  /** All that we wrote is there; a person may have added something. */
  readonly intact: boolean;
  /** Of the text in it that is provably ours. */
  readonly digest: string;
  readonly language: Language | null;
  /** What is ours to cut: everything when untouched, else its two tags and the lines nobody touched. */
  readonly cuts: readonly Range[];
  /** Elements in it, whoever wrote them. */
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

/**
 * Finds every copy of our block. Exchange and Outlook rename ids and classes by prefixing `x_` (once per
 * forwarding), may change quoting and white space, and may drop a class; so id or class is enough, and the
 * text decides what is ours. `knownDigest`, from the event's extended property, helps when the classes
 * were dropped.
 */
export const findBlocks = (html: string, knownDigest: string | null): readonly FoundBlock[] => {
  // Most bodies were never touched by us, and this is far cheaper than parsing them.
  return html.toLowerCase().includes(blockName) ? blocksIn(parseHtml(html), knownDigest) : [];
};

/** The same for a body that is parsed already. */
export const blocksIn = (document: Node, knownDigest: string | null): readonly FoundBlock[] => {
  const found: FoundBlock[] = [];
  walk(document, (node) => {
    if (!isElement(node)) return childrenOf(node).length > 0;
    const range = isOurs(node) ? rangeOf(node) : undefined;
    if (!range) return wrappers.has(node.tagName);
    const block = readBlock(node, range, knownDigest);
    found.push(block);
    // Inside an untouched block there is nothing but our own lines.
    return block.cuts.length > 1;
  });
  return found;
};

/** What stands in our own HTML, and what Exchange and editors put around text; anything else was added. */
const plainElements = new Set("div span p a br b strong i em u font o:p".split(" "));

/** Whether there is nothing in the element but text, so that its text tells whether it is still ours. */
const isPlain = (element: Element): boolean => {
  let plain = true;
  walk(element, (node) => {
    if (isElement(node) ? !plainElements.has(node.tagName) : node.nodeName !== "#text") plain = false;
    return plain;
  });
  return plain;
};

const namesOf = (element: Element, attribute: "id" | "class"): readonly string[] =>
  (attributeOf(element, attribute) ?? "")
    .split(/\s+/)
    .map((name) => name.replace(/^(?:x_)+/i, "").toLowerCase())
    .filter((name) => name !== "");

const isOurs = (element: Element): boolean =>
  namesOf(element, "id").includes(blockName) || namesOf(element, "class").includes(blockName);

const suffixOf = (names: readonly string[], prefix: string): string | null =>
  names.find((name) => name.startsWith(prefix))?.slice(prefix.length) ?? null;

const readBlock = (element: Element, range: ElementRange, knownDigest: string | null): FoundBlock => {
  const names = namesOf(element, "class");
  const written = suffixOf(names, digestPrefix) ?? knownDigest;
  const language = languageIn(names);
  const whole = textDigest(textOf(element));
  const { start, end } = range;
  const elementsCount = countElements(element);
  if (whole === written && isPlain(element))
    return {
      start,
      end,
      intact: true,
      digest: whole,
      language,
      elementsCount,
      cuts: [{ start, end }],
      hasOurText: true,
    };
  const lines = untouchedLines(element);
  const digest = textDigest(lines.map((line) => line.text).join(""));
  const tags = [
    { start, end: range.contentStart },
    { start: range.contentEnd, end },
  ];
  return {
    start,
    end,
    intact: lines.length > 0 && digest === written,
    digest,
    language,
    elementsCount,
    cuts: [...tags, ...lines],
    hasOurText: lines.length > 0,
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
  return language === "en" || language === "sv" ? language : null;
};

/** Lines whose text is still the one their own digest stands for. */
const untouchedLines = (block: Element): readonly (Range & { readonly text: string })[] => {
  const lines: (Range & { readonly text: string })[] = [];
  walk(block, (node) => {
    if (!isElement(node)) return false;
    if (isOurs(node)) return false;
    const names = namesOf(node, "class");
    const range = names.includes(lineName) ? rangeOf(node) : undefined;
    if (!range) return true;
    const text = textOf(node);
    if (textDigest(text) !== suffixOf(names, digestPrefix) || !isPlain(node)) return true;
    lines.push({ start: range.start, end: range.end, text });
    return false;
  });
  return lines;
};
