/** Something the next request gets instead of its real answer. */
export type ScriptedAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** The connection is cut without an answer. */
  | { readonly kind: "drop" }
  /** No answer ever comes; the client must give up by itself. */
  | { readonly kind: "hang" };

/** Switches for what can go wrong. */
export interface WebexFaults {
  /** Every authorised request before `at` (milliseconds since 1970) is answered 429. */
  throttleUntil(at: number): void;
  /** The share (0 to 1) of authorised requests that get 502, drawn from the simulator's seed. */
  errorRate(share: number): void;
  /** Scripts the answers of the next requests, one each, in order, for any request. */
  answerNext(...answers: readonly ScriptedAnswer[]): void;
}

/** What the server asks of the faults. */
export interface FaultState extends WebexFaults {
  /** Takes the next scripted answer, if there is one. */
  scripted(): ScriptedAnswer | undefined;
  /** Whole seconds for Retry-After, at most 3600, or undefined when `now` is not throttled. */
  retryAfterSeconds(now: number): number | undefined;
  /** Draws whether this request fails. */
  fails(): boolean;
}

/** The longest Retry-After the Webex documentation shows. */
const retryAfterSecondsMax = 3_600;

/** Mulberry32: a small generator of numbers in [0, 1) that a seed reproduces. */
const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** No faults, until somebody switches them on. */
export const createFaults = (seed: number): FaultState => {
  const random = seededRandom(seed);
  const script: ScriptedAnswer[] = [];
  let throttledUntil = 0;
  let failing = 0;
  return {
    throttleUntil(at) {
      throttledUntil = at;
    },
    errorRate(share) {
      failing = share;
    },
    answerNext(...answers) {
      script.push(...answers);
    },
    scripted: () => script.shift(),
    retryAfterSeconds: (now) =>
      now < throttledUntil
        ? Math.min(retryAfterSecondsMax, Math.ceil((throttledUntil - now) / 1_000))
        : undefined,
    fails: () => failing > 0 && random() < failing,
  };
};
