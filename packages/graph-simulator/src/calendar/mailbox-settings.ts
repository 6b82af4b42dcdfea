import { badRequest } from "../http/graph-fault.ts";
import type { MailboxSettingsWrite } from "../schemas/mailbox-settings.ts";
import type { AutomaticRepliesInput, MailboxSpec } from "./mailbox-spec.ts";
import { ianaZoneOf, instantOf, localDateTime } from "./time-zones.ts";

interface Moment {
  readonly dateTime: string;
  readonly timeZone: string;
}

/** automaticRepliesSetting as stored and returned. */
export interface StoredReplies {
  readonly status: string;
  readonly externalAudience: string;
  readonly internalReplyMessage: string;
  readonly externalReplyMessage: string;
  readonly scheduledStartDateTime: Moment;
  readonly scheduledEndDateTime: Moment;
}

/** mailboxSettings as stored and returned. */
export interface StoredSettings {
  readonly archiveFolder: string;
  readonly timeZone: string;
  readonly delegateMeetingMessageDeliveryOptions: string;
  readonly dateFormat: string;
  readonly timeFormat: string;
  readonly userPurpose: string;
  readonly automaticRepliesSetting: StoredReplies;
  readonly language: { readonly locale: string; readonly displayName: string };
  readonly workingHours: Readonly<Record<string, unknown>>;
}

const languageName = (locale: string): string => {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(locale) ?? locale;
  } catch {
    // Not a language tag; Graph would not know a name for it either.
    return locale;
  }
};

/** The settings of a mailbox that nobody touched. */
export const defaultSettings = (spec: MailboxSpec): StoredSettings => {
  const locale = spec.locale ?? "en-US";
  const timeZone = spec.timeZone ?? "UTC";
  const never = { dateTime: "2020-01-01T00:00:00.0000000", timeZone: "UTC" };
  return {
    archiveFolder: `AAMkArchive${spec.userId.replaceAll("-", "")}=`,
    timeZone,
    delegateMeetingMessageDeliveryOptions: "sendToDelegateOnly",
    dateFormat: locale === "en-US" ? "M/d/yyyy" : "yyyy-MM-dd",
    timeFormat: locale === "en-US" ? "h:mm tt" : "HH:mm",
    userPurpose: "user",
    automaticRepliesSetting: {
      status: "disabled",
      externalAudience: "all",
      internalReplyMessage: "",
      externalReplyMessage: "",
      scheduledStartDateTime: never,
      scheduledEndDateTime: never,
    },
    language: { locale, displayName: languageName(locale) },
    workingHours: {
      daysOfWeek: ["monday", "tuesday", "wednesday", "thursday", "friday"],
      startTime: "08:00:00.0000000",
      endTime: "17:00:00.0000000",
      timeZone: { name: timeZone },
    },
  };
};

const present = (given: object | null | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given ?? {}).filter(([, value]) => value !== undefined && value !== null),
  );

const readMoment = (given: { dateTime: string; timeZone?: string | null | undefined }, name: string) => {
  const zone = ianaZoneOf(given.timeZone ?? "UTC");
  const at = zone === null ? null : instantOf(given.dateTime, zone);
  if (at === null) throw badRequest(`'${name}' holds no date and time.`, "ErrorInvalidRequest");
  return at;
};

const mergeReplies = (
  stored: StoredReplies,
  given: NonNullable<MailboxSettingsWrite["automaticRepliesSetting"]>,
  now: number,
): StoredReplies => {
  const moment = (written: typeof given.scheduledStartDateTime, name: string, otherwise: Moment): Moment => {
    if (!written) return otherwise;
    return { dateTime: localDateTime(readMoment(written, name), "UTC"), timeZone: "UTC" };
  };
  const merged = {
    ...stored,
    ...present(given),
    scheduledStartDateTime: moment(
      given.scheduledStartDateTime,
      "scheduledStartDateTime",
      stored.scheduledStartDateTime,
    ),
    scheduledEndDateTime: moment(
      given.scheduledEndDateTime,
      "scheduledEndDateTime",
      stored.scheduledEndDateTime,
    ),
  };
  if (merged.status !== "scheduled") return merged;
  const startAt = readMoment(merged.scheduledStartDateTime, "scheduledStartDateTime");
  const endAt = readMoment(merged.scheduledEndDateTime, "scheduledEndDateTime");
  if (endAt <= startAt || endAt <= now)
    throw badRequest(
      "Automatic replies can be scheduled for a date range in the future only.",
      "ErrorInvalidRequest",
    );
  return merged;
};

/** The settings after a PATCH. Throws Graph's 400. */
export const mergeSettings = (
  stored: StoredSettings,
  given: MailboxSettingsWrite,
  now: number,
): StoredSettings => {
  const { automaticRepliesSetting, language, workingHours, ...plain } = given;
  if (plain.timeZone && ianaZoneOf(plain.timeZone) === null)
    throw badRequest(`The time zone '${plain.timeZone}' is not supported.`, "TimeZoneNotSupportedException");
  return {
    ...stored,
    ...present(plain),
    automaticRepliesSetting: automaticRepliesSetting
      ? mergeReplies(stored.automaticRepliesSetting, automaticRepliesSetting, now)
      : stored.automaticRepliesSetting,
    language: language?.locale
      ? { locale: language.locale, displayName: language.displayName ?? languageName(language.locale) }
      : stored.language,
    workingHours: { ...stored.workingHours, ...present(workingHours) },
  };
};

/** A person's automatic replies as a PATCH. */
export const repliesOfPerson = (given: AutomaticRepliesInput): MailboxSettingsWrite => {
  const moment = (at: number | undefined) =>
    at === undefined ? undefined : { dateTime: localDateTime(at, "UTC"), timeZone: "UTC" };
  return {
    automaticRepliesSetting: {
      status: given.status,
      externalAudience: given.externalAudience,
      internalReplyMessage: given.internalReplyMessage,
      externalReplyMessage: given.externalReplyMessage,
      scheduledStartDateTime: moment(given.scheduledStartAt),
      scheduledEndDateTime: moment(given.scheduledEndAt),
    },
  };
};
