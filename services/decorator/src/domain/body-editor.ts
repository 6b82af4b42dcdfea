import { type FoundBlock, findBlocks } from "#domain/find-blocks";
import { childNamed, childrenOf, type Element, parseHtml, type Range } from "#domain/html-tree";
import type { JoinBlock } from "#domain/join-block";
import { type Ours, oursIn } from "#domain/ownership";

/**
 * The body editor. It never writes HTML from a parsed tree: the parser only tells offsets, and the
 * edited body is cut together from slices of the original and our block. So every byte outside our block
 * stays.
 */

/** A body after an edit; `placed` is false when no place was found where our block would be a block. */
export interface EditedBody {
  readonly html: string;
  readonly placed: boolean;
}

/** How many places are tried in a document whose end cannot take an element; each costs a parse. */
const placesMax = 8;
/** In malformed HTML, taking one copy out may let the parser see another one. */
const removalsMax = 8;
/** Documents larger than this get fewer tries: a malformed giant must not hold up the process for seconds. */
const charactersForAllTries = 100_000;
const triesFor = (html: string, all: number): number => (html.length > charactersForAllTries ? 1 : all);

/**
 * Makes the body hold exactly this block: inserts it after everything else, or replaces ours where it
 * stands. Further copies are taken out. A body that holds it already, once, comes back unchanged.
 * `ours` is what is known of what we wrote before: see {@link findBlocks}.
 */
export const putBlock = (html: string, block: JoinBlock, ours: Ours | null): EditedBody => {
  const found = findBlocks(html, ours);
  const intact = found.filter((candidate) => candidate.intact);
  const [first] = intact;
  if (intact.length === 1 && first?.digest === block.digest) return { html, placed: true };
  const replaced = first ? replaceAt(html, found, block) : undefined;
  return replaced ?? insertAtEnd(removeBlock(html, ours), block);
};

/** Takes every copy of our block out of the body; what a person wrote into one stays where it is. */
export const removeBlock = (html: string, ours: Ours | null): string => {
  let bare = html;
  for (let round = 0; round < triesFor(html, removalsMax); round++) {
    const found = findBlocks(bare, ours);
    if (found.length === 0) break;
    bare = takeOut(bare, found);
  }
  return bare;
};

/** Puts the block where the first intact one stood. Undefined when a parser would not find it there. */
const replaceAt = (html: string, found: readonly FoundBlock[], block: JoinBlock): EditedBody | undefined => {
  const at = found.find((candidate) => candidate.intact)?.start ?? 0;
  const edited = takeOut(html.slice(0, at), found, 0) + block.html + takeOut(html.slice(at), found, at);
  const now = findBlocks(edited, oursIn(block)).filter((candidate) => candidate.intact);
  return now.length === 1 && now[0]?.digest === block.digest ? { html: edited, placed: true } : undefined;
};

/** Cuts our ranges out of `html`, which starts at `offset` of the body that they were found in. */
const takeOut = (html: string, found: readonly FoundBlock[], offset = 0): string => {
  const cuts = found.flatMap((block) => block.cuts).sort((a, b) => a.start - b.start);
  let kept = "";
  let from = 0;
  for (const cut of cuts) {
    const start = Math.min(Math.max(cut.start - offset, from), html.length);
    kept += html.slice(from, start);
    from = Math.min(Math.max(cut.end - offset, from), html.length);
  }
  return kept + html.slice(from);
};

const insertAtEnd = (html: string, block: JoinBlock): EditedBody => {
  for (const at of placesFor(html)) {
    const edited = html.slice(0, at) + block.html + html.slice(at);
    const range = { start: at, end: at + block.html.length };
    if (standsAt(edited, range, oursIn(block))) return { html: edited, placed: true };
  }
  return { html, placed: false };
};

/**
 * Whether a parser finds our block exactly in this range: not within a comment, a script or a table. Nor
 * may a link or a formatting that was left open before it reach into it; the parser would add elements for
 * that.
 */
const standsAt = (html: string, { start, end }: Range, ours: Ours): boolean => {
  const [block, ...others] = findBlocks(html, ours).filter((found) => found.intact);
  if (!block || others.length > 0 || block.start !== start || block.end !== end) return false;
  const [alone] = findBlocks(html.slice(start, end), ours);
  return block.elementsCount === alone?.elementsCount;
};

/**
 * Offsets to try, best first: before the body's end tag; else, because something there is left open,
 * before one of the last things on the top level; else right after the body's start tag.
 */
const placesFor = (html: string): readonly number[] => {
  const parsed = parseHtml(html);
  if (!parsed) return [];
  const document = childNamed(parsed, "html");
  const body = document && childNamed(document, "body");
  const end = endTagOf(body) ?? endTagOf(document) ?? html.length;
  const starts = (body ? childrenOf(body) : [])
    .map((child) => child.sourceCodeLocation?.startOffset)
    .filter((start): start is number => start !== undefined && start < end)
    .toReversed();
  const bodyStart = body?.sourceCodeLocation?.startTag?.endOffset;
  const count = triesFor(html, placesMax);
  return [...new Set([end, ...starts.slice(0, count), ...(bodyStart === undefined ? [] : [bodyStart])])];
};

const endTagOf = (element: Element | undefined): number | undefined =>
  element?.sourceCodeLocation?.endTag?.startOffset;
