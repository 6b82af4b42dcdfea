import type { Mailbox } from "../calendar/mailbox.ts";
import type { Caller } from "../entra/access-tokens.ts";
import { badRequest, type GraphFault } from "../http/graph-fault.ts";
import type { Preferences } from "../http/prefer.ts";
import type { Query, QueryName } from "../schemas/query.ts";

/** A request that was let in, read and checked. */
export interface Call {
  readonly caller: Caller;
  /** Path parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** The body as JSON; undefined when there was none. */
  readonly body: unknown;
  readonly prefer: Preferences;
  readonly ifMatch: string | null;
  /** Whether the caller sent `ConsistencyLevel: eventual`. */
  readonly isEventual: boolean;
  /** Absolute address of the request without its query. */
  readonly address: string;
  /** `https://localhost:<port>/v1.0` */
  readonly graphUrl: string;
  /** The mailbox that the path names; operations on the tenant or a subscription have none. */
  readonly mailbox: Mailbox | null;
}

/** A call that is about a mailbox. */
export type MailboxCall = Call & { readonly mailbox: Mailbox };

/** What is answered. */
export interface Answer {
  readonly status: number;
  readonly body?: object;
  /** Sent as text/plain instead of a body. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Common {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Route below `/v1.0`. */
  readonly path: string;
  /** Application permissions; any of them suffices. */
  readonly roles: readonly string[];
  readonly query: readonly QueryName[];
  /** Which limit of the identity service it counts against; none when left out. */
  readonly identity?: "read" | "write";
  /** Options that Graph itself refuses here, and how. */
  readonly refuses?: { readonly options: readonly string[]; readonly fault: () => GraphFault };
}

/** One operation of Graph. */
export type Operation =
  | (Common & {
      readonly family: "mailbox";
      readonly handle: (call: MailboxCall) => Answer | Promise<Answer>;
    })
  | (Common & { readonly family: "tenant"; readonly handle: (call: Call) => Answer | Promise<Answer> })
  | (Common & { readonly family: "user"; readonly handle: (call: MailboxCall) => Answer | Promise<Answer> })
  | (Common & {
      readonly family: "subscription";
      /** Which limit of the subscription service it counts against. */
      readonly cost: "write" | "reauthorize" | "read" | "list";
      readonly handle: (call: Call) => Answer | Promise<Answer>;
    });

/** Permissions that let an application read calendars. */
export const calendarReaders = ["Calendars.Read", "Calendars.ReadWrite"];
/** Permissions that let an application write calendars. */
export const calendarWriters = ["Calendars.ReadWrite"];

/** The address of the next page: the same request with another `$skiptoken`. */
export const nextPageToken = (call: Call, token: string): string => {
  const query = Object.entries({ ...call.query, $skiptoken: token });
  return `${call.address}?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
};

/** One page of a list, and the token of the page after it; null when there is none. */
export const pageOf = <Item>(
  items: readonly Item[],
  token: string | undefined,
  size: number,
): { readonly page: readonly Item[]; readonly next: string | null } => {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isSafeInteger(start) || start < 0) throw badRequest(`'${token}' is not a valid '$skiptoken'.`);
  const end = start + size;
  return {
    page: items.slice(start, end),
    next: end < items.length ? Buffer.from(String(end)).toString("base64url") : null,
  };
};

/** The address of the next page: the same request with another `$skip`. */
export const nextPage = (call: Call, skip: number): string => {
  const query = Object.entries({ ...call.query, $skip: skip });
  return `${call.address}?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
};
