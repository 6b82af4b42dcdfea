import { isDeepStrictEqual } from "node:util";
import type { UserStatus } from "@hybrid/contracts";
import { errorCatalog, hours, minutes } from "@hybrid/kernel";
import { Happened, MachineDriver } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Input } from "../src/domain/inputs.ts";
import type { InFlight, User } from "../src/domain/state.ts";
import { anyHistory, type Observed, Play, runsOf, unluckyHistory } from "./histories.ts";
import { callsOf, emitted, statusesOf } from "./subject.ts";

/** The long runs play ten times as many histories, perhaps on a busy machine. */
const patience = { timeout: 60_000 };

/** Whether a step keeps the promise; null when it says nothing about it. */
type Watch = (step: Observed) => boolean | null;

/** Plays many histories, each with an observer of its own; returns how many steps had something to say. */
const kept = (watch: () => Watch, histories = anyHistory): number => {
  let told = 0;
  const play = (history: Parameters<Play["run"]>[0]): void => {
    const observer = watch();
    const look = (step: Observed): void => {
      const holds = observer(step);
      if (holds !== null) told += 1;
      if (holds === false)
        throw new Error(
          `broken by ${JSON.stringify(step, (key, value) => (key === "subject" ? undefined : value))}`,
        );
    };
    new Play(look).run(history);
  };
  fc.assert(fc.property(histories, play), { numRuns: runsOf(40) });
  return told;
};

const userIn = (state: Observed["after"]): User | null => (state.kind === "user" ? state : null);

/** Which kind of call an input ends; numbers begin again with a new life, so a number alone does not tell. */
const endedKind = (input: Input): string | undefined => {
  switch (input.kind) {
    case "subscriptionCreated":
      return "createSubscription";
    case "subscriptionRenewed":
      return "renewSubscription";
    case "subscriptionDeleted":
      return "deleteSubscription";
    case "mailboxAnswered":
      return "probeMailbox";
    case "callFailed":
      return input.call;
    default:
      return undefined;
  }
};

interface Failed {
  readonly code: string;
  readonly retryAt: number | null;
  readonly retryable: boolean;
  readonly call: InFlight;
}

/** The failure that this step applied, and the call it ended; null for anything else, late ones included. */
const appliedFailure = ({ input, before }: Observed): Failed | null => {
  const call = userIn(before)?.inFlight;
  if (input.kind !== "callFailed" || !call || call.number !== input.number || call.kind !== input.call)
    return null;
  const { code, retryAt, retryable } = input.failure;
  return { code, retryAt, retryable, call };
};

const consentCodes = ["userConsentMissing", "userConsentExpired", "userConsentRevoked"];

test("property: no call starts earlier than the latest Retry-After said", patience, () => {
  const calls = kept(() => {
    let notBefore = Number.NEGATIVE_INFINITY;
    return (step) => {
      if (step.before.kind === "unknown") notBefore = Number.NEGATIVE_INFINITY;
      notBefore = Math.max(notBefore, appliedFailure(step)?.retryAt ?? Number.NEGATIVE_INFINITY);
      if (callsOf(step.orders).length === 0 || notBefore === Number.NEGATIVE_INFINITY) return null;
      return step.subject.now >= notBefore;
    };
  });
  expect(calls).toBeGreaterThan(10);
});

test(
  "property: after a failure the next try is 60 minutes away, after three in a row 24 hours",
  patience,
  () => {
    const daily = new Set(["outOfScope", "userNotFound", "quotaExceeded", ...consentCodes]);
    const seen = { short: 0, long: 0 };
    kept(
      () => (step) => {
        const before = userIn(step.before);
        const after = userIn(step.after);
        if (!before || !after || after.failures <= before.failures || after.standing.kind !== "error")
          return null;
        const away = after.standing.tryAt! - step.subject.now;
        const long = after.failures >= 3 || daily.has(after.standing.reason);
        if (!daily.has(after.standing.reason)) seen[long ? "long" : "short"] += 1;
        if (long) return away >= hours(24) && away < hours(24) + minutes(15);
        return away >= minutes(60) && away < minutes(61);
      },
      unluckyHistory,
    );
    expect(Math.min(seen.short, seen.long)).toBeGreaterThan(10);
  },
);

