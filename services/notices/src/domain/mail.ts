import { languageOf, wordsOf } from "#domain/languages/catalogue";
import type { MailWords } from "#domain/languages/words";
import type { Notice } from "./state.ts";

/** What a mail says, as plain text and as simple HTML. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What a mail is made for. */
interface About {
  readonly address: string;
  /** A BCP 47 tag; null: English. */
  readonly language: string | null;
  /** Where users connect their calendars; of the settings, never of a user. */
  readonly connectUrl: string;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text as HTML shows it, whatever is in it. */
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);

/** One line: an address with line breaks in it, or signs that turn the line around, breaks nothing up. */
const inLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ");

const dayOf = (ms: number, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(ms);

const written = (
  { subject, paragraphs, link }: MailWords,
  {
    footer,
    language,
    gaps,
    url,
  }: { footer: string; language: string; gaps: ReadonlyMap<string, string>; url: string },
): MailText => {
  const filled = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (gap, name: string) => gaps.get(name) ?? gap);
  const said = paragraphs.map(filled);
  const html = [
    ...said.map((each) => `<p>${escaped(each)}</p>`),
    ...(link === null ? [] : [`<p><a href="${escaped(url)}">${escaped(link)}</a><br>${escaped(url)}</p>`]),
    `<p><small>${escaped(footer)}</small></p>`,
  ];
  return {
    subject: filled(subject),
    text: `${[...said, ...(link === null ? [] : [`${link}: ${url}`]), footer].join("\n\n")}\n`,
    html: `<!doctype html><html lang="${language}"><body>${html.join("")}</body></html>`,
  };
};

/** What a notice says. */
export const mailOf = ({ kind, dueAt, consentEndsAt }: Notice, about: About): MailText => {
  const language = languageOf(about.language);
  const { mails, footer } = wordsOf(language);
  const gaps = new Map([
    ["address", inLine(about.address)],
    ["date", dayOf(consentEndsAt ?? dueAt, language)],
  ]);
  return written(mails[kind], { footer, language, gaps, url: about.connectUrl });
};

/** What the mail says that an operator sends to try the settings. */
export const testMailOf = (tag: string | null): MailText => {
  const language = languageOf(tag);
  const { test, footer } = wordsOf(language);
  return written(test, { footer, language, gaps: new Map(), url: "" });
};
