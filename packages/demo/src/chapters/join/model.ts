/*
 * What invitations must hold and who must be in their spaces, thought out a second time from the play alone.
 * Nothing here may import a service or a package of ours: a model that shares code with what it judges shares
 * its mistakes.
 */

/** What an invitation leads to. */
export type ModelPlace = "personalRoom" | "space" | "oneTime";

/** The languages that the chapter's organisers read. */
export type ModelLanguage = "en" | "de" | "ja";

/** An organiser as the model sees one. */
export interface ModelOrganiser {
  readonly name: string;
  readonly language: ModelLanguage;
  /** The last part of the personal room's address. */
  readonly room: string;
}

/** An invitation as people left it. */
export interface ModelInvitation {
  readonly organiser: ModelOrganiser;
  readonly location: string;
}

/** What must stand in the body; null: nothing of ours. */
export interface ExpectedDetails {
  readonly place: ModelPlace;
  readonly language: ModelLanguage;
  /** Texts that the details must hold. */
  readonly texts: readonly string[];
}

/** The line over the details, as a reader of that language expects it. */
const headings: Readonly<Record<ModelLanguage, Readonly<Record<ModelPlace, string>>>> = {
  en: {
    personalRoom: "Join this meeting in Webex",
    space: "Join this meeting in its Webex space",
    oneTime: "Join this Webex meeting",
  },
  de: {
    personalRoom: "An dieser Besprechung mit Webex teilnehmen",
    space: "An dieser Besprechung in ihrem Webex-Bereich teilnehmen",
    oneTime: "An diesem Webex-Meeting teilnehmen",
  },
  ja: {
    personalRoom: "Webex でこのミーティングに参加",
    space: "Webex スペースでこのミーティングに参加",
    oneTime: "この Webex ミーティングに参加",
  },
};

/** In this organisation `@webex` is the personal room; a modifier says otherwise. */
const placeWanted = (location: string): ModelPlace | null => {
  if (!location.includes("@webex")) return null;
  if (location.includes("@webex:space")) return "space";
  return location.includes("@webex:onetime") ? "oneTime" : "personalRoom";
};

/** What the body of an invitation must hold at the end. */
export const expectedDetails = ({ organiser, location }: ModelInvitation): ExpectedDetails | null => {
  const place = placeWanted(location);
  if (place === null) return null;
  const { language, room } = organiser;
  const link = place === "personalRoom" ? `https://acme.webex.com/meet/${room}` : "https://acme.webex.com/";
  return { place, language, texts: [headings[language][place], link] };
};

/**
 * How often an invitation is written: once when a keyword comes, once when it goes. What people change else,
 * their subject, their guests, is no reason to send everybody another mail.
 */
export const expectedWrites = (locations: readonly string[]): number =>
  locations.filter((location, nth) => {
    const before = nth === 0 ? null : placeWanted(locations[nth - 1] ?? "");
    return placeWanted(location) !== before;
  }).length;

/** Who must be in a space: its organiser and everybody who was ever invited; nobody is taken out. */
export const expectedMembers = (organiser: string, invited: readonly string[]): ReadonlySet<string> =>
  new Set([organiser, ...invited]);
