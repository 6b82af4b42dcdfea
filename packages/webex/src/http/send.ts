import { type Clock, ProviderError, retryAfterMsOf } from "@hybrid/kernel";
import { type Dispatcher, request } from "undici";
import { faultOfStatus } from "../errors/provider-fault.ts";

/** What a request leaves by. */
export interface Wire {
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

/** One request. `route` names it in messages, without any parameter: parameters are content. */
export interface Sending {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly route: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** An answer with more bytes than this is cut off as a failure. */
  readonly bytesMax: number;
  /** Whether an answer of more bytes is an answer all the same, without them; a failure when left out. */
  readonly cuts?: boolean;
}

/** An answer of any status. */
export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
  /** Whether there were more bytes than wanted; then none are here. */
  readonly isCut: boolean;
  /** What Retry-After asks for, milliseconds; null when it says nothing. */
  readonly retryAfterMs: number | null;
  header(name: string): string | undefined;
}

type Received = Dispatcher.ResponseData;

const headerOf = (headers: Received["headers"], name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
};

const connectionFailure = ({ method, route }: Sending, error: unknown, signal: AbortSignal): ProviderError =>
  signal.aborted
    ? new ProviderError(
        `Webex did not answer ${method} ${route} before the call's deadline`,
        { code: "deadlineExceeded", retryable: true },
        { cause: error },
      )
    : new ProviderError(
        `Webex could not be reached for ${method} ${route}`,
        { code: "unavailable", retryable: true },
        { cause: error },
      );

const tooLong = ({ method, route, bytesMax }: Sending): ProviderError =>
  new ProviderError(`Webex answered ${method} ${route} with more than ${bytesMax} bytes; it was cut off`, {
    code: "unavailable",
    retryable: true,
  });

/** Leaving the loop early destroys the body, and with it the connection. */
const readBody = async (received: Received, sending: Sending): Promise<Pick<Answer, "bytes" | "isCut">> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of received.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > sending.bytesMax && !sending.cuts) throw tooLong(sending);
    if (size > sending.bytesMax) return { bytes: Buffer.alloc(0), isCut: true };
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), isCut: false };
};

/** Sends and reads the whole answer. Rejects with ProviderError when there is none, or it is too long. */
export const send = async (
  { dispatcher, clock }: Wire,
  sending: Sending,
  signal: AbortSignal,
): Promise<Answer> => {
  const { method, headers, body, url } = sending;
  try {
    const received = await request(url, {
      dispatcher,
      method,
      headers,
      signal,
      ...(body !== undefined && { body }),
    });
    const read = await readBody(received, sending);
    const retryAfterMs = retryAfterMsOf({
      retryAfter: received.headers["retry-after"],
      date: received.headers["date"],
      now: clock.now(),
    });
    const header = (name: string): string | undefined => headerOf(received.headers, name);
    return { status: received.statusCode, ...read, retryAfterMs, header };
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw connectionFailure(sending, error, signal);
  }
};

/** Support at Webex finds a request by this id; anything that does not look like one stays out. */
const trackingNote = (answer: Answer): string => {
  const trackingId = answer.header("trackingid");
  return trackingId && /^[\w.:-]{1,128}$/.test(trackingId) ? ` (tracking id ${trackingId})` : "";
};

/** What an answer that is not 2xx means. */
export const refusalOf = ({ method, route }: Sending, answer: Answer): ProviderError =>
  new ProviderError(
    `Webex answered ${method} ${route} with ${answer.status}${trackingNote(answer)}`,
    faultOfStatus(answer.status, answer.retryAfterMs),
  );
