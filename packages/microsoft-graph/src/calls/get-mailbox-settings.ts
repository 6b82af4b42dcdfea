import type { GraphClient } from "../graph-client.ts";
import { type AutomaticReplies, automaticRepliesOf } from "./automatic-replies.ts";
import { readMailboxSettings } from "./mailbox-settings-call.ts";
import type { UserCall } from "./user-path.ts";

/** The settings of a mailbox that matter here. */
export interface MailboxSettings {
  /** A language tag like `sv-SE`. */
  readonly locale: string | null;
  /** A Windows or IANA name, as the administrator configured it. */
  readonly timeZone: string | null;
  readonly userPurpose: string | null;
  readonly automaticReplies: AutomaticReplies | null;
}

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
      automaticReplies: replies ? automaticRepliesOf(replies) : null,
    };
  };
