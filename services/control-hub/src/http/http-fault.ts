/** What is answered instead of what was asked for, as problem+json. */
export class HttpFault extends Error {
  override readonly name = "HttpFault";
  readonly status: number;
  /** The end of the problem's `type`; the page has words for it. */
  readonly code: string;
  readonly faults: readonly { readonly at: string; readonly fault: string }[] | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    faults?: readonly { readonly at: string; readonly fault: string }[],
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.faults = faults;
  }
}
