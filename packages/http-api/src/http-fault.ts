/** What a fault tells besides its code and text. */
export interface HttpFaultMore {
  /** Which fields of the request cannot be used, and why. */
  readonly faults?: readonly { readonly at: string; readonly fault: string }[];
  /** Seconds after which the same may succeed. */
  readonly retryAfter?: number;
  /** By which scheme who asks can say who it is (RFC 9110, WWW-Authenticate). */
  readonly challenge?: string;
  /** The thing as it is now, for who has seen an older one. */
  readonly current?: object;
}

/** What is answered instead of what was asked for, as problem+json. */
export class HttpFault extends Error {
  override readonly name = "HttpFault";
  readonly status: number;
  /** The end of the problem's `type`. */
  readonly code: string;
  readonly more: HttpFaultMore;

  constructor(status: number, code: string, message: string, more: HttpFaultMore = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}
