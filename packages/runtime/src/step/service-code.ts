import type { ActorId, EpochMs, Timer } from "@hybrid/kernel";
import type { ServiceFrame } from "../frame.ts";
import { jsonOf, type PoisonCause, PoisonError, poisoning } from "./poison.ts";

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/**
 * Asks a function of a service for its answer. Throws {@link PoisonError} when it throws, and when it gives
 * a promise instead: what that fails with later would end the process, so it is heard and dropped.
 */
export const answerOf = <Answer>(poison: PoisonCause, name: string, ask: () => Answer): Answer =>
  poisoning(poison, `${name} threw`, () => {
    const answer = ask();
    if (!isThenable(answer)) return answer;
    Promise.resolve(answer).catch(() => undefined);
    throw new PoisonError(poison, `${name} returned a promise; it must answer at once`);
  });

/** A step as the machine gave it: the state may be no JSON yet, and the effects anything. */
export interface RawStep {
  readonly state: unknown;
  readonly effects: readonly unknown[];
}

/** One step of a service's machine. Throws {@link PoisonError} when it gives no step. */
export const stepOf = (
  { topology }: ServiceFrame,
  given: { readonly state: unknown; readonly input: unknown; readonly at: EpochMs; readonly self: ActorId },
): RawStep => {
  const step: unknown = answerOf("stepFailed", "the machine", () =>
    topology.machine(given.state, given.input, given.at, given.self),
  );
  if (typeof step !== "object" || step === null)
    throw new PoisonError("stepFailed", "the machine returned no step; that has a state and effects");
  const { state, effects } = step as Partial<RawStep>;
  if (!Array.isArray(effects))
    throw new PoisonError("stepFailed", "the machine returned a step whose effects are not an array");
  return { state, effects };
};

const timerOf = (timer: unknown): Timer => {
  const { name, dueAt } = (timer ?? {}) as Partial<Timer>;
  if (typeof name !== "string")
    throw new PoisonError("illegalEffect", "the topology's timers function gave a timer without a name");
  if (!Number.isSafeInteger(dueAt))
    throw new PoisonError(
      "illegalEffect",
      `wants timer ${name} at ${String(dueAt)}: not a whole number of milliseconds`,
    );
  return { name, dueAt: dueAt as EpochMs };
};

const none: readonly Timer[] = [];

/** The timers that a state wants. Throws {@link PoisonError} when the service cannot tell them. */
export const timersIn = ({ topology }: ServiceFrame, state: unknown): readonly Timer[] => {
  const timers: unknown = answerOf("stepFailed", "the topology's timers function", () =>
    topology.timers(state),
  );
  if (!Array.isArray(timers))
    throw new PoisonError("stepFailed", "the topology's timers function returned no array");
  if (timers.length === 0) return none;
  return poisoning("illegalEffect", "the topology's timers cannot be read", () => timers.map(timerOf));
};

/** A stored state in today's version. Throws {@link PoisonError} when this release cannot make it. */
export const upgradedState = (
  { topology }: ServiceFrame,
  { state, stateVersion: from }: { readonly state: string; readonly stateVersion: number },
): { readonly state: unknown; readonly stateJson: string } => {
  let value = poisoning("unreadable", "the stored state is not JSON", () => JSON.parse(state) as unknown);
  if (from === topology.stateVersion) return { state: value, stateJson: state };
  for (let version = from; version < topology.stateVersion; version++) {
    const upgrade = topology.upgrades[version];
    if (!upgrade) throw new PoisonError("unreadable", `upgrades[${version}] is missing in this release`);
    const before = value;
    value = answerOf("unreadable", `upgrades[${version}] of this release`, () => upgrade(before));
  }
  const stateJson = poisoning("unreadable", "what the upgrades of this release gave is not JSON", () =>
    jsonOf(value, "an upgraded state"),
  );
  return { state: JSON.parse(stateJson) as unknown, stateJson };
};

/**
 * A call or an input of version `from` as today's version has it; where the service declares no upgrade it is
 * as it was. Throws {@link PoisonError} when an upgrade fails, and for what a newer release has kept.
 */
export const upgradedPart = (
  { topology }: ServiceFrame,
  name: "callUpgrades" | "inputUpgrades",
  { stored, from }: { readonly stored: unknown; readonly from: number },
): unknown => {
  if (from > topology.stateVersion)
    throw new PoisonError("unreadable", "a newer release has kept it, in a version that this one lacks");
  let value = stored;
  for (let version = from; version < topology.stateVersion; version++) {
    const upgrade = topology[name]?.[version];
    if (!upgrade) continue;
    const before = value;
    value = answerOf("unreadable", `${name}[${version}] of this release`, () => upgrade(before));
  }
  return value;
};
