import { ProviderError } from "@hybrid/kernel";
import { withQuickRetries } from "./limits/quick-retries.ts";
import { type GateOptions, refuseWhileClosed } from "./middleware/gate.ts";
import type { GraphCall } from "./middleware/graph-call.ts";
import { refusalOf, type SendOptions } from "./middleware/send.ts";

/** One part of a file on its way to an upload session. */
export interface UploadPart {
  /** The session's own address, which Graph gave and which needs no token. */
  readonly url: string;
  /** Where the part begins. */
  readonly at: number;
  readonly part: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
}

/** Exchange's own hosts in Microsoft's clouds, where sessions are uploaded to. */
const exchangeHost = /(?:^|\.)(?:office\.com|office365\.com|office365\.us|outlook\.cn)$/;

/** Mail goes to Exchange and nowhere else, whatever an answer says. */
const checkedUrl = (graphUrl: string, url: string, what: string): string => {
  const target = URL.canParse(url) ? new URL(url) : null;
  const isPlain = target?.protocol === "https:" && target.username === "" && target.password === "";
  const isOurs =
    target?.origin === graphUrl ||
    (target !== null && target.port === "" && exchangeHost.test(target.hostname));
  if (isPlain && isOurs) return url;
  throw new ProviderError(`${what}: the address for the upload leads away from Exchange; nothing was sent`, {
    code: "invalidRequest",
    retryable: false,
  });
};

/**
 * Puts one part to an upload session. No Authorization header: the address is authenticated already, and
 * refuses one. A part that came through although its answer was lost is refused as out of turn the next time.
 */
export const uploadPart = async (
  options: GateOptions & SendOptions & { readonly graphUrl: string },
  call: GraphCall,
  given: UploadPart,
): Promise<void> => {
  const { what, spec, scopes, budgetEndsAt } = call;
  const url = checkedUrl(options.graphUrl, given.url, what);
  const bounds = { ...options, budgetEndsAt, what, signal: spec.signal, repeatable: spec.repeatable };
  await withQuickRetries(bounds, async () => {
    refuseWhileClosed(options.closures, scopes, what);
    const place = { tenantId: spec.tenantId, family: spec.family, what };
    await options.breakers.run(place, async () => await put(options, call, { ...given, url }));
  });
};

const put = async (
  options: SendOptions,
  call: GraphCall,
  { url, at, part, size }: UploadPart,
): Promise<void> => {
  const { signal } = call.spec;
  const headers = {
    "content-type": "application/octet-stream",
    "content-range": `bytes ${at}-${at + part.byteLength - 1}/${size}`,
  };
  call.sent = true;
  const answer = await options.http
    .send({ url, method: "PUT", headers, body: part, signal })
    .catch((error: unknown) => {
      throw new ProviderError(
        `${call.what}: the upload was not answered`,
        { code: signal.aborted ? "deadlineExceeded" : "unavailable", retryable: true },
        { cause: error },
      );
    });
  if (answer.status < 200 || answer.status >= 300) throw refusalOf(options, call, answer);
};