test(
  "property: no attempt starts before the try that was planned unless somebody asked for one",
  patience,
  () => {
    const asks: ReadonlySet<string> = new Set(["directoryChanged", "tenantDecided", "mailboxLocated"]);
    const attempts = kept(() => (step) => {
      const before = userIn(step.before);
      if (!before || before.inFlight || asks.has(step.input.kind)) return null;
      const { standing } = before;
      if (standing.kind !== "error" && standing.kind !== "notActivated") return null;
      if (!callsOf(step.orders).includes("createSubscription")) return null;
      return standing.tryAt !== null && step.subject.now >= standing.tryAt;
    });
    expect(attempts).toBeGreaterThan(10);
  },
);

test("property: an Active user always has exactly one pending renewal before expiry", patience, () => {
  const steps = kept(() => ({ after, subject }) => {
    const user = userIn(after);
    if (user?.standing.kind !== "active" && user?.standing.kind !== "recovering") return null;
    if (user.leftover !== null) return false;
    if (user.inFlight) return subject.timers.length === 0;
    const [timer, ...others] = subject.timers;
    if (!timer || others.length > 0 || timer.name !== renewalOf(user)) return false;
    // Only Retry-After, or a repetition within the last hour, may move it as far as expiry itself.
    const leftMs = expiryOf(user) - subject.now;
    const free = user.notBefore === null && (user.waits === 0 || leftMs > hours(1));
    return timer.dueAt > subject.now && timer.dueAt <= expiryOf(user) - (free ? 1 : 0);
  });
  expect(steps).toBeGreaterThan(10);
});

/** What keeps the user Active: the renewal, a new subscription, or first a look at the mailbox. */
const renewalOf = ({ standing, suspicion }: User): string => {
  if (suspicion !== null && suspicion.probeAt !== null) return "probe";
  return standing.kind === "active" ? "renew" : "attempt";
};

const expiryOf = ({ standing }: User): number => {
  if (standing.kind === "active") return standing.subscription.expiresAt;
  return standing.kind === "recovering" ? standing.until : Number.POSITIVE_INFINITY;
};

test("property: a suspended tenant makes no calls", patience, () => {
  const steps = kept(() => {
    // Told by the inputs alone: what the latest decision that counts has said of each tenant.
    const decided = new Map<string, { readonly generation: number; readonly suspended: boolean }>();
    return ({ after, orders, input }) => {
      if (after.kind === "unknown") decided.clear();
      const user = userIn(after);
      if (!user) return null;
      const { tenantId } = user.entry;
      if (input.kind === "tenantDecided" && input.tenantId === tenantId) {
        const { generation, status } = input;
        if (generation > (decided.get(tenantId)?.generation ?? 0))
          decided.set(tenantId, { generation, suspended: status === "suspended" });
      }
      for (const other of decided.keys()) if (other !== tenantId) decided.delete(other);
      if (decided.get(tenantId)?.suspended !== true) return null;
      const calls = new Happened(orders).calls;
      return calls.every((each) => each.kind !== "listActors" && each.tenantId !== tenantId);
    };
  });
  expect(steps).toBeGreaterThan(10);
});

test("property: throttling never counts as failure, nor changes the state before expiry", patience, () => {
  const waits = kept(() => (step) => {
    const failure = appliedFailure(step);
    const before = userIn(step.before);
    const after = userIn(step.after);
    if (!before || !after || (failure?.code !== "throttled" && failure?.code !== "breakerOpen")) return null;
    const ranOut = expiryOf(before) <= step.subject.now && after.standing.kind === "error";
    return after.failures === before.failures && (ranOut || after.standing.kind === before.standing.kind);
  });
  expect(waits).toBeGreaterThan(10);
});

