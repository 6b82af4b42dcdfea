import { type UserConsent, type UserStatus, userConsents, userNotices, userStatus } from "@hybrid/contracts";
import { type ActorId, days, type EpochMs, openedOf, orgIdOf, plus, userActor } from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { sealValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import type { Erased } from "@hybrid/service";
import type { Call, Input } from "../src/domain/inputs.ts";
import type { Wanted } from "../src/domain/plan.ts";
import type { State } from "../src/domain/state.ts";
import { noticesTopology } from "../src/topology.ts";

export const tenantId = "10000000-0000-4000-8000-000000000001";
export const objectId = "a0000000-0000-4000-8000-000000000001";
export const ada: ActorId = userActor(orgIdOf("acme"), "ada");

/** Everything is told, as the settings have it when only a mail server is named. */
export const everything: Wanted = {
  kinds: new Set(["activated", "consentEnds", "consentEnded"]),
  remindDays: [5, 1],
  quietOrgs: new Set(),
};

/** A mail as it reached the mail server: what it is about, and where it went. */
export interface Mail {
  readonly kind: string;
  readonly dueAt: EpochMs;
  readonly to: string;
  readonly language: string | null;
  readonly at: EpochMs;
}

/** The topology on its own time, with a mail server that takes everything unless a test says otherwise. */
export class World {
  readonly driver: TopologyDriver<State, Input | Erased, Call>;
  readonly vault = new TestVault();
  readonly mails: Mail[] = [];
  /** Whether what is ordered waits, because the organisation is observed or the process stands still. */
  holds = false;
  /** What becomes of a mail that has arrived; `lost`: the answer never came. */
  ending: (call: Call) => "taken" | "lost" | "deferred" | "refused" | "down" = () => "taken";
  #transition = 0;

  constructor(wanted: Wanted = everything) {
    this.driver = new TopologyDriver(noticesTopology(wanted), { partitions: 1, keys: this.vault });
  }

  get now(): EpochMs {
    return this.driver.now;
  }

  /** A status of the user; `transition` counts by itself. */
  statusOf(over: Partial<UserStatus> & Pick<UserStatus, "to">): UserStatus {
    this.#transition = over.transition ?? this.#transition + 1;
    const consent = over.settings?.consent ?? "user";
    return {
      from: "notActivated",
      cause: "activated",
      reason: null,
      failures: 0,
      nextTryAt: null,
      subscriptionId: null,
      expiresAt: null,
      tenantId,
      objectId,
      mailAddress: "",
      sealedMailAddress: { sealedFor: ada, keyId: "", value: "ada@acme.example" },
      at: this.now,
      ...over,
      settings: {
        webexKeyword: "personalRoom",
        meetKeyword: "space",
        language: null,
        ...over.settings,
        consent,
      },
      transition: this.#transition,
    };
  }

  status(over: Partial<UserStatus> & Pick<UserStatus, "to">): UserStatus {
    const status = this.statusOf(over);
    this.publish(status);
    return status;
  }

  /** The user was removed and is put in again. */
  restartTransitions(): void {
    this.#transition = 0;
  }

  publish(status: UserStatus): void {
    this.driver.publish(userStatus, ada, sealValue(status, this.vault) as UserStatus);
    this.work();
  }

  /** The user's first two transitions, as user-state tells them. */
  becomesActive(over: Partial<UserStatus> = {}): void {
    this.status({ to: "notActivated", reason: "pending", ...over });
    this.status({ to: "active", ...over });
  }

  consents(over: Partial<UserConsent> = {}): UserConsent {
    const givenAt = over.givenAt ?? this.now;
    const consent: UserConsent = {
      tenantId,
      objectId,
      expiresAt: plus(givenAt as EpochMs, days(30)),
      refreshToken: { sealedFor: ada, keyId: "", value: "token" },
      ...over,
      givenAt,
    };
    this.driver.publish(userConsents, ada, sealValue(consent, this.vault) as UserConsent);
    this.work();
    return consent;
  }

  /** Lets time pass, and has everything sent that falls due. */
  pass(ms: number): void {
    const until = this.now + ms;
    // An hour at a time: what falls due in it is sent at its end.
    while (this.now < until) {
      this.driver.advanceBy(Math.min(until - this.now, 3_600_000));
      this.work();
    }
  }

  work(): void {
    // What is due already fires at once.
    this.driver.advanceBy(0);
    if (this.holds) return;
    for (const { callId, call } of this.driver.openCalls()) {
      const { number, notice } = call;
      if (this.now > call.sendBy) {
        this.driver.answer(callId, { kind: "noticeTooLate", number });
        continue;
      }
      const ending = this.ending(call);
      const failed = (code: "mailDeferred" | "unavailable"): void =>
        this.driver.fail(callId, { code, retryable: true, retryAt: null, status: null });
      if (ending === "taken" || ending === "lost")
        this.mails.push({
          kind: notice.kind,
          dueAt: notice.dueAt,
          to: openedOf(call.address) ?? "",
          language: call.language,
          at: this.now,
        });
      if (ending === "taken") this.driver.answer(callId, { kind: "noticeSent", number, locale: "sv-SE" });
      else if (ending === "refused")
        this.driver.answer(callId, { kind: "noticeRefused", number, code: "mailRefused" });
      else failed(ending === "down" ? "unavailable" : "mailDeferred");
    }
  }

  /** What `user-notices` says of the user now: kind and outcome. */
  told(): readonly (readonly [string, string])[] {
    const last = this.driver.emitted.findLast(({ topic }) => topic === userNotices.name);
    const value = last?.value as { notices: { kind: string; outcome: string }[] } | null | undefined;
    return (value?.notices ?? []).map(({ kind, outcome }) => [kind, outcome]);
  }
}
