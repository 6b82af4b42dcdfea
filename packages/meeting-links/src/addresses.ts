/** An address as it stands in a text. */
export interface FoundAddress {
  /** Lower case; `bare` for `user@host` without any scheme, `none` for `host/path`. */
  readonly scheme: string;
  /** The whole address as it is written, a sentence's own signs at its end taken off. */
  readonly text: string;
  /** Offset in the text that was searched, UTF-16. */
  readonly at: number;
}

/** Longer ones are no addresses; what follows is left unread. */
const addressMax = 4_000;

/** Nothing of these is part of an address in running text. */
const boundary =
  /[\s\p{Cc}<>"`|\u00a0\u2018-\u201f\u00ab\u00bb\u2039\u203a\u3000-\u301f\uff08\uff09\uff0c\uff1b\uff3b\uff3d]/u;
const ends = new Uint8Array(0x1_0000);
for (let code = 0; code < ends.length; code++) if (boundary.test(String.fromCharCode(code))) ends[code] = 1;

const trailing = ".,;:!?)]}>'*_~";

/** Takes the signs of a sentence off the end of an address, written out or percent-encoded. */
export const withoutTrailingSigns = (address: string): string => {
  let end = address.length;
  for (;;) {
    while (end > 0 && trailing.includes(address.charAt(end - 1))) end -= 1;
    if (!/%3e$/i.test(address.slice(Math.max(0, end - 3), end))) return address.slice(0, end);
    end -= 3;
  }
};

const isSchemeCharacter = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 43;

/** Where the scheme that ends before `colon` begins. */
const schemeStart = (text: string, from: number, colon: number): number => {
  let start = colon;
  while (start > from && colon - start < 20 && isSchemeCharacter(text.charCodeAt(start - 1))) start -= 1;
  return start;
};

const dialed = /(?:^|[^a-z0-9])(?<scheme>sips?|h323):(?!\/)/i;
/** What sets off one address from the next where no space does. */
const separators = ",;|()[]";

/** What the search is told: which hosts matter, and what to do with an address; false ends the search. */
export interface Visitor {
  readonly knowsHost: (host: string) => boolean;
  readonly visit: (address: FoundAddress) => boolean;
}

const at_ = 64;
const colon_ = 58;
const slash_ = 47;

/**
 * Visits all addresses of a text, in order: with a scheme, `sip:` and the like, `user@host`, and `host/path`
 * without scheme where the host matters. One pass; every character is looked at a bounded number of times.
 */
export const visitAddresses = (text: string, visitor: Visitor): void => {
  let start = 0;
  let mayHold = false;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 32;
    if (ends[code] === 0) {
      if (code === at_ || code === slash_ || code === colon_) mayHold = true;
      continue;
    }
    if (mayHold && at - start > 4 && !visitWord(text, { from: start, to: at }, visitor)) return;
    start = at + 1;
    mayHold = false;
  }
};

const visitWord = (
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  { knowsHost, visit }: Visitor,
): boolean => {
  for (let at = from; at < to; ) {
    const next = nextSchemeIn(text, at, to);
    const word = text.slice(at, Math.min(next, at + addressMax));
    const found = at === from ? firstOf(word, knowsHost) : withScheme(word);
    if (found && !visit({ ...found, text: withoutTrailingSigns(found.text), at: at + found.at }))
      return false;
    at = next;
  }
  return true;
};

/** The next `scheme://` behind a separator, else the end: an address inside another one is a part of it. */
const nextSchemeIn = (text: string, from: number, to: number): number => {
  const word = text.slice(from, Math.min(to, from + addressMax));
  for (let colon = word.indexOf("://"); colon >= 0; colon = word.indexOf("://", colon + 3)) {
    const start = schemeStart(word, 0, colon);
    if (start > 0 && start < colon && separators.includes(word.charAt(start - 1))) return from + start;
  }
  return to;
};

const withScheme = (word: string): FoundAddress | undefined => {
  const colon = word.indexOf("://");
  if (colon < 0) return undefined;
  const start = schemeStart(word, 0, colon);
  if (start === colon) return undefined;
  return { scheme: word.slice(start, colon).toLowerCase(), text: word.slice(start), at: start };
};

const firstOf = (word: string, knowsHost: Visitor["knowsHost"]): FoundAddress | undefined => {
  const full = withScheme(word);
  if (full) return full;
  const sign = word.lastIndexOf("@");
  if (sign >= 0) return dialable(word, sign, knowsHost);
  const start = leadingSigns(word);
  const slash = word.indexOf("/", start);
  if (slash < 0 || !knowsHost(word.slice(start, slash).toLowerCase())) return undefined;
  return { scheme: "none", text: word.slice(start), at: start };
};

/** People's own mail addresses are most of what holds an `@`; only a number or a host that matters counts. */
const dialable = (word: string, sign: number, knowsHost: Visitor["knowsHost"]): FoundAddress | undefined => {
  if (sign === 0) return undefined;
  const scheme = word.includes(":") ? dialed.exec(word)?.groups?.["scheme"] : undefined;
  if (scheme !== undefined) {
    const start = word.toLowerCase().indexOf(`${scheme.toLowerCase()}:`);
    return { scheme: scheme.toLowerCase(), text: word.slice(start), at: start };
  }
  const start = leadingSigns(word);
  const isNumber = isDigit(word.charCodeAt(start)) && isDigit(word.charCodeAt(sign - 1));
  if (word.startsWith("mailto:") || (!isNumber && !knowsHost(hostOf(word, sign + 1)))) return undefined;
  return { scheme: "bare", text: word.slice(start), at: start };
};

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const hostOf = (word: string, from: number): string =>
  /^[a-z0-9.-]*/i
    .exec(word.slice(from, from + 254))?.[0]
    .toLowerCase()
    .replace(/[.-]+$/, "") ?? "";

const leadingSigns = (word: string): number => {
  let start = 0;
  while (start < word.length && "([{'*_~".includes(word.charAt(start))) start += 1;
  return start;
};
