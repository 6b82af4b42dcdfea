import { type NoticeKind, noticeKinds } from "@hybrid/contracts";
import { connectUrl, consentUrl } from "@hybrid/contracts/consent-address";
import type { ServiceSettings } from "@hybrid/service";
import {
  choice,
  commaList,
  Faults,
  isGiven,
  pem,
  port,
  readSettings,
  type Setting,
  secret,
  text,
  type Variables,
  whole,
} from "@hybrid/settings";
import type { Wanted } from "#domain/plan";
import { type MailAddress, mailAddressOf, mailAddressPattern } from "./mail-address.ts";

const address = (meaning: string): Setting<string> =>
  text({ meaning, pattern: mailAddressPattern, must: "a mail address, or `Name <address>`" });

/** The settings of notices; the command line reads them too. */
export const noticesVocabulary = {
  NOTICES_SMTP_HOST: text({
    meaning: "The mail server that takes notices. Nobody is written to when left out.",
    pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
    must: "the name of a host",
  }).optional(),
  NOTICES_SMTP_PORT: port({ meaning: "Its port: 587, or 465 with `tls`." }).orElse(587),
  NOTICES_SMTP_TLS: choice(["starttls", "tls", "none"], {
    meaning:
      "How the connection is encrypted: `starttls` requires STARTTLS, `tls` begins with TLS. `none` is for " +
      "a relay on the same machine, and takes no login.",
  }).orElse("starttls"),
  NOTICES_SMTP_CA: pem({
    meaning: "Certificates that the mail server's must come from; those of Node when left out.",
  }).optional(),
  NOTICES_SMTP_USER: text({
    meaning: "Who logs in to the mail server; nobody does when left out.",
  }).optional(),
  NOTICES_SMTP_PASSWORD: secret({ meaning: "The password of that login." }).optional(),
  NOTICES_FROM: address("Who notices are from: an address, or `Name <address>`. Needed to send.").optional(),
  NOTICES_REPLY_TO: address("Where answers go; to NOTICES_FROM when left out.").optional(),
  NOTICES_KINDS: commaList(
    choice(noticeKinds, {
      meaning:
        "What users are told: that the calendar is connected for the first time, that their own consent " +
        "ends, that it has ended.",
    }),
  ).orElse(noticeKinds),
  NOTICES_REMIND_DAYS: commaList(
    whole({
      min: 1,
      max: 29,
      unit: "days",
      meaning: "How long before a user's consent ends the user is reminded; ten times at most.",
    }),
  ).orElse([5, 1]),
  NOTICES_NOT_FOR: commaList(
    text({
      meaning: "Organisations whose users are not written to.",
      pattern: /^[a-z0-9_-]{1,64}$/,
      must: "an organisation's id (a-z 0-9 _ -)",
    }),
  ).optional(),
  NOTICES_PER_MINUTE: whole({
    min: 1,
    max: 6_000,
    meaning: "How many notices one process sends in a minute at most; Exchange Online takes 30.",
  }).orElse(30),
  CONSENT_URL: consentUrl,
};

/** A mail server, and how notices are sent by it. */
export interface MailConfig {
  readonly host: string;
  readonly port: number;
  readonly tls: "starttls" | "tls" | "none";
  readonly ca: string | null;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: MailAddress;
  readonly replyTo: MailAddress | null;
  readonly perMinute: number;
}

/** What the service is configured with. */
export interface NoticesConfig {
  /** Null: nothing is sent. */
  readonly mail: MailConfig | null;
  readonly wanted: Wanted;
  /** Where users connect their calendars. */
  readonly connectUrl: string;
}

const remindsMax = 10;

type Given = NonNullable<ReturnType<typeof readGiven>>;

const readGiven = (variables: Variables, faults: Faults) =>
  readSettings(noticesVocabulary, variables, faults);

/** What must stand together, and does not. */
const faultsOf = (given: Given, variables: Variables): readonly string[] => {
  if (given.NOTICES_SMTP_HOST === undefined) return [];
  const { NOTICES_SMTP_USER: user, NOTICES_SMTP_PASSWORD: password } = given;
  const namesAddress = given.NOTICES_KINDS.some((kind: NoticeKind) => kind !== "activated");
  return [
    ...(given.NOTICES_FROM === undefined ? ["NOTICES_FROM must be set where NOTICES_SMTP_HOST is"] : []),
    ...((user === undefined) === (password === undefined)
      ? []
      : ["NOTICES_SMTP_USER and NOTICES_SMTP_PASSWORD belong together: set both or neither"]),
    ...(given.NOTICES_SMTP_TLS === "none" && user !== undefined
      ? ["NOTICES_SMTP_TLS is none: the password would cross the network in clear; use starttls or tls"]
      : []),
    ...(given.NOTICES_REMIND_DAYS.length > remindsMax
      ? [`NOTICES_REMIND_DAYS has more than ${remindsMax} numbers`]
      : []),
    ...(namesAddress && !isGiven(variables, "CONSENT_URL")
      ? ["CONSENT_URL must be set, because notices about consents name it; or set NOTICES_KINDS to activated"]
      : []),
  ];
};

const mailOf = (given: Given): MailConfig | null => {
  const { NOTICES_SMTP_HOST: host, NOTICES_SMTP_USER: user, NOTICES_SMTP_PASSWORD: password } = given;
  if (host === undefined || given.NOTICES_FROM === undefined) return null;
  return {
    host,
    port: given.NOTICES_SMTP_PORT,
    tls: given.NOTICES_SMTP_TLS,
    ca: given.NOTICES_SMTP_CA ?? null,
    login: user === undefined || password === undefined ? null : { user, password },
    from: mailAddressOf(given.NOTICES_FROM),
    replyTo: given.NOTICES_REPLY_TO === undefined ? null : mailAddressOf(given.NOTICES_REPLY_TO),
    perMinute: given.NOTICES_PER_MINUTE,
  };
};

/** Reads the settings of notices. Throws ConfigError that names every fault at once. */
export const readNoticesConfig = (variables: Variables): NoticesConfig => {
  const faults = new Faults();
  const given = readGiven(variables, faults);
  if (given) faults.found.push(...faultsOf(given, variables));
  faults.raise("notices cannot start with this configuration");
  // Faults have thrown where nothing could be read.
  const read = given as Given;
  const mail = mailOf(read);
  return {
    mail,
    wanted: {
      kinds: new Set(mail === null ? [] : read.NOTICES_KINDS),
      remindDays: [...new Set(read.NOTICES_REMIND_DAYS)],
      quietOrgs: new Set(read.NOTICES_NOT_FOR ?? []),
    },
    connectUrl: connectUrl(read.CONSENT_URL),
  };
};

/** The settings of the service. */
export const noticesSettings: ServiceSettings<NoticesConfig> = {
  vocabulary: noticesVocabulary,
  read: readNoticesConfig,
};
