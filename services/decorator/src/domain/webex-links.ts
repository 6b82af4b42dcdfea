import type { FoundBlock } from "#domain/find-blocks";
import { attributeOf, isElement, isUnseen, type Node, walk } from "#domain/html-tree";

/**
 * An address in running text: with scheme, or hand-typed without. What stands before it must not make it a
 * part of something longer (`evil.example/acme.webex.com`, `me@acme.webex.com`).
 */
const candidates =
  /(?<![\p{L}\p{N}_.@/\\%=:-])(?:https?:\/\/[^\s<>"'`]+|(?:[a-z0-9-]+\.)+webex\.com\/[^\s<>"'`]+)/giu;

/**
 * Paths that lead into a meeting: personal rooms, scheduled meetings, and the web client's own
 * addresses.
 */
const joinPaths = [
  /^\/(?:meet|join|m)\/[^/]/i,
  /^\/[^/]+\/(?:k2\/)?[je]\.php$/i,
  /^\/wbxmjs\/joinservice\//i,
  /^\/webappng\/sites\/[^/]+\/(?:meeting|webinar)\//i,
];

/** Elements after which a reader sees a new line or cell, so that texts around them are not one word. */
const breaks = new Set(
  "p div br td th tr li table pre h1 h2 h3 h4 h5 h6 blockquote hr ul ol section".split(" "),
);

/** Whether one address, whole, leads into a meeting on a Webex site. Only the host decides whose it is. */
export const isWebexJoinLink = (address: string, depth = 0): boolean => {
  const text = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  if (url.username !== "" || url.password !== "") return false;
  // Defender for Office wraps links; what it wraps is what the person sees.
  if (host.endsWith(".safelinks.protection.outlook.com") && depth === 0)
    return isWebexJoinLink(url.searchParams.get("url") ?? "", depth + 1);
  return host.endsWith(".webex.com") && joinPaths.some((path) => path.test(url.pathname));
};

/** An address is not longer than this; what follows in a longer run of characters is left unread. */
const addressMax = 4_000;
/** Addresses of one text that are looked at. */
const addressesMax = 2_000;

/** A sentence's own signs at the end of an address are none of it. */
const withoutTrailingSigns = (address: string): string => {
  let end = address.length;
  while (end > 0 && ".,;:!?)]}".includes(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end);
};

/** Whether a plain text, such as a location, holds a Webex join link. */
export const textHoldsWebexLink = (text: string): boolean => {
  let seen = 0;
  for (const [address] of text.matchAll(candidates)) {
    seen += 1;
    if (seen > addressesMax) return false;
    if (isWebexJoinLink(withoutTrailingSigns(address.slice(0, addressMax)))) return true;
  }
  return false;
};

/** What an address may hold without being another one (soft hyphens and the like). */
const ignoredInHosts = /[\p{Default_Ignorable_Code_Point}]+/gu;

/**
 * Whether a body can hold such a link at all, in any spelling that a parser of HTML or of addresses reads:
 * wide letters, references to characters, percent-encoding. Costs no parsing.
 */
export const mayHoldWebexLink = (html: string): boolean =>
  /webex|&#|&shy;|&zw|%[0-7][0-9a-f]/i.test(html.normalize("NFKC").replace(ignoredInHosts, ""));

/** Whether a body holds a Webex join link, as link or as text, outside of what is ours. */
export const bodyHoldsWebexLink = (document: Node, ours: readonly FoundBlock[]): boolean => {
  const cuts = ours.flatMap((block) => block.cuts);
  let text = "";
  let linked = false;
  walk(document, (node) => {
    const at = node.sourceCodeLocation;
    if (at && cuts.some((cut) => at.startOffset >= cut.start && at.endOffset <= cut.end)) return false;
    if (isUnseen(node)) return false;
    if (node.nodeName === "#text" && "value" in node) text += node.value;
    else if (breaks.has(node.nodeName)) text += "\n";
    if (isElement(node) && isWebexJoinLink(attributeOf(node, "href")?.trim() ?? "")) linked = true;
    return !linked;
  });
  return linked || textHoldsWebexLink(text);
};
