import { type DefaultTreeAdapterMap, parse } from "parse5";

type Node = DefaultTreeAdapterMap["node"];

/** A body as stored: the content type it was written with, and normalised content. */
export interface StoredBody {
  readonly contentType: "html" | "text";
  readonly content: string;
}

const contentTypeMeta = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">';
const metaShape = /<meta\s[^>]*http-equiv\s*=\s*["']?content-type/i;

const crlf = (content: string): string => content.replace(/\r\n|\r|\n/g, "\r\n");

/**
 * What Exchange returns is not what was sent: line ends become CR LF and the document gets a head that
 * states its character set. Everything else stays byte for byte; doing it twice changes nothing.
 */
export const normaliseHtml = (content: string): string => {
  const html = crlf(content);
  if (metaShape.test(html)) return html;
  const head = /<head(\s[^>]*)?>/i.exec(html);
  const root = /<html(\s[^>]*)?>/i.exec(html);
  if (root && head && head.index > root.index) {
    const at = head.index + head[0].length;
    return html.slice(0, at) + contentTypeMeta + html.slice(at);
  }
  if (root) {
    const at = root.index + root[0].length;
    return `${html.slice(0, at)}<head>${contentTypeMeta}</head>${html.slice(at)}`;
  }
  return `<html><head>${contentTypeMeta}</head><body>${html}</body></html>`;
};

/** Normalises a body as it is stored. */
export const normaliseBody = (body: StoredBody): StoredBody =>
  body.contentType === "html"
    ? { contentType: "html", content: normaliseHtml(body.content) }
    : { contentType: "text", content: crlf(body.content) };

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A text body the way it is shown to a client that wants HTML. */
export const textToHtml = (text: string): string =>
  normaliseHtml(`<div>${escapeHtml(text).replaceAll("\r\n", "<br>\r\n")}</div>`);

const blockTags = new Set(["p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol"]);
const silentTags = new Set(["head", "style", "script", "title"]);

const textOf = (node: Node): string => {
  if (node.nodeName === "#text" && "value" in node) return node.value.replace(/[\r\n\t ]+/g, " ");
  if (node.nodeName === "br") return "\n";
  if (silentTags.has(node.nodeName) || !("childNodes" in node)) return "";
  const inner = node.childNodes.map(textOf).join("");
  return blockTags.has(node.nodeName) ? `\n${inner}\n` : inner;
};

/** The text of an HTML body, lines separated by CR LF. */
export const htmlToText = (html: string): string => {
  const lines = textOf(parse(html))
    .split("\n")
    .map((line) => line.trim());
  return lines
    .filter((line, at) => line !== "" || (at > 0 && lines[at - 1] !== ""))
    .join("\r\n")
    .trim();
};

/** The body as a client that prefers `wanted` gets it. */
export const bodyAs = (body: StoredBody, wanted: "html" | "text"): StoredBody => {
  if (body.contentType === wanted) return body;
  const content = wanted === "html" ? textToHtml(body.content) : htmlToText(body.content);
  return { contentType: wanted, content };
};

/** A body never changes, only is replaced; parsing it for every list would be most of the work of a list. */
const previews = new WeakMap<StoredBody, string>();

/** The first 255 characters of the body as text. */
export const bodyPreview = (body: StoredBody): string => {
  const known = previews.get(body);
  if (known !== undefined) return known;
  const text = body.contentType === "text" ? body.content : htmlToText(body.content);
  const preview = text.slice(0, 255);
  previews.set(body, preview);
  return preview;
};

/** The block that stands for the online meeting in a body. */
export interface MeetingBlob {
  readonly joinUrl: string;
  readonly conferenceId: string;
  readonly html: string;
}

/** Makes the block of an online meeting; its markup is the simulator's own. */
export const meetingBlob = (meetingId: string, conferenceId: string): MeetingBlob => {
  const joinUrl = `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${meetingId}%40thread.v2/0`;
  const html =
    `<div class="meetingblob" id="meetingblob-${conferenceId}">\r\n` +
    `<hr>\r\n<p>Online meeting</p>\r\n<p><a href="${joinUrl}">Join this meeting online</a></p>\r\n` +
    `<p>Meeting number ${conferenceId}</p>\r\n<hr>\r\n</div>`;
  return { joinUrl, conferenceId, html };
};

/** The body with the block at its end; a text body becomes HTML, for the block is HTML. */
export const withBlob = (body: StoredBody, blob: MeetingBlob): StoredBody => {
  const html = bodyAs(body, "html").content;
  const end = html.toLowerCase().lastIndexOf("</body>");
  const at = end < 0 ? html.length : end;
  return { contentType: "html", content: `${html.slice(0, at)}\r\n${blob.html}${html.slice(at)}` };
};

/** Whether the body still holds the block, whole. */
export const holdsBlob = (body: StoredBody, blob: MeetingBlob): boolean => body.content.includes(blob.html);
