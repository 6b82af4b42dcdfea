import type { SettingsWanted } from "../src/api/index.ts";
import { keywordFault, ownTextMax, primaryLanguage } from "../src/api/keyword-form.ts";

type Join = SettingsWanted["join"];
type Keyword = Join["keywords"][number];
type Texts = Join["texts"][number];

/** Settings in the order in which the page has them; a change of any is told by its name. */
export const settingNames = [
  "webexKeyword",
  "meetKeyword",
  "keywords",
  "texts",
  "textsForOthers",
  "language",
  "site",
  "phone",
  "video",
  "allDay",
  "free",
  "private",
  "noInvitees",
  "categories",
  "subjectPattern",
] as const;

/** The name of a setting. */
export type SettingName = (typeof settingNames)[number];

const top = ["webexKeyword", "meetKeyword", "language"] as const;
const ofJoin = ["keywords", "texts", "textsForOthers", "site", "phone", "video"] as const;

/** What a setting is; lists as they are. */
export const settingOf = (settings: SettingsWanted, name: SettingName): unknown => {
  const { join } = settings;
  for (const each of top) if (each === name) return settings[each];
  for (const each of ofJoin) if (each === name) return join[each];
  return join.excluded[name as keyof Join["excluded"]];
};

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Which settings differ. */
export const changedSettings = (from: SettingsWanted, to: SettingsWanted): readonly SettingName[] =>
  settingNames.filter((name) => !isSame(settingOf(from, name), settingOf(to, name)));

/** Entry by entry: what differs from the base is taken from `mine`, the rest from `theirs`. */
const mergedList = <Entry>(
  [base, mine, theirs]: readonly [readonly Entry[], readonly Entry[], readonly Entry[]],
  keyOf: (entry: Entry) => string,
): Entry[] => {
  const find = (list: readonly Entry[], key: string) => list.find((entry) => keyOf(entry) === key);
  const keys = new Set([...theirs, ...mine].map(keyOf));
  return [...keys].flatMap((key) => {
    const own = find(mine, key);
    const chosen = isSame(own, find(base, key)) ? find(theirs, key) : own;
    return chosen === undefined ? [] : [chosen];
  });
};

/** How keywords are told apart. */
export const keyOfKeyword = ({ word }: Keyword): string => word.toLowerCase();
const keyOfTexts = ({ language }: Texts): string => primaryLanguage(language);

/**
 * Both changes of the same settings together: what only one has changed is as that one wants it, and what
 * both have changed as `mine` has it.
 */
export const mergedSettings = (
  base: SettingsWanted,
  mine: SettingsWanted,
  theirs: SettingsWanted,
): SettingsWanted => {
  const isMine = new Set<string>(changedSettings(base, mine));
  const pick = <Part extends object>(own: Part, other: Part): Part =>
    Object.fromEntries(
      Object.keys(other).map((name) => [name, (isMine.has(name) ? own : other)[name as keyof Part]]),
    ) as Part;
  const lists = (name: "keywords" | "texts") =>
    [base.join[name], mine.join[name], theirs.join[name]] as const;
  return {
    ...pick(mine, theirs),
    join: {
      ...pick(mine.join, theirs.join),
      keywords: mergedList<Keyword>(
        lists("keywords") as readonly [Keyword[], Keyword[], Keyword[]],
        keyOfKeyword,
      ),
      texts: mergedList<Texts>(lists("texts") as readonly [Texts[], Texts[], Texts[]], keyOfTexts),
      excluded: pick(mine.join.excluded, theirs.join.excluded),
    },
  };
};

/** What is taken away from people who use it: keywords and texts that are no more, or are cut short. */
export const takenAway = (from: SettingsWanted, to: SettingsWanted): readonly string[] => {
  const words = new Set(to.join.keywords.map(keyOfKeyword));
  const languages = new Set(
    to.join.texts.filter(({ header, footer }) => header + footer !== "").map(keyOfTexts),
  );
  return [
    ...from.join.keywords.filter((each) => !words.has(keyOfKeyword(each))).map(({ word }) => `@${word}`),
    ...from.join.texts
      .filter((each) => each.header + each.footer !== "" && !languages.has(keyOfTexts(each)))
      .map(({ language }) => language),
  ];
};

/** The faults of a keyword among the others. */
export const faultOfKeyword = (
  keywords: readonly Keyword[],
  index: number,
): ReturnType<typeof keywordFault> =>
  keywordFault(
    keywords[index]?.word ?? "",
    keywords.slice(0, index).map(({ word }) => word),
  );

/** A host name, as a Webex site has one. */
export const isSite = (text: string): boolean => /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(text);

/** Why settings cannot be saved; null: they can. What the service alone can judge it says by itself. */
export const faultOfSettings = ({ join }: SettingsWanted): "keyword" | "text" | "site" | null => {
  if (join.keywords.some((_each, index) => faultOfKeyword(join.keywords, index) !== null)) return "keyword";
  if (join.texts.some(({ header, footer }) => Math.max(header.length, footer.length) > ownTextMax))
    return "text";
  return join.site !== null && !isSite(join.site) ? "site" : null;
};
