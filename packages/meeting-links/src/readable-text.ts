/** Elements after which a reader sees a new line or cell. */
const breaks = new Set(
  "p div br td th tr li table pre h1 h2 h3 h4 h5 h6 blockquote hr ul ol section title".split(" "),
);

/** Elements whose content no reader sees. */
const unseen = new Set(["script", "style", "template"]);

const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  colon: ":",
  sol: "/",
  period: ".",
  commat: "@",
  equals: "=",
  quest: "?",
  num: "#",
  shy: "",
  zwnj: "",
  zwj: "",
};

const characterOf = (code: number): string =>
  code === 0 || code > 0x10_ffff || (code >= 0xd8_00 && code <= 0xdf_ff)
    ? "\ufffd"
    : String.fromCodePoint(code);

/** No reference to a character is longer. */
const referenceMax = 10;
const reference = /^(?:#(?<decimal>\d{1,7})|#x(?<hex>[0-9a-f]{1,6})|(?<name>[a-z]{2,8}));?/i;

/** Decodes references to characters, as far as addresses are written with them; others stay. */
export const withoutReferences = (text: string): string => {
  let decoded = "";
  let from = 0;
  for (let sign = text.indexOf("&"); sign >= 0; sign = text.indexOf("&", sign + 1)) {
    const next = text.charCodeAt(sign + 1);
    if (next !== 35 && !isLetter(next)) continue;
    const found = referenceAt(text.slice(sign + 1, sign + 1 + referenceMax));
    if (!found) continue;
    decoded += text.slice(from, sign) + found.text;
    from = sign + 1 + found.length;
  }
  return from === 0 ? text : decoded + text.slice(from);
};

/** The commonest ones are told without an expression. */
const referenceAt = (rest: string): { readonly text: string; readonly length: number } | undefined => {
  if (rest.startsWith("amp;")) return { text: "&", length: 4 };
  if (rest.startsWith("nbsp;")) return { text: " ", length: 5 };
  const groups = reference.exec(rest);
  if (!groups) return undefined;
  const [{ length }, decimal, hex, name] = groups;
  if (decimal !== undefined) return { text: characterOf(Number(decimal)), length };
  if (hex !== undefined) return { text: characterOf(Number.parseInt(hex, 16)), length };
  const text = named[name?.toLowerCase() ?? ""];
  return text === undefined ? undefined : { text, length };
};

const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90);

/** The offset behind a tag that starts at `from`, quotes respected; -1 when it never ends. */
const endOfTag = (html: string, from: number): number => {
  for (let at = from + 1; at < html.length; at++) {
    const sign = html[at];
    if (sign === ">") return at + 1;
    if (sign !== '"' && sign !== "'") continue;
    // Only what follows an equals sign quotes; elsewhere it is a sign like any other.
    if (html[at - 1] !== "=" && !/=\s$/.test(html.slice(at - 2, at))) continue;
    const closing = html.indexOf(sign, at + 1);
    if (closing < 0) return -1;
    at = closing;
  }
  return -1;
};

const hrefIn = /(?<=[\s"'/])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i;

const isNameCharacter = (code: number): boolean => isLetter(code) || (code >= 48 && code <= 57);

/** The name of the tag whose letters begin at `from`, lower case; empty when it is no tag. */
const tagName = (html: string, from: number): string => {
  let end = from;
  if (!isLetter(html.charCodeAt(end))) return "";
  while (end - from < 12 && isNameCharacter(html.charCodeAt(end))) end += 1;
  return html.slice(from, end).toLowerCase();
};

/**
 * What a reader sees of an HTML text, with the target of every link in angle brackets before its words, in
 * one pass. It is no parser: it tells where addresses are, and nothing is ever written from it.
 */
export const readableText = (html: string): string => {
  let text = "";
  let at = 0;
  for (let open = html.indexOf("<"); open >= 0; open = html.indexOf("<", at)) {
    if (open > at) text += html.slice(at, open);
    if (html.startsWith("<!--", open)) {
      const close = html.indexOf("-->", open + 4);
      if (close < 0) return withoutReferences(text);
      at = close + 3;
      continue;
    }
    const next = html.charCodeAt(open + 1);
    const isEnd = next === 47;
    const name = tagName(html, isEnd ? open + 2 : open + 1);
    // Neither a tag nor `<!` or `<?`: a sign like any other, and no address goes on behind it.
    if (name === "" && next !== 33 && next !== 63) {
      text += "<";
      at = open + 1;
      continue;
    }
    const end = endOfTag(html, open);
    if (end < 0) return withoutReferences(text);
    if (end - open > 8) text += hrefOf(html.slice(open, end));
    if (breaks.has(name)) text += "\n";
    at = !isEnd && unseen.has(name) ? endOf(html, name, end) : end;
  }
  return withoutReferences(text + html.slice(at));
};

const hrefOf = (tag: string): string => {
  if (!/href/i.test(tag)) return "";
  const [, double, single, bare] = hrefIn.exec(tag) ?? [];
  const href = double ?? single ?? bare;
  return href === undefined ? "" : ` <${href.trim().replace(/[\r\n\t]+/g, "")}> `;
};

/** Behind the end tag of an element whose content nobody sees; the end of the text when it has none. */
const endOf = (html: string, name: string, from: number): number => {
  const closing = new RegExp(`</${name}`, "gi");
  closing.lastIndex = from;
  return closing.exec(html)?.index ?? html.length;
};
