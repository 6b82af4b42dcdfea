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

const cards: Readonly<Record<Language, (result: Result) => string>> = {
  en: ({ teamName, libraryUrl, refused }) =>
    `**${plain(teamName)}** now has a Microsoft 365 group.\n\n` +
    `- Files that you share in the team's spaces are kept in [the group's library](${libraryUrl}).\n` +
    "- From now on, add and remove people in the group: the team follows within minutes." +
    (refused === 0
      ? ""
      : `\n- ${refused === 1 ? "One person" : `${refused} people`} of the team could not join the group. ` +
        "Your administrator can see who and why."),
  sv: ({ teamName, libraryUrl, refused }) =>
    `**${plain(teamName)}** har nu en Microsoft 365-grupp.\n\n` +
    `- Filer som ni delar i teamets utrymmen sparas i [gruppens dokumentbibliotek](${libraryUrl}).\n` +
    "- Lägg till och ta bort personer i gruppen från och med nu: teamet följer med inom några minuter." +
    (refused === 0
      ? ""
      : `\n- ${refused === 1 ? "En person" : `${refused} personer`} i teamet kunde inte gå med i gruppen. ` +
        "Er administratör kan se vem det gäller och varför."),
};

/** What the team is told when its group is there, in Markdown. */
export const cardOf = (tag: string | null, result: Result): string => cards[languageOf(tag)](result);

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
