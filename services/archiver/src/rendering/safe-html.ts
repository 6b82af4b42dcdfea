import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";

// What people wrote becomes HTML that a mail client shows and nothing else: no script, no style, no form, no
// picture from elsewhere, no address but of the web and of mail.

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable("image");

const allowedTags = [
  ..."a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i li ol p pre s span strong sub sup u ul".split(
    " ",
  ),
  ..."table tbody td th thead tr".split(" "),
];

const options: sanitizeHtml.IOptions = {
  allowedTags,
  allowedAttributes: { a: ["href", "rel"], td: ["colspan", "rowspan"], th: ["colspan", "rowspan"] },
  allowedSchemes: ["http", "https", "mailto"],
  allowedSchemesAppliedToAttributes: ["href"],
  allowProtocolRelative: false,
  nestingLimit: 60,
  transformTags: {
    a: (_tag, { href = "" }) => ({
      tagName: "a",
      // An address without a scheme would mean something of the mail program's own.
      attribs: /^(?:https?:\/\/|mailto:)/i.test(href) ? { href, rel: "noopener noreferrer" } : {},
    }),
    // Webex's own element for a mention of a person or of everybody.
    "spark-mention": () => ({ tagName: "strong", attribs: {} }),
  },
};

/** More of a text than this is cut: Webex bounds a message at 7,439 bytes, its HTML at a few times that. */
const textMax = 200_000;

const mention = /<@(?:personId|personEmail):([^|>]{1,400})(?:\|([^>]{0,400}))?>|<@all>/g;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text within HTML. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => escapes[found] ?? found);

/** Text whose lines stay lines. */
export const escapedLines = (text: string): string => escaped(text).replace(/\r\n?|\n/g, "<br>");

/** HTML of a stranger, made harmless. */
export const harmless = (html: string): string => sanitizeHtml(html.slice(0, textMax), options);

/** Marks that markdown would read as its own. */
const plainMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, "\\$&");

/** Markdown of Webex, with its mentions, as harmless HTML. */
export const fromMarkdown = (text: string): string => {
  const named = text
    .slice(0, textMax)
    .replace(mention, (_, id: string | undefined, name: string | undefined) =>
      id === undefined ? "**@All**" : `**@${plainMarkdown(name ?? id)}**`,
    );
  return harmless(markdown.render(named));
};

/** The text of harmless HTML, for mail programs that show none. */
export const textOf = (html: string): string =>
  sanitizeHtml(html.replace(/<(?:br|\/p|\/div|\/li|\/h\d|\/tr|\/blockquote)[^>]{0,100}>/g, "$&\n"), {
    allowedTags: [],
    allowedAttributes: {},
    nestingLimit: 60,
  })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replace(/[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
