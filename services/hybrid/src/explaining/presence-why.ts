import type { Presence, UserDirectoryEntry, UserStatus } from "@hybrid/contracts";
import { minuteText, type Rule } from "./rule.ts";

/** What the topics know of a user; undefined: nothing. */
interface PresenceFacts {
  readonly now: number;
  readonly status: (Pick<UserStatus, "to" | "reason"> & Partial<Pick<UserStatus, "settings">>) | undefined;
  readonly entry: Pick<UserDirectoryEntry, "removed" | "webex"> | undefined;
  readonly said: Presence | undefined;
}

/** Whether the mailbox is read: of who is Active, and of who was and is in Error for another reason. */
const served = ({ status }: PresenceFacts): Rule => {
  const state =
    status === undefined ? "not known to the service" : `${status.to} ${status.reason ?? ""}`.trim();
  const isActive = status?.to === "active";
  if (isActive && status.settings?.consent === "user")
    return {
      rule: "the mailbox is read",
      holds: false,
      because:
        "this tenant is connected user by user: automatic replies are read for twenty mailboxes at once, " +
        "which needs the organisation's consent (organisationConsentMissing)",
    };
  const isKept = status?.to === "error" && status.reason !== "consentRevoked";
  const because = isKept
    ? `the user is in ${state}: what was known holds while it lasts`
    : `the user is ${state}`;
  return { rule: "the mailbox is read", holds: isActive || isKept, because };
};

const sources = { automaticReplies: "automatic replies", calendarEvent: "an event of the calendar" };

const away = ({ said }: PresenceFacts): Rule => {
  const isAway = said?.status === "outOfOffice";
  const never = "neither replies nor an event that counts were seen: a change takes up to 20 minutes";
  const back = `back since ${minuteText(said?.at)}`;
  const by = said?.source ? sources[said.source] : "";
  const until = said?.until ? `until ${minuteText(said.until)}` : "and nothing says until when";
  const because = isAway
    ? `${by} since ${minuteText(said.since)}, ${until}`
    : said === undefined
      ? never
      : back;
  return { rule: "the user is away", holds: isAway, because };
};

const good = ({ said, now }: PresenceFacts): Rule => {
  const expiresAt = said?.expiresAt ?? null;
  const holds = expiresAt !== null && expiresAt > now;
  const ended = `nobody has refreshed it since ${minuteText(said?.at)}: does the service run?`;
  const because =
    expiresAt === null ? "nothing is said" : holds ? `good until ${minuteText(expiresAt)}` : ended;
  return { rule: "what was said is still good", holds, because };
};

const webexReasons: Readonly<Record<string, string>> = {
  noToken: "the person has given no token of their own",
  noPerson: "the directory knows no Webex person of this user",
  ownStatus: "the person's own status is left alone until this absence is over",
};

const atWebex = ({ said, entry }: PresenceFacts): Rule => {
  const reason = said?.webexReason ?? null;
  const why = reason === null ? "it is being told" : (webexReasons[reason] ?? `${reason}: docs/ERRORS.md`);
  const unknown = entry?.webex ? why : (webexReasons["noPerson"] ?? "");
  const isOut = said?.status === "outOfOffice";
  const because = said?.atWebex === true ? "it was told with the person's own token" : unknown;
  return {
    rule: "Webex shows it",
    holds: said?.atWebex === true,
    because: isOut ? because : "there is nothing to show",
  };
};

/** Rule by rule why a user is or is not shown as out of the office. */
export const presenceWhy = (facts: PresenceFacts): readonly Rule[] => [
  served(facts),
  away(facts),
  good(facts),
  atWebex(facts),
];
