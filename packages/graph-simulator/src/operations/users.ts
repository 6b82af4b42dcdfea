import { readSelect } from "../calendar/event-render.ts";
import { mergeSettings, type StoredSettings } from "../calendar/mailbox-settings.ts";
import type { SimulatorClock } from "../clock.ts";
import { badRequest } from "../http/graph-fault.ts";
import { mailboxSettingsWriteSchema } from "../schemas/mailbox-settings.ts";
import { readBody } from "../schemas/write-body.ts";
import type { Answer, MailboxCall, Operation } from "./operation.ts";

const userReaders = ["User.Read.All", "User.ReadWrite.All", "User.ReadBasic.All", "Directory.Read.All"];
const settingsReaders = ["MailboxSettings.Read", "MailboxSettings.ReadWrite"];

const context = (call: MailboxCall, what: string): object => ({
  "@odata.context": `${call.graphUrl}/$metadata#users('${call.mailbox.spec.userId}')/${what}`,
});

const pick = (all: Readonly<Record<string, unknown>>, names: readonly string[], typeName: string): object => {
  const unknown = names.find((name) => !(name in all));
  if (unknown !== undefined)
    throw badRequest(`Could not find a property named '${unknown}' on type '${typeName}'.`);
  return Object.fromEntries(names.map((name) => [name, all[name]]));
};

/** What Graph returns of a user without `$select`. */
const defaultNames = [
  "businessPhones",
  "displayName",
  "givenName",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
  "id",
];

const readUser = (call: MailboxCall): Answer => {
  const { spec } = call.mailbox;
  const all = {
    businessPhones: [],
    displayName: spec.displayName,
    givenName: null,
    jobTitle: null,
    mail: spec.mail,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: spec.locale ?? null,
    surname: null,
    userPrincipalName: spec.userPrincipalName,
    id: spec.userId,
    accountEnabled: true,
    userType: "Member",
    mailNickname: spec.mail.split("@")[0] ?? "",
    proxyAddresses: [`SMTP:${spec.mail}`],
    usageLocation: null,
  };
  const names = readSelect(call.query.$select) ?? defaultNames;
  const entity = { "@odata.context": `${call.graphUrl}/$metadata#users/$entity` };
  return { status: 200, body: { ...entity, ...pick(all, names, "microsoft.graph.user") } };
};

const readSettings = (call: MailboxCall): Answer => {
  const settings: Readonly<Record<string, unknown>> = { ...call.mailbox.settings };
  const names = readSelect(call.query.$select);
  const shown = names ? pick(settings, names, "microsoft.graph.mailboxSettings") : settings;
  return { status: 200, body: { ...context(call, "mailboxSettings"), ...shown } };
};

const writeSettings =
  (clock: SimulatorClock) =>
  (call: MailboxCall): Answer => {
    const written = readBody(mailboxSettingsWriteSchema, call.body, "microsoft.graph.mailboxSettings");
    call.mailbox.settings = mergeSettings(call.mailbox.settings, written, clock.now());
    return { status: 200, body: { ...context(call, "mailboxSettings"), ...call.mailbox.settings } };
  };

const readSetting =
  (name: keyof StoredSettings) =>
  (call: MailboxCall): Answer => {
    const value = call.mailbox.settings[name];
    const shown = typeof value === "string" ? { value } : value;
    return { status: 200, body: { ...context(call, `mailboxSettings/${name}`), ...shown } };
  };

const settingNames = [
  "automaticRepliesSetting",
  "dateFormat",
  "language",
  "timeFormat",
  "timeZone",
  "userPurpose",
  "workingHours",
] as const;

/** Users and mailbox settings. */
export const userOperations = (clock: SimulatorClock): Operation[] => {
  const path = "/users/:userId/mailboxSettings";
  const read = { family: "mailbox", method: "GET", roles: settingsReaders } as const;
  return [
    {
      family: "user",
      method: "GET",
      path: "/users/:userId",
      roles: userReaders,
      query: ["$select"],
      handle: readUser,
    },
    { ...read, path, query: ["$select"], handle: readSettings },
    {
      family: "mailbox",
      method: "PATCH",
      path,
      roles: ["MailboxSettings.ReadWrite"],
      query: [],
      handle: writeSettings(clock),
    },
    ...settingNames.map(
      (name): Operation => ({ ...read, path: `${path}/${name}`, query: [], handle: readSetting(name) }),
    ),
  ];
};
