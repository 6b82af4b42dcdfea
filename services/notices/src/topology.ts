import { type UserStatus, userConsents, userNotices, userStatus } from "@hybrid/contracts";
import { type ActorId, actorIdOf, from, instant, orgOf, sealedFor, type Topology } from "@hybrid/kernel";
import { type Erased, erasable } from "@hybrid/service";
import type { Call, Input } from "#domain/inputs";
import { noticesMachine, timersOf } from "#domain/machine";
import type { Wanted } from "#domain/plan";
import { initial, type Person, type State } from "#domain/state";

/** Nothing is sent: what holds when no mail server is set. */
export const nothingWanted: Wanted = { kinds: new Set(), remindDays: [], quietOrgs: new Set() };

/** Records of an earlier release have the address in clear; it is sealed before anything keeps it. */
const addressOf = (
  { mailAddress, sealedMailAddress }: UserStatus,
  user: ActorId,
): Pick<Person, "address"> => {
  if (sealedMailAddress) return { address: sealedMailAddress };
  return { address: mailAddress === "" ? null : sealedFor(user, mailAddress) };
};

const personOf = (status: UserStatus, user: ActorId): Person => ({
  at: instant(status.at),
  transition: status.transition,
  standing: status.to,
  reason: status.reason,
  tenantId: status.tenantId,
  objectId: status.objectId,
  language: status.settings.language,
  isByUser: status.settings.consent === "user",
  ...addressOf(status, user),
});

const plainTopology = (wanted: Wanted): Topology<State, Input, Call> => ({
  service: "notices",
  machine: noticesMachine(wanted),
  initial,
  stateVersion: 1,
  upgrades: {},
  sources: [
    from(userStatus, (status, { key }) => {
      const user = actorIdOf(key);
      // Who is never reminded, and is told nothing now, costs nothing. Those who are reminded are followed
      // also while nothing is sent, so that reminders are right from the moment when something is.
      const isFollowed = wanted.kinds.size > 0 && !wanted.quietOrgs.has(orgOf(user));
      if (!isFollowed && status.settings.consent !== "user" && status.to !== "removed") return undefined;
      return {
        to: user,
        input: { kind: "statusChanged", person: personOf(status, user), from: status.from },
      };
    }),
    from(userConsents, ({ tenantId, objectId, givenAt, expiresAt }, { key }) => ({
      to: actorIdOf(key),
      input: {
        kind: "consentGiven",
        consent: { tenantId, objectId, givenAt: instant(givenAt), endsAt: instant(expiresAt) },
      },
    })),
  ],
  // Addresses are passed on closed; the handler alone opens one, to send to it.
  sealed: ["user"],
  calls: {
    sendNotice: {
      repeat: "mayRepeat",
      because:
        "SMTP has no idempotency: a mail whose answer was lost may come twice. Both have the same " +
        "Message-ID, by which mail programs and most servers show one of them (ADR 14).",
    },
  },
  emits: [userNotices],
  timers: timersOf(wanted),
  timerFired: () => ({ kind: "timerFired" }),
  callFailed: ({ number }, failure) => ({ kind: "callFailed", number, failure }),
});

/** The service on one screen: one actor for each user. */
export const noticesTopology = (wanted: Wanted = nothingWanted): Topology<State, Input | Erased, Call> =>
  erasable(plainTopology(wanted), { topics: [userNotices] });
