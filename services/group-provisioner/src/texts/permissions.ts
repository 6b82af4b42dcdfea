import type { Language } from "./card.ts";

/** A permission of the application, and what it is for. */
export interface PermissionText {
  readonly permission: string;
  readonly reason: Readonly<Record<Language, string>>;
}

/** What a tenant's administrator accepts for groups: application permissions of Microsoft Graph. */
export const groupPermissions: readonly PermissionText[] = [
  {
    permission: "Group.ReadWrite.All",
    reason: {
      en: "Makes a group for a team, names its owners, takes people in, and sees who joins or leaves it.",
      sv:
        "Skapar en grupp för ett team, utser ägare, lägger till personer och ser vilka som går med eller " +
        "lämnar.",
    },
  },
  {
    permission: "User.Read.All",
    reason: {
      en: "Finds the people of a team in the directory, and tells colleagues from guests.",
      sv: "Hittar teamets personer i katalogen och skiljer kollegor från gäster.",
    },
  },
  {
    permission: "Files.ReadWrite.All",
    reason: {
      en: "Makes a folder for each space in the group's library. It reads and changes no files.",
      sv: "Skapar en mapp för varje utrymme i gruppens dokumentbibliotek. Filer varken läses eller ändras.",
    },
  },
  {
    permission: "Organization.Read.All",
    reason: {
      en: "Sees which plans and domains the tenant has, for the list of prerequisites.",
      sv: "Ser vilka abonnemang och domäner klientorganisationen har, för listan över förutsättningar.",
    },
  },
];

/** What stands over the list before anybody accepts it. */
export const permissionNote: Readonly<Record<Language, string>> = {
  en:
    "A Global Administrator of the tenant accepts these permissions for the application of this " +
    "installation. " +
    "They can be taken back at any time in the Microsoft Entra admin center; then nothing is done any more.",
  sv:
    "En global administratör för klientorganisationen godkänner behörigheterna för den här " +
    "installationens app. " +
    "De kan när som helst återkallas i administrationscentret för Microsoft Entra, och då görs " +
    "ingenting mer.",
};

/** What is said when they were accepted. */
export const authorisedText: Readonly<Record<Language, string>> = {
  en: "The permissions are accepted. Go to the settings to switch Microsoft 365 groups on.",
  sv: "Behörigheterna är godkända. Gå till inställningarna för att slå på Microsoft 365-grupper.",
};

/** The name of the switch. */
export const switchText: Readonly<Record<Language, string>> = {
  en: "Microsoft 365 groups for Webex teams",
  sv: "Microsoft 365-grupper för Webex-team",
};
