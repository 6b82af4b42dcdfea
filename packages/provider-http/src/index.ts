export {
  type BreakerLimits,
  type BreakerLogger,
  type BreakerOptions,
  type BreakerPlace,
  type Breakers,
  createBreakers,
  saysServiceFails,
} from "./breakers.ts";
export { type ClosedScope, type Closures, createClosures } from "./closures.ts";
export { type QuickRetryLimits, type QuickRetryOptions, withQuickRetries } from "./quick-retries.ts";
export {
  comeBackAfterMs,
  endedByCaller,
  endedWhileWaiting,
  notSent,
  unlessEnded,
  waitUntil,
} from "./waiting.ts";
