import i18next from "i18next";
import { useSyncExternalStore } from "react";
import type english from "./words/en.json";

/** A language that the page speaks in full. */
export type Language = "en" | "sv";

type Known = keyof typeof english;
/** The name of a text; of one that depends on a number, without `_one` and `_other`. */
export type Word = Known extends infer Name
  ? Name extends `${infer Stem}_${"one" | "other"}`
    ? Stem
    : Name
  : never;

const kept = "hub-language";

const loaders: Readonly<
  Record<Language, () => Promise<{ readonly default: Readonly<Record<string, string>> }>>
> = {
  en: () => import("./words/en.json"),
  sv: () => import("./words/sv.json"),
};

/** What the person chose before, else what the browser asks for. */
const preferred = (): Language => {
  const asked =
    new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(kept) ?? navigator.language;
  return /^sv(?![a-z])/i.test(asked) ? "sv" : "en";
};

/** Brings a language in, and speaks it from now on. */
export const speak = async (language: Language): Promise<void> => {
  const { default: texts } = await loaders[language]();
  i18next.addResourceBundle(language, "translation", texts);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
};

/** Before the first page. */
export const beginWords = async (): Promise<void> => {
  await i18next.init({
    lng: preferred(),
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    resources: {},
  });
  await speak(preferred());
};

/** Chooses a language for good. */
export const choose = async (language: Language): Promise<void> => {
  localStorage.setItem(kept, language);
  await speak(language);
};

/** The language that is spoken now. */
export const spoken = (): Language => (i18next.language === "sv" ? "sv" : "en");

/** For dates and numbers; English as in Britain, where the day comes first. */
export const locale = (): string => (spoken() === "sv" ? "sv-SE" : "en-GB");

/** A number as people write it. */
export const number = (value: number): string => new Intl.NumberFormat(locale()).format(value);

type Given = Readonly<Record<string, string | number>>;

const say = (word: Word, given: Given = {}): string => {
  // Numbers are written as people write them; `count` also chooses between one and more.
  const shown = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, typeof value === "number" ? number(value) : value]),
  );
  const { count } = given;
  if (typeof count !== "number") return i18next.t(word, shown);
  return i18next.t(word, { ...shown, count, replace: shown });
};

/** A text; components are drawn again when the language changes. */
export const useWords = (): typeof say => {
  useSyncExternalStore(
    (changed) => {
      i18next.on("languageChanged", changed);
      return () => i18next.off("languageChanged", changed);
    },
    () => i18next.language,
  );
  return say;
};

/** Whether there is a text of this name: reasons and acts may be newer than this page. */
export const hasWord = (name: string): name is Word => i18next.exists(name);
