import type { AppName } from "@hybrid/consent";
import {
  type Faults,
  isGiven,
  readSettings,
  type Setting,
  text,
  type Variables,
  type Vocabulary,
} from "@hybrid/settings";
import {
  credentialSettings,
  isCredentialGiven,
  type ReplacedCredential,
  readCredential,
  type SettingsPrefix,
} from "./graph-credential.ts";

/** With what the settings of each registration begin. */
const prefixes = {
  calendar: "",
  groups: "GROUPS_",
  archive: "ARCHIVE_",
} as const satisfies Readonly<Record<AppName, SettingsPrefix>>;

const clientIdForm = {
  pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  must: "a GUID such as 5d1a0b2c-1111-4222-a333-000000000000",
};

const clientIdSettings = {
  calendar: text({ meaning: "The application's client id in Microsoft Entra.", ...clientIdForm }),
  groups: text({
    meaning:
      "Client id of a registration of its own for groups, with a consent of its own. Left out, groups use " +
      "the calendars' registration, GRAPH_CLIENT_ID. Without a credential of its own that of " +
      "GRAPH_CLIENT_ID proves it.",
    ...clientIdForm,
  }).optional(),
  archive: text({
    meaning:
      "Client id of a registration of its own for the archive, with a consent of its own. Left out, the " +
      "archive uses the calendars' registration, GRAPH_CLIENT_ID. Without a credential of its own that of " +
      "GRAPH_CLIENT_ID proves it.",
    ...clientIdForm,
  }).optional(),
} satisfies Readonly<Record<AppName, Setting<string> | Setting<string | undefined>>>;

/** The settings of a registration. */
export const registrationSettings = (app: AppName): Vocabulary => ({
  [`${prefixes[app]}GRAPH_CLIENT_ID`]: clientIdSettings[app],
  ...credentialSettings(prefixes[app]),
});

/** Whether a registration has settings of its own; without them it is the calendars'. */
export const isOwn = (app: AppName, variables: Variables): boolean =>
  app === "calendar" ||
  isGiven(variables, `${prefixes[app]}GRAPH_CLIENT_ID`) ||
  isCredentialGiven(prefixes[app], variables);

/** A registration as its settings name it; undefined with faults. */
export const readRegistration = (
  app: AppName,
  variables: Variables,
  faults: Faults,
): { readonly clientId: string; readonly credential: ReplacedCredential } | undefined => {
  const name = `${prefixes[app]}GRAPH_CLIENT_ID`;
  const given = readSettings({ [name]: clientIdSettings[app] }, variables, faults);
  const clientId = given?.[name];
  const whose = isCredentialGiven(prefixes[app], variables) ? prefixes[app] : "";
  const credential = readCredential(whose, variables, faults);
  if (given !== undefined && clientId === undefined)
    faults.add(name, "must be set: a credential of its own goes with a client id of its own");
  return clientId === undefined || !credential ? undefined : { clientId, credential };
};
