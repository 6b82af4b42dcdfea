import { textDigest } from "#domain/text-digest";

/** The languages that join details are written in. */
export type Language = "en" | "sv";

/** How to join a personal room: exactly what may stand in an invitation, so never a host PIN. */
export interface JoinDetails {
  /** An https address. */
  readonly joinUrl: string;
  readonly sipAddress: string;
  readonly dialInIpAddress: string | null;
  readonly phoneNumbers: readonly { readonly label: string; readonly number: string }[];
  readonly accessCode: string | null;
}

/** Our part of an invitation. */
export interface JoinBlock {
  readonly html: string;
  /** Of the visible text; equal digests mean that nothing changed. */
  readonly digest: string;
  /** Of each line: heading, link, video address, and what else there is. */
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

/** More numbers than this make an invitation unreadable. */
const phoneNumbersMax = 12;

const wordings = {
  en: {
    heading: "Join this meeting in Webex",
    link: "Meeting link",
    video: "From a video system",
    address: "By IP address",
    phone: "By phone",
    code: "Access code",
  },
  sv: {
    heading: "Delta i mötet via Webex",
    link: "Möteslänk",
    video: "Från ett videosystem",
    address: "Via IP-adress",
    phone: "Via telefon",
    code: "Åtkomstkod",
  },
} as const satisfies Record<Language, Record<string, string>>;

/** The language of a BCP 47 tag: every Swedish is Swedish, everything else is answered in English. */
export const languageOf = (tag: string | null): Language =>
  tag !== null && /^sv(?:[-_]|$)/i.test(tag.trim()) ? "sv" : "en";

/** Writes the block; equal details and language always give the same text. */
export const joinBlock = (details: JoinDetails, language: Language): JoinBlock => {
  const words = wordings[language];
  const lines: Line[] = [
    { html: `<strong>${escaped(words.heading)}</strong>`, text: words.heading },
    labelled(words.link, details.joinUrl, linkTo(details.joinUrl)),
    labelled(words.video, details.sipAddress),
  ];
  if (details.dialInIpAddress !== null) lines.push(labelled(words.address, details.dialInIpAddress));
  for (const { label, number } of details.phoneNumbers.slice(0, phoneNumbersMax))
    lines.push(labelled(words.phone, label === "" ? number : `${number} (${label})`));
  if (details.accessCode !== null) lines.push(labelled(words.code, details.accessCode));
  const digest = textDigest(lines.map((line) => line.text).join(""));
  const classes = `${blockName} ${languagePrefix}${language} ${digestPrefix}${digest}`;
  const digests = lines.map(({ text }) => textDigest(text));
  const content = lines
    .map(({ html }, nth) => `<div class="${lineName} ${digestPrefix}${digests[nth]}">${html}</div>`)
    .join("");
  const html = `<div id="${blockName}" class="${classes}">${content}</div>`;
  return { html, digest, lines: digests, language };
};

interface Line {
  readonly html: string;
  /** The same as a reader sees it. */
  readonly text: string;
}

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
