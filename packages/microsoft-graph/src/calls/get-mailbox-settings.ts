import type { GraphClient } from "../graph-client.ts";
import { readMailboxSettings } from "./mailbox-settings-call.ts";
import type { UserCall } from "./user-path.ts";

/** A local date and time in a named zone, as Graph gives it. */
export interface GraphDateTime {
  readonly dateTime: string;
  /** A Windows or IANA name; `UTC` when Graph names none. */
  readonly timeZone: string;
}

/** Whether Outlook answers for the user, and when. Its texts are content and are left where they are. */
export interface AutomaticReplies {
  /** Graph's `disabled`, `alwaysEnabled` or `scheduled`. */
  readonly status: string;
  readonly externalAudience: string | null;
  readonly scheduledStart: GraphDateTime | null;
  readonly scheduledEnd: GraphDateTime | null;
}

/** The settings of a mailbox that matter here. */
export interface MailboxSettings {
  /** A language tag like `sv-SE`. */
  readonly locale: string | null;
  /** A Windows or IANA name, as the administrator configured it. */
  readonly timeZone: string | null;
  readonly userPurpose: string | null;
  readonly automaticReplies: AutomaticReplies | null;
}

type GivenDateTime =
  | { readonly dateTime: string; readonly timeZone?: string | null | undefined }
  | null
  | undefined;

const dateTimeOf = (given: GivenDateTime): GraphDateTime | null =>
  given ? { dateTime: given.dateTime, timeZone: given.timeZone ?? "UTC" } : null;

/** Official examples spell `None` and `Scheduled` as well as `none` and `scheduled`. */
const enumerated = (given: string): string => given.charAt(0).toLowerCase() + given.slice(1);

/** Empty text means that nobody configured it. */
const configured = (given: string | null | undefined): string | null => (given ? given : null);

/** Reads language, time zone and automatic replies of a mailbox. May be repeated. Throws ProviderError. */
export const getMailboxSettings =
  (graph: GraphClient) =>
  async (order: UserCall): Promise<MailboxSettings> => {
    const settings = await readMailboxSettings(graph, order, "mailboxes.getSettings");
    const replies = settings.automaticRepliesSetting;
    return {
      locale: configured(settings.language?.locale),
      timeZone: configured(settings.timeZone),
      userPurpose: settings.userPurpose ?? null,
      automaticReplies: replies
        ? {
            status: enumerated(replies.status ?? "disabled"),
            externalAudience: replies.externalAudience ? enumerated(replies.externalAudience) : null,
            scheduledStart: dateTimeOf(replies.scheduledStartDateTime),
            scheduledEnd: dateTimeOf(replies.scheduledEndDateTime),
          }
        : null,
    };
  };
