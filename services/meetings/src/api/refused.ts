import { type ErrorCode, ProviderError } from "@hybrid/kernel";
import { graphMessageOf } from "@hybrid/microsoft-graph";
import { ListsNotReady } from "./meeting-view.ts";
import type { MeetingItem } from "./schemas.ts";

/** What a refusal tells besides its code and text. */
export interface RefusedWith {
  /** Seconds after which the same may succeed. */
  readonly retryAfter?: number;
  /** The meeting as the calendar has it now. */
  readonly current?: MeetingItem;
}

/** A request that is not carried out, with what the client is told. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | null;
  readonly current: MeetingItem | null;

  constructor(status: number, code: string, message: string, { retryAfter, current }: RefusedWith = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter ?? null;
    this.current = current ?? null;
  }
}

/** In the calendar's own words, which are for its owner alone and for no log. */
const toldBy = (error: ProviderError): string => graphMessageOf(error) || error.message;

/** What the calendar refuses, as against what fails. */
const refusals: Partial<Readonly<Record<ErrorCode, number>>> = {
  outOfScope: 403,
  conflict: 409,
  invalidRequest: 422,
  quotaExceeded: 422,
};

/** What the calendar refuses is said as it is; what may pass says when to come again. */
const refusalOf = (error: ProviderError): Refused => {
  const { code, retryAfterMs } = error;
  const retryAfter = retryAfterMs === undefined ? 5 : Math.ceil(retryAfterMs / 1_000);
  if (code === "throttled" || code === "breakerOpen")
    return new Refused(503, code, error.message, { retryAfter });
  if (code === "notFound") return new Refused(404, code, "The calendar has no such meeting any more.");
  const status = refusals[code];
  return status === undefined
    ? new Refused(502, code, error.message)
    : new Refused(status, code, toldBy(error));
};

/** Lists are being made, or cannot be reached. */
export const notReady = (reason: string): Refused =>
  new Refused(503, "notReady", `The list is being made: ${reason}`, { retryAfter: 2 });

/** The refusal that an error stands for; null for one that nobody foresaw. */
export const refusalIn = (error: unknown): Refused | null => {
  if (error instanceof Refused) return error;
  if (error instanceof ListsNotReady) return notReady(error.message);
  return error instanceof ProviderError ? refusalOf(error) : null;
};
