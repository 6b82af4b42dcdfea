import { badRequest } from "../http/graph-fault.ts";

/** One word of a filter: text in quotes, a bare word (name, path, number, date, operator), or a mark. */
export type FilterToken =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "word"; readonly value: string }
  | { readonly kind: "mark"; readonly value: "(" | ")" | "," | ":" };

const tokenShape = /\s*(?:'((?:[^']|'')*)'|([(),]|:(?!\d))|((?:[^\s(),:']|:(?=\d))+))/y;

/** The words of a filter. Throws Graph's 400 for a quote that is not closed. */
export const filterTokens = (filter: string): FilterToken[] => {
  const tokens: FilterToken[] = [];
  const text = filter.trimEnd();
  tokenShape.lastIndex = 0;
  while (tokenShape.lastIndex < text.length) {
    const at = tokenShape.lastIndex;
    const [, quoted, mark, word] = tokenShape.exec(text) ?? [];
    if (quoted !== undefined) tokens.push({ kind: "text", value: quoted.replaceAll("''", "'") });
    else if (mark !== undefined) tokens.push({ kind: "mark", value: mark as "(" });
    else if (word !== undefined) tokens.push({ kind: "word", value: word });
    else throw badRequest(`Invalid filter clause: there is an error at position ${at} of '${filter}'.`);
  }
  return tokens;
};
