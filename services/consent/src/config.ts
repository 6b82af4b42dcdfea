import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { plainSettings, type ServiceSettings } from "@hybrid/service";
import { text, url, type ValuesOf, whole } from "@hybrid/settings";

const clientIdSetting = (meaning: string) =>
  text({
    meaning,
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    must: "a GUID such as 5d1a0b2c-1111-4222-a333-000000000000",
  }).optional();

/** The settings of the service; the command line reads them to print links. */
export const consentVocabulary = {
  CONSENT_URL: url({
    meaning:
      "Where an administrator's browser reaches this service, without path; its /consent/callback is " +
      "registered in Microsoft Entra. Entra takes http for localhost alone.",
    protocols: ["https", "http"],
  }).orElse("http://localhost:8080"),
  CONSENT_GROUPS_CLIENT_ID: clientIdSetting(
    "Client id of a registration of its own for groups; it has the certificate of GRAPH_CLIENT_ID.",
  ),
  CONSENT_ARCHIVE_CLIENT_ID: clientIdSetting(
    "Client id of a registration of its own for the archive; it has the certificate of GRAPH_CLIENT_ID.",
  ),
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

/** Where users connect their calendars. */
export const connectUrl = (consentUrl: string): string =>
  `${consentUrl.replace(/\/$/, "")}${consentPrefix}/connect`;

/** The link that an administrator is given. */
export const startUrl = (consentUrl: string, ticket: string): string =>
  `${consentUrl.replace(/\/$/, "")}${consentPrefix}/start?ticket=${ticket}`;
