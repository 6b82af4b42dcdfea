import type { PrerequisiteName } from "#domain/prerequisites";
import type { Language } from "./card.ts";

/** A prerequisite in words: what it is, what to do while it is missing, and where. */
export interface PrerequisiteText {
  readonly title: string;
  readonly todo: string;
  readonly where: string;
}

/** Every prerequisite in every language. */
export const prerequisiteTexts: Readonly<
  Record<PrerequisiteName, Readonly<Record<Language, PrerequisiteText>>>
> = {
  globalAdministrator: {
    en: {
      title: "A Global Administrator has accepted the permissions",
      todo: "Sign in as a Global Administrator of the tenant, read the permissions and accept them.",
      where: "The authorisation page, or: hybrid groups authorise",
    },
    sv: {
      title: "En global administratör har godkänt behörigheterna",
      todo: "Logga in som global administratör för klientorganisationen, läs behörigheterna och godkänn dem.",
      where: "Auktoriseringssidan, eller: hybrid groups authorise",
    },
  },
  groupsFeature: {
    en: {
      title: "Microsoft 365 groups are part of the tenant's plans",
      todo: "Give the tenant a plan with Exchange Online and SharePoint Online.",
      where: "Microsoft 365 admin center, Billing, Your products",
    },
    sv: {
      title: "Microsoft 365-grupper ingår i klientorganisationens abonnemang",
      todo: "Skaffa ett abonnemang med Exchange Online och SharePoint Online till klientorganisationen.",
      where: "Administrationscenter för Microsoft 365, Fakturering, Dina produkter",
    },
  },
  usersInEntra: {
    en: {
      title: "The users are in Microsoft Entra ID",
      todo: "Synchronise the users to Microsoft Entra ID first, also those of an Active Directory.",
      where: "Microsoft Entra admin center, Users",
    },
    sv: {
      title: "Användarna finns i Microsoft Entra ID",
      todo:
        "Synkronisera först användarna till Microsoft Entra ID, även de som kommer från ett lokalt Active " +
        "Directory.",
      where: "Administrationscenter för Microsoft Entra, Användare",
    },
  },
  fullAdministrator: {
    en: {
      title: "The Webex account is a full administrator's",
      todo: "Give the account that the service uses the role of a full administrator.",
      where: "Control Hub, Users, the account, Administrator roles",
    },
    sv: {
      title: "Webex-kontot tillhör en fullständig administratör",
      todo: "Ge kontot som tjänsten använder rollen som fullständig administratör.",
      where: "Control Hub, Användare, kontot, Administratörsroller",
    },
  },
  messagingEntitlement: {
    en: {
      title: "The users may use Webex messaging",
      todo:
        "Make sure that messaging is among the users' services; a licence template gives it to everybody " +
        "who is synchronised. Then confirm it here.",
      where: "Control Hub, Users, Licenses; hybrid groups confirm messagingEntitlement",
    },
    sv: {
      title: "Användarna har tillgång till meddelanden i Webex",
      todo:
        "Se till att meddelanden ingår i användarnas tjänster. En licensmall ger tjänsten till alla som " +
        "synkroniseras. Bekräfta sedan här.",
      where: "Control Hub, Användare, Licenser; hybrid groups confirm messagingEntitlement",
    },
  },
  usersSynchronised: {
    en: {
      title: "Users are synchronised with Webex",
      todo: "Synchronise users from Microsoft Entra ID, or from Active Directory with Directory Connector.",
      where: "Control Hub, Organization Settings, Directory Synchronization",
    },
    sv: {
      title: "Användarna synkroniseras med Webex",
      todo:
        "Synkronisera användare från Microsoft Entra ID, eller från Active Directory med " +
        "kataloganslutningen.",
      where: "Control Hub, Organisationsinställningar, Katalogsynkronisering",
    },
  },
  usersActive: {
    en: {
      title: "The users are active: they have signed in to Webex",
      todo: "Ask those who have not signed in yet to do so once; the list names them.",
      where: "Control Hub, Users, filter by status",
    },
    sv: {
      title: "Användarna är aktiva: de har loggat in i Webex",
      todo: "Be dem som ännu inte har loggat in att göra det en gång. De står i listan.",
      where: "Control Hub, Användare, filtrera på status",
    },
  },
  externalIds: {
    en: {
      title: "Each user's external ID in Webex is the object ID in Microsoft Entra ID",
      todo:
        "Synchronising from Microsoft Entra ID sets it. With Directory Connector, bring the object ID " +
        "into an " +
        "attribute of Active Directory and map that to externalId.",
      where: "Control Hub, Users, the user's profile, External ID",
    },
    sv: {
      title: "Varje användares externa ID i Webex är objekt-ID:t i Microsoft Entra ID",
      todo:
        "Synkronisering från Microsoft Entra ID fyller i det. Med kataloganslutningen hämtar du " +
        "objekt-ID:t till " +
        "ett attribut i Active Directory och mappar attributet till externalId.",
      where: "Control Hub, Användare, användarens profil, Externt ID",
    },
  },
  microsoftContent: {
    en: {
      title: "Content management is Microsoft's",
      todo: "Choose Microsoft under content management and enable it for all users. Then confirm it here.",
      where: "Control Hub, Messaging, Content management; hybrid groups confirm microsoftContent",
    },
    sv: {
      title: "Innehållshanteringen är Microsofts",
      todo: "Välj Microsoft under innehållshantering och aktivera det för alla. Bekräfta sedan här.",
      where: "Control Hub, Meddelanden, Innehållshantering; hybrid groups confirm microsoftContent",
    },
  },
  linkedFolders: {
    en: {
      title: "Linked folders are enabled",
      todo: "Switch linked folders on in content management. Then confirm it here.",
      where: "Control Hub, Messaging, Content management; hybrid groups confirm linkedFolders",
    },
    sv: {
      title: "Länkade mappar är aktiverade",
      todo: "Slå på länkade mappar i innehållshanteringen. Bekräfta sedan här.",
      where: "Control Hub, Meddelanden, Innehållshantering; hybrid groups confirm linkedFolders",
    },
  },
  tenantName: {
    en: {
      title: "The tenant's name stands in content management",
      todo: "Enter a verified domain of the tenant in content management, and the same one here.",
      where:
        "Control Hub, Messaging, Content management; hybrid groups confirm tenantName --value " +
        "contoso.example",
    },
    sv: {
      title: "Klientorganisationens namn är angivet i innehållshanteringen",
      todo: "Ange en verifierad domän för klientorganisationen i innehållshanteringen, och samma domän här.",
      where:
        "Control Hub, Meddelanden, Innehållshantering; hybrid groups confirm tenantName --value " +
        "contoso.example",
    },
  },
  globalInstance: {
    en: {
      title: "The tenant is in Microsoft's Global instance",
      todo: "Groups work in the Global instance alone; choose it in content management if you are asked.",
      where: "GRAPH_URL and LOGIN_URL of the service; Control Hub, Messaging, Content management",
    },
    sv: {
      title: "Klientorganisationen finns i Microsofts globala instans",
      todo: "Grupper fungerar bara i den globala instansen. Välj den om du får frågan.",
      where: "GRAPH_URL och LOGIN_URL för tjänsten; Control Hub, Meddelanden, Innehållshantering",
    },
  },
};
