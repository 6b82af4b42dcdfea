/** Words that are keywords in every organisation. */
export const shippedKeywords = ["webex", "meet", "spark"] as const;

/** Letters of any script, digits, `_` and `-`: what can stand behind the `@` of a location. */
const form = /^[\p{L}\p{N}_-]{2,40}$/u;

/** Why a word cannot be a keyword: its form, or what is one already; null: it can. */
export const keywordFault = (
  word: string,
  others: readonly string[] = [],
): "form" | "reserved" | "twice" | null => {
  if (!form.test(word)) return "form";
  const lower = word.toLowerCase();
  if (shippedKeywords.some((each) => each === lower)) return "reserved";
  return others.some((each) => each.toLowerCase() === lower) ? "twice" : null;
};

/** Keywords of its own that an organisation may have. */
export const keywordsMax = 50;

/** Characters of a header or a footer. */
export const ownTextMax = 1_024;

/** The first part of a language tag, by which texts are chosen: `de` for `de-AT`. */
export const primaryLanguage = (tag: string): string => tag.trim().split(/[-_]/, 1)[0]?.toLowerCase() ?? "";
