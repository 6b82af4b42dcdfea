import { locale } from "./words.ts";

/** A language by its tag, as people who use this page call it. */
export const languageName = (tag: string): string => {
  const name = new Intl.DisplayNames([locale()], { type: "language" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(locale()) + name.slice(1);
};
