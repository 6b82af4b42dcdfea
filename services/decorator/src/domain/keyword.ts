import type { OrganisationSettings } from "@hybrid/contracts";

/** What a keyword asks for: details of the organiser's personal room, a space, or a meeting of its own. */
export type KeywordAction = "personalRoom" | "space" | "oneTime";

/** The keyword that counts, and what it means in this organisation. */
export interface Keyword {
  readonly keyword: "webex" | "meet" | "spark";
  readonly action: KeywordAction;
}

/** The two settings that decide what a keyword without modifier means. */
export type KeywordSettings = Pick<OrganisationSettings, "webexKeyword" | "meetKeyword">;

/**
 * A keyword stands alone between separators (`;`, `,`, white space, either end), so that an address such as
 * `bob@webex.com` or `me@meet.example` never holds one, and an unknown modifier makes it no keyword at all.
 */
const token = /(?:^|[;,\s])@(?<keyword>webex|meet|spark)(?::(?<modifier>space|myroom|onetime))?(?=$|[;,\s])/i;

const modified = { space: "space", myroom: "personalRoom", onetime: "oneTime" } as const;

/** The leftmost keyword of a location, in any case; a modifier beats the organisation's setting. */
export const keywordOf = (location: string, settings: KeywordSettings): Keyword | null => {
  const groups = token.exec(location)?.groups;
  if (!groups) return null;
  const keyword = groups["keyword"]?.toLowerCase() as Keyword["keyword"];
  const modifier = groups["modifier"]?.toLowerCase() as keyof typeof modified | undefined;
  return { keyword, action: modifier ? modified[modifier] : settledAction(keyword, settings) };
};

/** `@spark` is the old name from when there were only spaces; it never had a setting. */
const settledAction = (keyword: Keyword["keyword"], settings: KeywordSettings): KeywordAction => {
  if (keyword === "spark") return "space";
  return keyword === "webex" ? settings.webexKeyword : settings.meetKeyword;
};
