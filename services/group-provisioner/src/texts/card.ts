import type { AdaptiveCard } from "@hybrid/webex";

/** The languages in which the product writes to people about groups. */
export type Language = "en" | "sv";

/** The language of a tag such as `sv-SE`; English for every other. */
export const languageOf = (tag: string | null): Language => (/^sv(?![a-z])/i.test(tag ?? "") ? "sv" : "en");

interface Result {
  readonly teamName: string;
  readonly libraryUrl: string;
  /** People of the team who are not in the group. */
  readonly refused: number;
}

/** Markdown's own signs in a name stand for themselves. */
const plain = (text: string): string => text.replaceAll(/[\\`*_[\]<>#|~]/g, (sign) => `\\${sign}`);

/** The sentences of a card in one language; the team's name comes with Markdown's signs made plain. */
interface Sentences {
  readonly title: (teamName: string) => string;
  readonly files: string;
  readonly people: string;
  readonly refused: (count: number) => string;
  readonly library: string;
}

const sentences: Readonly<Record<Language, Sentences>> = {
  en: {
    title: (teamName) => `${teamName} now has a Microsoft 365 group.`,
    files: "Files that you share in the team's spaces are kept in the group's library.",
    people: "From now on, add and remove people in the group: the team follows within minutes.",
    refused: (count) =>
      `${count === 1 ? "One person" : `${count} people`} of the team could not join the group. ` +
      "Your administrator can see who and why.",
    library: "Open the library",
  },
  sv: {
    title: (teamName) => `${teamName} har nu en Microsoft 365-grupp.`,
    files: "Filer som ni delar i teamets utrymmen sparas i gruppens dokumentbibliotek.",
    people: "Lägg till och ta bort personer i gruppen från och med nu: teamet följer med inom några minuter.",
    refused: (count) =>
      `${count === 1 ? "En person" : `${count} personer`} i teamet kunde inte gå med i gruppen. ` +
      "Er administratör kan se vem det gäller och varför.",
    library: "Öppna dokumentbiblioteket",
  },
};

const linesOf = ({ files, people, refused }: Sentences, result: Result): readonly string[] => [
  files,
  people,
  ...(result.refused === 0 ? [] : [refused(result.refused)]),
];

/** What the team is told when its group is there, in Markdown, for apps that cannot draw the card. */
export const cardText = (tag: string | null, result: Result): string => {
  const words = sentences[languageOf(tag)];
  const lines = linesOf(words, result).map((line) => `- ${line}`);
  const link = `[${words.library}](${result.libraryUrl})`;
  return [`**${words.title(plain(result.teamName))}**`, "", ...lines, "", link].join("\n");
};

/** The same as an Adaptive Card, with a button that leads to the library. */
export const cardOf = (tag: string | null, result: Result): AdaptiveCard => {
  const words = sentences[languageOf(tag)];
  const block = (text: string) => ({ type: "TextBlock", text, wrap: true });
  return {
    type: "AdaptiveCard",
    version: "1.3",
    body: [
      { ...block(words.title(plain(result.teamName))), weight: "Bolder", size: "Medium" },
      ...linesOf(words, result).map(block),
    ],
    actions: [{ type: "Action.OpenUrl", title: words.library, url: result.libraryUrl }],
  };
};

/** What the group says of itself, at most 1,024 characters. */
export const descriptionOf = (
  tag: string | null,
  { teamName, teamUuid }: { readonly teamName: string; readonly teamUuid: string },
): string => {
  const name = teamName.slice(0, 800);
  return languageOf(tag) === "sv"
    ? `Grupp för Webex-teamet ${name} (${teamUuid})`
    : `Group of the Webex team ${name} (${teamUuid})`;
};
