import { type Language, wordsOf } from "#domain/languages/catalogue";
import { textDigest } from "#domain/text-digest";

/** What the details lead to. */
export type MeetingPlace = "personalRoom" | "space" | "oneTime";

/** How to join: exactly what may stand in an invitation, so never a host PIN or host key. */
export interface JoinDetails {
  /** An https address. */
  readonly joinUrl: string;
  readonly sipAddress: string;
  readonly dialInIpAddress: string | null;
  readonly phoneNumbers: readonly { readonly label: string; readonly number: string }[];
  readonly accessCode: string | null;
  /** Of a meeting that was made for the invitation; left out for a personal room. */
  readonly meetingNumber?: string | null;
  readonly password?: string | null;
}

/** What an organisation wants told, and its own words around it. */
export interface BlockStyle {
  readonly place: MeetingPlace;
  readonly phone: boolean;
  readonly video: boolean;
  /** Plain text; each line of it is a line of the block. Empty: none. */
  readonly header: string;
  readonly footer: string;
}

/** Everything, and nothing around it. */
export const plainStyle: BlockStyle = {
  place: "personalRoom",
  phone: true,
  video: true,
  header: "",
  footer: "",
};

/** Our part of an invitation. */
export interface JoinBlock {
  readonly html: string;
  /** Of the visible text; equal digests mean that nothing changed. */
  readonly digest: string;
  /** Of each line: heading, link, video address (the link again without one), and what else there is. */
  readonly lines: readonly string[];
  readonly language: Language;
}

/** Distinctive enough that no editor and no person writes it by chance; id and first class of the block. */
export const blockName = "hybrid-join-details";
/** Class of each line of the block; beside it stands the line's own digest. */
export const lineName = "hybrid-join-line";
/** Start of the class that carries a digest, of the block or of a line. */
export const digestPrefix = "hybrid-digest-";
/** Start of the class that carries the language. */
export const languagePrefix = "hybrid-language-";

/** Between what a person wrote and the block. No part of its digest: a block without it is as good. */
const gap = "margin-top:16px";

/** More numbers than this make an invitation unreadable. */
const phoneNumbersMax = 12;
/** Of an administrator's text, each. */
export const ownTextMax = 1_024;
/** Lines of an administrator's text that are shown, each. */
const ownLinesMax = 24;

/** Writes the block; equal details, language and style always give the same text. */
export const joinBlock = (
  details: JoinDetails,
  language: Language,
  style: BlockStyle = plainStyle,
): JoinBlock => {
  const words = wordsOf(language);
  const heading = words.heading[style.place];
  const head = { html: `<strong>${escaped(heading)}</strong>`, text: heading };
  const link = labelled(words.link, details.joinUrl, linkTo(details.joinUrl));
  const video = style.video ? labelled(words.video, details.sipAddress) : null;
  const others = otherLines(details, language, style);
  const header = ownLines(style.header);
  const footer = ownLines(style.footer);
  const lines = [...header, head, link, ...(video ? [video] : []), ...others, ...footer];
  const digest = textDigest(lines.map((line) => line.text).join(""));
  const classes = `${blockName} ${languagePrefix}${language} ${digestPrefix}${digest}`;
  const content = lines
    .map(({ html, text }) => `<div class="${lineName} ${digestPrefix}${textDigest(text)}">${html}</div>`)
    .join("");
  const html = `<div id="${blockName}" class="${classes}" style="${gap}">${content}</div>`;
  // What tells whose block it is comes first; without a video address the link alone does.
  const told = [head, link, video ?? link, ...others, ...header, ...footer];
  return { html, digest, lines: told.map(({ text }) => textDigest(text)), language };
};

interface Line {
  readonly html: string;
  /** The same as a reader sees it. */
  readonly text: string;
}

const otherLines = (details: JoinDetails, language: Language, { phone, video }: BlockStyle): Line[] => {
  const words = wordsOf(language);
  const lines: Line[] = [];
  if (details.meetingNumber) lines.push(labelled(words.meetingNumber, details.meetingNumber));
  if (details.password) lines.push(labelled(words.password, details.password));
  if (video && details.dialInIpAddress !== null) lines.push(labelled(words.address, details.dialInIpAddress));
  if (!phone) return lines;
  for (const { label, number } of details.phoneNumbers.slice(0, phoneNumbersMax))
    lines.push(labelled(words.phone, label === "" ? number : `${number} (${label})`));
  if (details.accessCode !== null) lines.push(labelled(words.code, details.accessCode));
  return lines;
};

/** An administrator's text, as text: nothing in it becomes markup. */
const ownLines = (text: string): readonly Line[] =>
  text
    .slice(0, ownTextMax)
    .split(/\r\n|\r|\n/)
    .map((line) => plain(line).trim())
    .filter((line) => line !== "")
    .slice(0, ownLinesMax)
    .map((line) => ({ html: escaped(line), text: line }));

const labelled = (label: string, value: string, html = escaped(plain(value))): Line => ({
  html: `${escaped(label)}: ${html}`,
  text: `${label}: ${plain(value)}`,
});

/** Only an https address becomes a link; anything else is shown, never made clickable. */
const linkTo = (url: string): string => {
  const text = escaped(plain(url));
  return URL.canParse(url) && new URL(url).protocol === "https:" ? `<a href="${text}">${text}</a>` : text;
};

/** Control characters and lone surrogates would not come back from Exchange as they were sent. */
const plain = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll("\ufffd", "")
    .replace(/[\p{Cc}\s]+/gu, " ");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
