import type { Language } from "./card.ts";

/** Why a team waits, is blocked or is disconnected, in words, and what to do about it. */
export const reasonTexts: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  noOwner: {
    en: "No moderator of the team has a linked account. Make somebody with one a moderator, then retry.",
    sv: "Ingen moderator har ett länkat konto. Gör någon med länkat konto till moderator och försök igen.",
  },
  nameTaken: {
    en: "Every name that was tried is taken. Connect the team under another name.",
    sv: "Alla namn som prövades är upptagna. Anslut teamet under ett annat namn.",
  },
  blockedWord: {
    en: "The tenant's naming policy blocks a word of the name. Connect the team under another name.",
    sv: "Klientorganisationens namnpolicy spärrar ett ord i namnet. Anslut teamet under ett annat namn.",
  },
  prefixOrSuffix: {
    en: "The naming policy wants a prefix or suffix. Give it with hybrid groups configure, then retry.",
    sv: "Namnpolicyn kräver prefix eller suffix. Ange det med hybrid groups configure och försök igen.",
  },
  nameRefused: {
    en: "Microsoft Graph refuses the name. Connect the team under another name.",
    sv: "Microsoft Graph godtar inte namnet. Anslut teamet under ett annat namn.",
  },
  siteBeingMade: {
    en: "Microsoft is making the group's site. That takes minutes, at times hours. Nothing is to be done.",
    sv: "Microsoft skapar gruppens webbplats. Det tar minuter och ibland timmar. Du behöver inte göra något.",
  },
  siteLate: {
    en: "Microsoft has not made the group's site for a day. It is still looked for; ask Microsoft's support.",
    sv: "Microsoft har inte skapat gruppens webbplats på ett dygn. Fråga Microsofts support.",
  },
  foreignTeam: {
    en: "Another organisation owns the team. It gets no group here.",
    sv: "En annan organisation äger teamet. Det får ingen grupp här.",
  },
  byHand: {
    en: "An administrator disconnected the team. Team and group are as they were; connect it to go on.",
    sv: "En administratör kopplade från teamet. Team och grupp är orörda. Anslut det för att fortsätta.",
  },
  groupDeleted: {
    en: "The group was deleted. Restore it within 30 days, or connect the team to get a new one.",
    sv: "Gruppen har tagits bort. Återställ den inom 30 dagar, eller anslut teamet för att få en ny.",
  },
  teamDeleted: {
    en: "The team was deleted or archived. The group is as it was.",
    sv: "Teamet har tagits bort eller arkiverats. Gruppen är orörd.",
  },
  consentRevoked: {
    en: "The tenant took its permissions back. Accept them again, then hybrid groups authorise.",
    sv: "Behörigheterna har återkallats. Godkänn dem igen och kör hybrid groups authorise.",
  },
  organisationConsentMissing: {
    en:
      "This tenant is connected user by user; groups need the organisation's consent: run hybrid tenants " +
      "authorize with --consent organisation, or give groups a registration of their own.",
    sv:
      "Klientorganisationen är ansluten användare för användare. Grupper kräver organisationens samtycke: " +
      "kör hybrid tenants authorize med --consent organisation, eller ge grupper en egen registrering.",
  },
};
