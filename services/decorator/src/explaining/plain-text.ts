import { childrenOf, isElement, isUnseen, type Node, parseHtml } from "#domain/html-tree";

/** Elements that stand on lines of their own. */
const blocks: ReadonlySet<string> = new Set(
  (
    "address article blockquote body dd div dl dt footer h1 h2 h3 h4 h5 h6 " +
    "header hr li ol p pre section table tr ul"
  ).split(" "),
);

const linesOf = (node: Node, write: (text: string) => void): void => {
  for (const child of childrenOf(node)) {
    if (isUnseen(child)) continue;
    if (child.nodeName === "#text" && "value" in child) {
      write(child.value.replaceAll(/\s+/g, " "));
      continue;
    }
    if (!isElement(child)) continue;
    const isBlock = blocks.has(child.tagName);
    if (isBlock || child.tagName === "br") write("\n");
    linesOf(child, write);
    if (isBlock) write("\n");
  }
};

/**
 * What of a body is read without its form, line by line; about what a mail program shows that has no HTML.
 * Empty for a body that is too large or too deep to be read.
 */
export const plainTextOf = (html: string): string => {
  const document = parseHtml(html);
  if (document === null) return "";
  const parts: string[] = [];
  linesOf(document, (text) => parts.push(text));
  return parts
    .join("")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
};
