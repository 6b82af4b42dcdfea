import { english } from "./english.ts";
import { french } from "./french.ts";
import { german } from "./german.ts";
import { japanese } from "./japanese.ts";
import { spanish } from "./spanish.ts";
import { swedish } from "./swedish.ts";
import type { Words } from "./words.ts";

/**
 * The languages that join details are written in, by the first part of their BCP 47 tags. A new one is a copy
 * of a file beside this one, and a line here.
 */
export const catalogue = {
  en: english,
  sv: swedish,
  de: german,
  fr: french,
  es: spanish,
  ja: japanese,
} as const satisfies Readonly<Record<string, Words>>;

/** A language of the catalogue. */
export type Language = keyof typeof catalogue;

export const languages = Object.keys(catalogue) as [Language, ...Language[]];

export const isLanguage = (text: string | null): text is Language =>
  text !== null && Object.hasOwn(catalogue, text);

/** The first part of a BCP 47 tag, lower case. */
export const primaryOf = (tag: string): string => tag.trim().split(/[-_]/, 1)[0]?.toLowerCase() ?? "";

/** The language of a BCP 47 tag; whatever is not in the catalogue is answered in English. */
export const languageOf = (tag: string | null): Language => {
  const primary = primaryOf(tag ?? "");
  return isLanguage(primary) ? primary : "en";
};

export const wordsOf = (language: Language): Words => catalogue[language];
