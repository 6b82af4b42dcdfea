import type { NoticeKind } from "@hybrid/contracts";
import { days, type EpochMs, later, plus } from "@hybrid/kernel";
import type { Consent, Notice, Person, Trying, User } from "./state.ts";

/** What users are told, as the settings want it. */
export interface Wanted {
  /** None: nothing is sent. */
  readonly kinds: ReadonlySet<NoticeKind>;
  /** Reminders go out this many days before a consent ends. */
  readonly remindDays: readonly number[];
  /** Organisations whose users are not written to. */
  readonly quietOrgs: ReadonlySet<string>;
}

/** How long a notice is news, milliseconds. */
export const newsMs = days(1);

/** Why a user in Error is not to be reminded: the mailbox or the connection is gone for another reason. */
const endedOtherwise: ReadonlySet<string> = new Set([
  "consentRevoked",
  "userConsentRevoked",
  "userConsentMissing",
  "userNotFound",
  "mailboxMissing",
]);

/** Whether somebody is there who has something of connecting the calendar again. */
const isServed = ({ standing, reason }: Person): boolean =>
  standing === "active" || (standing === "error" && !endedOtherwise.has(reason ?? ""));

/** What is to be told about a consent while it lasts, and when it has ended. */
const ofConsent = ({ givenAt, endsAt }: Consent, { kinds, remindDays }: Wanted): readonly Notice[] => {
  const reminders = remindDays
    .map((before) => plus(endsAt, -days(before)))
    .filter((dueAt) => dueAt > givenAt)
    .map((dueAt): Notice => ({ kind: "consentEnds", dueAt, consentEndsAt: endsAt }));
  const ended: Notice = { kind: "consentEnded", dueAt: endsAt, consentEndsAt: endsAt };
  return [...reminders, ended].filter(({ kind }) => kinds.has(kind));
};

const isOf = ({ tenantId, objectId }: Consent, person: Person): boolean =>
  tenantId === person.tenantId && objectId === person.objectId;

/** Whether two are the same notice. */
export const isSame = (
  one: { readonly kind: NoticeKind; readonly dueAt: number; readonly consentEndsAt: number | null },
  other: Notice,
): boolean =>
  one.kind === other.kind && one.dueAt === other.dueAt && one.consentEndsAt === other.consentEndsAt;

/** What the user is to be told and was not yet, whenever it is due. */
const openNotices = ({ person, consent, activation, told }: User, wanted: Wanted): readonly Notice[] => {
  if (person === null || person.address === null) return [];
  const activated: readonly Notice[] =
    activation.kind === "since" && person.standing === "active" && wanted.kinds.has("activated")
      ? [{ kind: "activated", dueAt: activation.at, consentEndsAt: null }]
      : [];
  const reminders =
    consent !== null && person.isByUser && isServed(person) && isOf(consent, person)
      ? ofConsent(consent, wanted)
      : [];
  return [...activated, ...reminders].filter((notice) => !told.some((one) => isSame(one, notice)));
};

/** What is sent next, not before its `tryAt`; null: nothing, or something is being sent. */
export const nextOf = (user: User, wanted: Wanted): Trying | null => {
  const { trying } = user;
  if (user.sending !== null) return null;
  const all = openNotices(user, wanted).map((notice): Trying => {
    const { dueAt } = notice;
    return trying !== null && isSame(trying.notice, notice)
      ? { ...trying, tryAt: later(dueAt, trying.tryAt) }
      : { notice, tries: 0, waits: 0, tryAt: dueAt, code: null };
  });
  return all.reduce<Trying | null>(
    (first, next) => (first === null || next.tryAt < first.tryAt ? next : first),
    null,
  );
};

/** Until when a notice is worth sending. */
export const sendByOf = ({ dueAt }: Notice): EpochMs => plus(dueAt, newsMs);
