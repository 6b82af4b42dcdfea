import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { consentPrefix, consentUrl } from "@hybrid/contracts/consent-address";
import { plainSettings, type ServiceSettings } from "@hybrid/service";
import { type ValuesOf, whole } from "@hybrid/settings";

/** The settings of the service; the command line reads them to print links. */
export const consentVocabulary = {
  CONSENT_URL: consentUrl,
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

/** The address that is registered in Microsoft Entra. */
export const callbackUrl = (base: string): string => `${base.replace(/\/$/, "")}${consentPrefix}/callback`;

/** The link that an administrator is given. */
export const startUrl = (base: string, ticket: string): string =>
  `${base.replace(/\/$/, "")}${consentPrefix}/start?ticket=${ticket}`;
