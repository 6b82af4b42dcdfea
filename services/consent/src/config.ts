import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { plainSettings, type ServiceSettings } from "@hybrid/service";
import { url, type ValuesOf, whole } from "@hybrid/settings";

/** The settings of the service; the command line reads them to print links. */
export const consentVocabulary = {
  CONSENT_URL: url({
    meaning:
      "Where an administrator's browser reaches this service, without path; its /consent/callback is " +
      "registered in Microsoft Entra. Entra takes http for localhost alone.",
    protocols: ["https", "http"],
  }).orElse("http://localhost:8080"),
  CONSENT_USER_DAYS: whole({
    min: 1,
    max: 30,
    unit: "days",
    meaning: "How long a user's consent for the own calendar is used before the user gives it again.",
  }).orElse(30),
  CLIENT_STATE_KEYS: clientStateKeys,
};

/** The settings by their names. */
export type ConsentConfig = ValuesOf<typeof consentVocabulary>;

/** The settings of the service. */
export const consentSettings: ServiceSettings<ConsentConfig> = plainSettings("consent", consentVocabulary);

/** Routes of the service, below its prefix. */
export const consentPrefix = "/consent";

/** The address that is registered in Microsoft Entra. */
export const callbackUrl = (consentUrl: string): string =>
  `${consentUrl.replace(/\/$/, "")}${consentPrefix}/callback`;

/** Where users connect their calendars; with the ticket of a page that sends one, and wants the user back. */
export const connectUrl = (consentUrl: string, ticket?: string): string =>
  `${consentUrl.replace(/\/$/, "")}${consentPrefix}/connect${ticket === undefined ? "" : `?ticket=${ticket}`}`;

/** The link that an administrator is given. */
export const startUrl = (consentUrl: string, ticket: string): string =>
  `${consentUrl.replace(/\/$/, "")}${consentPrefix}/start?ticket=${ticket}`;
