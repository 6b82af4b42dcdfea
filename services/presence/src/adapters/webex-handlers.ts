import { type Clock, type EpochMs, type Handlers, instant, plus, seconds } from "@hybrid/kernel";
import type { PresenceComposition, WebexClient } from "@hybrid/webex";
import type { Call, Input } from "#domain/inputs";
import { decideToClear, decideToShow, type Saying, type SeenStatus } from "#domain/precedence";
import type { PresenceMetrics } from "./metrics.ts";
import type { TokenOf } from "./person-tokens.ts";

/** What speaking to the presence service of Webex needs. */
export interface WebexPorts {
  readonly webex: Pick<WebexClient, "getPresence" | "createPresenceEvent">;
  /** Where the service lies. */
  readonly baseUrl: string;
  readonly tokenOf: TokenOf;
  readonly clock: Clock;
  readonly metrics: PresenceMetrics;
}

interface Person {
  readonly baseUrl: string;
  readonly personUuid: string;
  readonly personToken: string;
}

const seenIn = ({ status, statusTime, expiresTTL }: PresenceComposition, now: EpochMs): SeenStatus => ({
  status,
  statusAt: instant(statusTime === undefined ? 0 : Date.parse(statusTime)),
  expiresAt: expiresTTL === undefined || expiresTTL < 0 ? null : plus(now, seconds(expiresTTL)),
});

const ttlSeconds = ({ until }: Saying, now: EpochMs): number =>
  until === null ? -1 : Math.max(0, Math.ceil((until - now) / 1_000));

/** Carries out the calls to Webex; what to say there is decided in the domain. */
export const webexHandlers = (
  ports: WebexPorts,
): Pick<Handlers<Call, Input>, "showAtWebex" | "clearAtWebex"> => {
  const { webex, baseUrl, tokenOf, clock, metrics } = ports;
  const personOf = async (personUuid: string): Promise<Person | null> => {
    const personToken = await tokenOf(personUuid);
    return personToken === null ? null : { baseUrl, personUuid, personToken };
  };
  const seen = async (person: Person, signal: AbortSignal): Promise<SeenStatus> =>
    seenIn(await webex.getPresence(person, signal), clock.now());
  const say = async (person: Person, saying: Saying, signal: AbortSignal): Promise<void> =>
    await webex.createPresenceEvent(
      { ...person, eventType: saying.eventType, ttlSeconds: ttlSeconds(saying, clock.now()) },
      signal,
    );
  return {
    showAtWebex: async (order, { signal }) => {
      const { number, personId, until } = order;
      const person = await personOf(personId);
      if (person === null) {
        metrics.onWebex("noToken");
        return { kind: "tokenMissing", number };
      }
      const decided = decideToShow(await seen(person, signal), order, clock.now());
      metrics.onWebex(decided === null ? "ownStatus" : "shown");
      if (decided === null) return { kind: "webexLeftAlone", number };
      await say(person, decided.say, signal);
      return { kind: "webexShown", number, until, previous: decided.previous };
    },
    clearAtWebex: async (order, { signal }) => {
      const { number, personId } = order;
      const person = await personOf(personId);
      // Without the token nothing can be said any more; what was said ends by itself.
      if (person === null) return { kind: "webexCleared", number };
      for (const saying of decideToClear(await seen(person, signal), order, clock.now()))
        await say(person, saying, signal);
      metrics.onWebex("cleared");
      return { kind: "webexCleared", number };
    },
  };
};
