import { readSelect } from "../calendar/event-additions.ts";
import { mergeSettings, type StoredSettings } from "../calendar/mailbox-settings.ts";
import type { SimulatorClock } from "../clock.ts";
import { mailboxSettingsWriteSchema } from "../schemas/mailbox-settings.ts";
import { readBody } from "../schemas/write-body.ts";
import type { Answer, MailboxCall, Operation } from "./operation.ts";
import { pick } from "./properties.ts";

const settingsType = { typeName: "microsoft.graph.mailboxSettings" };
const settingsOthers = { readOnly: new Set(["archiveFolder", "userPurpose"]) };
const settingsReaders = ["MailboxSettings.Read", "MailboxSettings.ReadWrite"];

const context = (call: MailboxCall, what: string): object => ({
  "@odata.context": `${call.graphUrl}/$metadata#users('${call.mailbox.spec.userId}')/${what}`,
});

const readSettings = (call: MailboxCall): Answer => {
  const settings: Readonly<Record<string, unknown>> = { ...call.mailbox.settings };
  const names = readSelect(call.query.$select);
  const shown = names ? pick(settings, names, settingsType) : settings;
  return { status: 200, body: { ...context(call, "mailboxSettings"), ...shown } };
};

const writeSettings =
  (clock: SimulatorClock) =>
  (call: MailboxCall): Answer => {
    const written = readBody(mailboxSettingsWriteSchema, call.body, settingsType.typeName, settingsOthers);
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

/** Mailbox settings. */
export const settingsOperations = (clock: SimulatorClock): Operation[] => {
  const path = "/users/:userId/mailboxSettings";
  const read = { family: "mailbox", method: "GET", roles: settingsReaders } as const;
  return [
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
