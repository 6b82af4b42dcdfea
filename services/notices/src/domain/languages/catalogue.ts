import { english } from "./english.ts";
import { swedish } from "./swedish.ts";
import type { Words } from "./words.ts";

/** The languages of notices, by the first part of their BCP 47 tags; a new one is a file and a line here. */
const catalogue = { en: english, sv: swedish } as const satisfies Readonly<Record<string, Words>>;

/** A language of the catalogue. */
export type Language = keyof typeof catalogue;

const isLanguage = (text: string): text is Language => Object.hasOwn(catalogue, text);

/** The language of a BCP 47 tag; whatever is not in the catalogue is answered in English. */
export const languageOf = (tag: string | null): Language => {
  const primary = (tag ?? "").trim().split(/[-_]/, 1)[0]?.toLowerCase() ?? "";
  return isLanguage(primary) ? primary : "en";
};

/** The texts of a language. */
export const wordsOf = (language: Language): Words => catalogue[language];
