/** What is made of a message's markdown. */
export interface Rendered {
  readonly text: string | undefined;
  readonly html: string | undefined;
  /** Ids of people. */
  readonly mentionedPeople: readonly string[];
  readonly mentionedGroups: readonly string[];
}

const mention = /<@(?:personId:(?<id>[\w=+/-]+)(?:\|(?<name>[^>]*))?|(?<all>all))>/g;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const personHtml = (id: string, name: string): string =>
  `<spark-mention data-object-type="person" data-object-id="${id}">${escaped(name)}</spark-mention>`;

const htmlOf = (markdown: string): string => {
  let html = "";
  let at = 0;
  for (const match of markdown.matchAll(mention)) {
    const { id, name, all } = match.groups ?? {};
    html += escaped(markdown.slice(at, match.index));
    html += all
      ? '<spark-mention data-object-type="groupMention" data-group-type="all">All</spark-mention>'
      : personHtml(id ?? "", name ?? "");
    at = match.index + match[0].length;
  }
  return `<p>${html}${escaped(markdown.slice(at))}</p>`;
};

/** Finds the mentions (`<@personId:ID|Name>`, `<@all>`) and makes the plain text and the HTML. */
export const rendered = (message: {
  readonly text: string | undefined;
  readonly markdown: string | undefined;
}): Rendered => {
  const { markdown } = message;
  if (markdown === undefined)
    return { text: message.text, html: undefined, mentionedPeople: [], mentionedGroups: [] };
  const found = [...markdown.matchAll(mention)];
  return {
    text:
      message.text ??
      markdown.replaceAll(mention, (_, _id: string, name: string | undefined, all: string | undefined) =>
        all ? "All" : (name ?? ""),
      ),
    html: htmlOf(markdown),
    mentionedPeople: [...new Set(found.flatMap(({ groups }) => groups?.["id"] ?? []))],
    mentionedGroups: found.some(({ groups }) => groups?.["all"]) ? ["all"] : [],
  };
};

/** Mentions by address (`<@personEmail:ada@acme.example|Ada>`) become mentions by id. */
export const withIds = (
  markdown: string,
  personOf: (email: string) => { readonly id: string; readonly displayName: string } | undefined,
): string =>
  markdown.replaceAll(
    /<@personEmail:(?<email>[^|>]+)(?:\|(?<name>[^>]*))?>/g,
    (whole, email: string, name: string | undefined) => {
      const person = personOf(email);
      return person ? `<@personId:${person.id}|${name ?? person.displayName}>` : whole;
    },
  );
