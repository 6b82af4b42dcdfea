import type { KeywordAction, OrganisationSettings } from "@hybrid/contracts";

/** The keyword that counts, and what it means in this organisation. */
export interface Keyword {
  /** Lower case, without the `@`. */
  readonly keyword: string;
  readonly action: KeywordAction;
}

/** The settings that decide which keywords there are, and what one without modifier means. */
export type KeywordSettings = Pick<OrganisationSettings, "webexKeyword" | "meetKeyword" | "join">;

/**
 * Marks that nobody sees: of direction, joining and the like. Keyboards of right-to-left scripts and copied
 * texts bring them along.
 */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}]+/gu;

/**
 * What separates words: white space, comma and semicolon, and the punctuation and brackets of other
 * scripts. Not the wide forms of other ASCII signs, and not the full stops that domain names may have: with
 * those beside it, what follows is no word of its own.
 */
const otherScripts = String.raw`[\p{Po}\p{Ps}\p{Pe}\p{Pi}\p{Pf}]--[\x00-\x7f]`;
const wideForms = String.raw`[\uff01-\uff5e\ufe50-\ufe6b]--[，；（）［］｛｝﹐﹑﹔﹙﹚﹛﹜]`;
const separator = String.raw`[,;\p{White_Space}\p{Cc}[${otherScripts}--[${wideForms}]--[\u3002\uff61]]]`;

/**
 * A keyword stands alone between separators or either end, so that an address such as `bob@webex.com` or
 * `me@meet.example` never holds one. Anything else beside it, an ASCII bracket or an unknown modifier,
 * makes it no keyword at all.
 */
const modifierPart = "(?:[:：](?<modifier>space|myroom|onetime))?";
const tokenOf = (words: readonly string[]): RegExp =>
  new RegExp(`(?<=^|${separator})@(?<keyword>${words.join("|")})${modifierPart}(?=$|${separator})`, "iv");

const ownWord = /^[\p{L}\p{N}_-]{2,40}$/u;
/** An organisation has a handful of keywords of its own; what goes beyond is not looked for. */
const ownWordsMax = 50;
const shippedWords = ["webex", "meet", "spark"];
const shippedToken = tokenOf(shippedWords);
/** Made once for each settings object: a location is searched far more often than settings change. */
const tokens = new WeakMap<object, RegExp>();

const tokenFor = ({ join }: KeywordSettings): RegExp => {
  if (!join || join.keywords.length === 0) return shippedToken;
  const known = tokens.get(join);
  if (known) return known;
  const own = join.keywords
    .slice(0, ownWordsMax)
    .map(({ word }) => word)
    .filter((word) => ownWord.test(word));
  const made = tokenOf([...shippedWords, ...own]);
  tokens.set(join, made);
  return made;
};

/** A location is 255 characters long at most; what is far longer is none. */
const charactersMax = 10_000;

const modified = { space: "space", myroom: "personalRoom", onetime: "oneTime" } as const;

/** The leftmost keyword of a location, in any case; a modifier beats the organisation's setting. */
export const keywordOf = (location: string, settings: KeywordSettings): Keyword | null => {
  const groups = tokenFor(settings).exec(location.slice(0, charactersMax).replace(unseen, ""))?.groups;
  if (!groups) return null;
  const keyword = groups["keyword"]?.toLowerCase() ?? "";
  const modifier = groups["modifier"]?.toLowerCase() as keyof typeof modified | undefined;
  return { keyword, action: modifier ? modified[modifier] : settledAction(keyword, settings) };
};

/** The keyword of the first location that holds one. */
export const keywordIn = (locations: readonly string[], settings: KeywordSettings): Keyword | null => {
  for (const location of locations) {
    const keyword = keywordOf(location, settings);
    if (keyword) return keyword;
  }
  return null;
};

/** `@spark` is the old name from when there were only spaces; it never had a setting. */
const settledAction = (
  keyword: string,
  { webexKeyword, meetKeyword, join }: KeywordSettings,
): KeywordAction => {
  switch (keyword) {
    case "webex":
      return webexKeyword;
    case "meet":
      return meetKeyword;
    case "spark":
      return "space";
    default:
      return join?.keywords.find(({ word }) => word.toLowerCase() === keyword)?.action ?? "personalRoom";
  }
};
