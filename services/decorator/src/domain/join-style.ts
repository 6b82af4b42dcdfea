import { defaultJoinSettings, type JoinSettings, type OrganisationSettings } from "@hybrid/contracts";
import type { BlockStyle, MeetingPlace } from "#domain/join-block";
import { type Language, primaryOf } from "#domain/languages/catalogue";

/** What an organisation has said of its join details, or what holds where it has said nothing. */
export const joinSettingsOf = ({ join }: Pick<OrganisationSettings, "join">): JoinSettings =>
  join ?? defaultJoinSettings;

/** What the block tells, and the organisation's own words for readers of that language. */
export const styleOf = (
  { phone, video, texts, textsForOthers }: JoinSettings,
  language: Language,
  place: MeetingPlace,
): BlockStyle => {
  const inLanguage = (tag: string | null) =>
    texts.find((each) => tag !== null && primaryOf(each.language) === primaryOf(tag));
  const { header, footer } = inLanguage(language) ?? inLanguage(textsForOthers) ?? { header: "", footer: "" };
  return { place, phone, video, header, footer };
};
