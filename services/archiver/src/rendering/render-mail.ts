import { itemProperty, metadataProperties, runProperty, threadOf, versionId } from "#domain/keys";
import type { Item } from "#domain/terms";
import { cardLines, inputLines } from "./card-text.ts";
import type {
  ArchivedMail,
  ChatMessage,
  FetchedFile,
  MailPart,
  MailPerson,
  MissingFile,
} from "./chat-message.ts";
import { fileName } from "./file-names.ts";
import { escaped, escapedLines, fromMarkdown, harmless, textOf } from "./safe-html.ts";

/** Everything that a mail is made of. */
export interface MailSource {
  readonly item: Item;
  readonly run: string;
  /** UUID of the space. */
  readonly roomId: string;
  /** What the space is called; null when nobody can tell. */
  readonly title: string | null;
  readonly message: ChatMessage;
  /** What the message answers, in short; null when it starts a thread, or nothing is left of that. */
  readonly quote: { readonly author: string; readonly text: string } | null;
  readonly author: MailPerson;
  readonly people: readonly MailPerson[];
  readonly files: readonly FetchedFile[];
  readonly missing: readonly MissingFile[];
  readonly itemBytesMax: number;
}

/** Kinds of pictures that every mail program shows, and that hold no program. */
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** Recipients that a message names; Exchange takes no more. */
const recipientsMax = 500;
const subjectMax = 250;
const quoteMax = 500;

const reasons: Readonly<Record<MissingFile["reason"], string>> = {
  tooLarge: "is larger than what is archived",
  infected: "holds malware, says Webex",
  unscannable: "cannot be scanned for malware, says Webex",
  scanning: "was still being scanned for malware",
  gone: "is not kept by Webex any more",
  elsewhere: "lies outside Webex, and was not fetched",
};

/** The largest files go until the rest fits. */
const fitting = (
  files: readonly FetchedFile[],
  bytesMax: number,
): { readonly kept: readonly FetchedFile[]; readonly dropped: readonly MissingFile[] } => {
  const kept = [...files];
  const dropped: MissingFile[] = [];
  const bytes = (): number => kept.reduce((sum, file) => sum + file.bytes.byteLength, 0);
  while (bytes() > bytesMax) {
    const largest = kept.reduce((most, file) =>
      file.bytes.byteLength > most.bytes.byteLength ? file : most,
    );
    kept.splice(kept.indexOf(largest), 1);
    dropped.push({ name: largest.name, reason: "tooLarge" });
  }
  return { kept, dropped };
};

const partsOf = (files: readonly FetchedFile[], item: Item): readonly MailPart[] =>
  files.map(({ name, contentType, bytes }, place) => ({
    name: fileName(name, place),
    contentType,
    bytes,
    contentId: pictures.has(contentType.toLowerCase())
      ? `${place}.${item.eventId}@webex-archive.invalid`
      : null,
  }));

const saidHtml = ({ html, markdown, text, inputs }: ChatMessage): string => {
  if (inputs !== null)
    return inputLines(inputs)
      .map((line) => `<p>${escaped(line)}</p>`)
      .join("");
  if (html !== null) return harmless(html);
  if (markdown !== null) return fromMarkdown(markdown);
  return text === null ? "" : `<p>${escapedLines(text)}</p>`;
};

/** Styles of the parts: mail programs read them at the elements alone. */
const styles = {
  whole: "font-family:Segoe UI,Arial,sans-serif;font-size:14px;max-width:720px",
  small: "color:#666;font-size:12px",
  quote: "border-left:3px solid #ccc;margin:0 0 8px;padding:2px 10px;color:#666",
  card: "border:1px solid #ccc;border-radius:6px;padding:8px 12px;margin:8px 0",
} as const;

const element = (tag: string, style: keyof typeof styles, content: string): string =>
  `<${tag} style="${styles[style]}">${content}</${tag}>`;

const cardHtml = (card: unknown): string => {
  const lines = cardLines(card).map((line) => `<p>${escaped(line)}</p>`);
  return lines.length === 0 ? "" : element("div", "card", lines.join(""));
};

const marks: Readonly<Record<Item["kind"], string | null>> = {
  created: null,
  updated: "Edited: this is the new text.",
  deleted: "Deleted: this is what the message said.",
  submitted: "Answer on a card.",
};

const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

const noteOf = ({ name, reason }: MissingFile): string =>
  `The file ${name === null ? "" : `"${name}" `}${reasons[reason]}.`;

const headHtml = ({ author, item, title }: MailSource): string => {
  const who = `<strong>${escaped(author.name)}</strong> &lt;${escaped(author.address)}&gt;`;
  const where = title === null ? [] : [escaped(title)];
  return element("p", "small", [who, moment(item.at), ...where].join(" &middot; "));
};

const quoteHtml = (quote: MailSource["quote"]): string =>
  quote === null
    ? ""
    : element(
        "blockquote",
        "quote",
        `<strong>${escaped(quote.author)}</strong><br>${escapedLines(quote.text.slice(0, quoteMax))}`,
      );

const pictureHtml = ({ contentId, name }: MailPart): string =>
  contentId === null
    ? ""
    : `<p><img src="cid:${contentId}" alt="${escaped(name)}" style="max-width:100%"></p>`;

const bodyHtml = (
  source: MailSource,
  given: { readonly parts: readonly MailPart[]; readonly missing: readonly MissingFile[] },
): string => {
  const { item, message, quote } = source;
  const { parts, missing } = given;
  const said = saidHtml(message);
  const mark = marks[item.kind];
  const isEmpty = said === "" && message.cards.length === 0 && parts.length === 0 && missing.length === 0;
  return element(
    "div",
    "whole",
    [
      headHtml(source),
      mark === null ? "" : element("p", "small", `<em>${mark}</em>`),
      quoteHtml(quote),
      isEmpty ? "<p><em>Nothing is left of what it said.</em></p>" : said,
      ...message.cards.map(cardHtml),
      ...parts.map(pictureHtml),
      ...missing.map((file) => element("p", "small", escaped(noteOf(file)))),
    ].join(""),
  );
};

const oneLine = (text: string): string => text.replace(/[\p{C}\s]+/gu, " ").trim();

/** The subject is the same for all of a space, so that mail programs keep it together. */
const subjectOf = ({ title }: MailSource): string =>
  oneLine(title ?? "").slice(0, subjectMax) || "Webex space";

const clean = ({ address, name }: MailPerson): MailPerson => ({
  address: oneLine(address),
  name: oneLine(name).slice(0, 200),
});

/** The mail of one version of a message. Pure: the same source gives the same mail. */
export const renderMail = (source: MailSource): ArchivedMail => {
  const { item, run, roomId, message, people } = source;
  const { kept, dropped } = fitting(source.files, source.itemBytesMax);
  const missing = [...source.missing, ...dropped];
  const files = partsOf(kept, item);
  const body = bodyHtml(source, { parts: files, missing });
  const recipients = people.length > 0 ? people : [source.author];
  return {
    subject: subjectOf(source),
    html: `<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`,
    text: textOf(body),
    from: clean(source.author),
    to: recipients.slice(0, recipientsMax).map(clean),
    sentAt: item.at,
    internetMessageId: versionId(item),
    ...threadOf(item, { roomId, parentId: message.parentId }),
    properties: {
      [itemProperty]: item.eventId,
      [runProperty]: run,
      [metadataProperties.message]: item.messageId,
      [metadataProperties.space]: roomId,
      [metadataProperties.kind]: item.kind,
      [metadataProperties.author]: item.personId,
    },
    files,
    isPartial: missing.length > 0,
  };
};