/** The causes that README names, and the codes of the error catalog. */
const causes: ReadonlySet<string> = new Set(
  [
    ["added", "directoryChanged", "identityChanged", "enabled", "disabled", "toggled", "removed"],
    ["tenantActivated", "tenantSuspended", "tenantDeactivated", "activated", "subscriptionRecreated"],
    ["renewed", "subscriptionRemoved", "expired", "mailboxLocated"],
    Object.keys(errorCatalog),
  ].flat(),
);

test("property: failures are counted one by one, and only a new chance sets them back", patience, () => {
  const resets: ReadonlySet<string> = new Set(["directoryChanged", "tenantDecided", "mailboxLocated"]);
  const counted = kept(() => (step) => {
    const before = userIn(step.before);
    const after = userIn(step.after);
    if (!before || !after) return null;
    if (countsAsFailure(step)) return after.failures === before.failures + 1;
    if (step.input.kind === "subscriptionCreated" && after.standing.kind === "active" && before.inFlight)
      return after.failures === (before.standing.kind === "active" ? before.failures : 0);
    if (after.failures === before.failures) return null;
    if (resets.has(step.input.kind)) return after.failures === 0;
    // A missing mailbox counts the second time, and a renewal only when it is refused for good.
    const code = appliedFailure(step)?.code;
    const granted = step.input.kind === "subscriptionCreated";
    return (
      (granted || (code !== undefined && !uncounted.has(code))) && after.failures === before.failures + 1
    );
  });
  expect(counted).toBeGreaterThan(10);
});

/** Waiting is nobody's failure, lost consent is the tenant's, and a refused certificate is ours. */
const uncounted: ReadonlySet<string> = new Set([
  "throttled",
  "breakerOpen",
  "validationTimedOut",
  "consentRevoked",
  "credentialsRejected",
]);

/** An attempt of a user who is to be tried has failed, and neither waiting nor consent is the reason. */
const countsAsFailure = (step: Observed): boolean => {
  const user = userIn(step.before);
  const failure = appliedFailure(step);
  if (!user || failure?.call.kind !== "createSubscription" || user.tenant?.status !== "active") return false;
  const { code, call } = failure;
  if (uncounted.has(code) || code === "mailboxMissing") return false;
  if (call.tenantId !== user.entry.tenantId || call.objectId !== user.entry.objectId) return false;
  const { standing } = user;
  if (standing.kind === "recovering") return !failure.retryable || verdicts.has(code);
  return "tryAt" in standing && standing.tryAt !== null;
};

/** What Graph says about the user, the mailbox or the subscription itself. */
const verdicts: ReadonlySet<string> = new Set([
  "mailboxMissing",
  "userNotFound",
  "outOfScope",
  "notFound",
  ...consentCodes,
]);

test("property: an Active user stays so until a verdict about him, lost consent or expiry", patience, () => {
  const kinds: ReadonlySet<string> = new Set(["renewSubscription", "probeMailbox", "deleteSubscription"]);
  const failures = kept(() => (step) => {
    const before = userIn(step.before);
    const after = userIn(step.after);
    const failure = appliedFailure(step);
    if (!before || !after || before.standing.kind !== "active" || !failure) return null;
    if (!kinds.has(failure.call.kind) || verdicts.has(failure.code) || failure.code === "consentRevoked")
      return null;
    if (step.subject.now >= before.standing.subscription.expiresAt) return null;
    const kept = after.standing.kind === "active" && after.standing.subscription.id;
    return kept === before.standing.subscription.id && after.failures === before.failures;
  });
  expect(failures).toBeGreaterThan(5);
});

test("property: what was published last is where the user stands", patience, () => {
  const steps = kept(() => {
    let last: UserStatus | null = null;
    return ({ orders, after }) => {
      last = statusesOf(orders).at(-1) ?? last;
      const user = userIn(after);
      if (!user) return null;
      const { standing, failures, transition, entry } = user;
      const subscription = standing.kind === "active" ? standing.subscription : null;
      const shown = { recovering: "active", removing: "disabled" } as Readonly<Record<string, string>>;
      return isDeepStrictEqual(
        [
          last?.to,
          last?.reason,
          last?.failures,
          last?.transition,
          last?.subscriptionId,
          last?.expiresAt,
        ].concat([last?.mailAddress, last?.objectId, last?.tenantId]),
        [
          shown[standing.kind] ?? standing.kind,
          "reason" in standing ? standing.reason : null,
          failures,
          transition,
          subscription?.id ?? null,
          subscription?.expiresAt ?? null,
          entry.mailAddress,
          entry.objectId,
          entry.tenantId,
        ],
      );
    };
  });
  expect(steps).toBeGreaterThan(10);
});

