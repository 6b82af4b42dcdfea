import type { ProviderError } from "@hybrid/kernel";

/** A request that is not carried out, with what the client is told. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  readonly code: string;
  /** Seconds after which the same may succeed. */
  readonly retryAfter: number | null;

  constructor(status: number, code: string, message: string, retryAfter: number | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** What the calendar refuses is said as it is; what may pass says when to come again. */
export const refusalOf = (error: ProviderError): Refused => {
  const { code, retryAfterMs } = error;
  const retryAfter = retryAfterMs === undefined ? 5 : Math.ceil(retryAfterMs / 1_000);
  if (code === "throttled" || code === "breakerOpen")
    return new Refused(503, code, error.message, retryAfter);
  if (code === "notFound") return new Refused(404, code, "The calendar has no such meeting any more.");
  return new Refused(502, code, error.message);
};
