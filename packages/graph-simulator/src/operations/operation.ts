import type { Mailbox } from "../calendar/mailbox.ts";
import type { Caller } from "../entra/access-tokens.ts";
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
  /** Absolute address of the request without its query. */
  readonly address: string;
  /** `https://localhost:<port>/v1.0` */
  readonly graphUrl: string;
  /** The mailbox that the path names; operations of the subscription family have none. */
  readonly mailbox: Mailbox | null;
}

/** A call that is about a mailbox. */
export type MailboxCall = Call & { readonly mailbox: Mailbox };

/** What is answered. */
export interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Common {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Route below `/v1.0`. */
  readonly path: string;
  /** Application permissions; any of them suffices. */
  readonly roles: readonly string[];
  readonly query: readonly QueryName[];
}

/** One operation of Graph. */
export type Operation =
  | (Common & {
      readonly family: "mailbox";
      readonly handle: (call: MailboxCall) => Answer | Promise<Answer>;
    })
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

/** The address of the next page: the same request with another `$skip`. */
export const nextPage = (call: Call, skip: number): string => {
  const query = Object.entries({ ...call.query, $skip: skip });
  return `${call.address}?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
};