test(
  "property: every transition has a cause, the next number, and begins where the last one ended",
  patience,
  () => {
    const transitions = kept(() => {
      let last: UserStatus | null = null;
      return ({ orders, after, before, subject }) => {
        const statuses = statusesOf(orders);
        for (const status of statuses) {
          const follows =
            status.transition === (last?.transition ?? 0) + 1 && status.from === (last?.to ?? "notActivated");
          if (!follows || !causes.has(status.cause) || status.at !== subject.now) return false;
          last = status;
        }
        const ended = before.kind === "user" && after.kind === "unknown";
        if (ended !== (statuses.at(-1)?.to === "removed")) return false;
        if (ended) last = null;
        return statuses.length > 0 ? true : null;
      };
    });
    expect(transitions).toBeGreaterThan(10);
  },
);

test("property: at most one call is under way", patience, () => {
  const calls = kept(() => {
    const open = new Set<number>();
    return ({ orders, after, input, before }) => {
      const call = userIn(before)?.inFlight;
      if (call && call.kind === endedKind(input) && "number" in input && input.number === call.number)
        open.delete(call.number);
      for (const call of new Happened(orders).calls) if (call.kind !== "listActors") open.add(call.number);
      return open.size === (userIn(after)?.inFlight ? 1 : 0);
    };
  });
  expect(calls).toBeGreaterThan(10);
});

test("property: a repeated outcome changes nothing", patience, () => {
  const repeats = kept(() => ({ input, after, subject }) => {
    if (endedKind(input) === undefined) return null;
    const { machine, driver, now } = subject;
    const again = new MachineDriver({ machine, initial: after, self: driver.self, startAt: now });
    return again.send(input).length === 0 && JSON.stringify(again.state) === JSON.stringify(after);
  });
  expect(repeats).toBeGreaterThan(10);
});

test(
  "property: nothing is overdue after a step, and nobody who is to be tried is forgotten",
  patience,
  () => {
    const steps = kept(() => ({ after, subject }) => {
      const user = userIn(after);
      if (!user) return null;
      if (subject.timers.some(({ dueAt }) => dueAt <= subject.now)) return false;
      const { entry, tenant, standing, inFlight } = user;
      const wanted = entry.enabled && !entry.connector?.resourceGroup && tenant?.status === "active";
      const standsStill = standing.kind === "error" && standing.reason === "consentRevoked";
      if (!wanted || standing.kind === "removing" || standsStill) return null;
      return inFlight !== null || subject.timers.length === 1;
    });
    expect(steps).toBeGreaterThan(10);
  },
);

test("property: a subscription that serves nobody is always on its way out", patience, () => {
  const steps = kept(() => ({ after, subject }) => {
    const user = userIn(after);
    if (!user?.leftover || user.inFlight) return null;
    return subject.timers.length === 1 && subject.timers[0]!.dueAt <= user.leftover.expiresAt;
  });
  expect(steps).toBeGreaterThan(10);
});

test(
  "property: lost consent is signalled with the generation under which the call was made",
  patience,
  () => {
    const signals = kept(() => (step) => {
      const sent = emitted(step.orders, "consent-signals");
      if (sent.length === 0) return null;
      const { call } = appliedFailure(step) ?? {};
      const expected = {
        tenantId: call?.tenantId,
        generation: call?.generation,
        observedAt: step.subject.now,
      };
      return JSON.stringify(sent) === JSON.stringify([expected]);
    });
    expect(signals).toBeGreaterThan(10);
  },
);
