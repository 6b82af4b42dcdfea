import { randomUUID } from "node:crypto";
import { HttpFault, type RepeatedRequests } from "@hybrid/http-api";
import type { Clock, OrgId } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { AddressBooks } from "../adapters/address-books.ts";
import type { BulkJobs } from "../adapters/bulk-jobs.ts";
import type { Act, Orders } from "../adapters/orders.ts";
import type { HubDesk } from "../desk.ts";
import type { Asked } from "./asked.ts";
import type { EventStreams } from "./event-streams.ts";
import type { MePorts } from "./me-handlers.ts";
import { orderOnce } from "./order-once.ts";
import type { SessionPorts } from "./session-handlers.ts";

/** What answers are made from. */
export interface HandlerPorts extends SessionPorts, MePorts {
  readonly views: { readonly organisations: View; readonly histories: View };
  readonly books: AddressBooks;
  readonly bulk: BulkJobs;
  readonly clock: Clock;
  readonly orders: Orders;
  readonly repeated: RepeatedRequests;
  readonly events: EventStreams;
  readonly desk: HubDesk;
  /** By which browsers reach the page; null: by the address on which it listens. */
  readonly origin: string | null;
}

/** What a request to an operation of an organisation has. */
export type OfOrg = Pick<Asked<"overview">, "org" | "session" | "request">;

/** The organisation of the path. */
export const orgOf = ({ org }: { readonly org: OrgId | null }): OrgId => {
  if (org === null) throw new TypeError("the path of this operation names no organisation");
  return org;
};

/** That there is no such thing. */
export const missing = (what: string): HttpFault =>
  new HttpFault(404, "notFound", `There is no such ${what}.`);

/** The thing. Throws HttpFault where there is none. */
export const found = <Value>(value: Value | null, what: string): Value => {
  if (value === null) throw missing(what);
  return value;
};

/** Writes an order once, with who gives it. */
export const give = async (
  { repeated }: HandlerPorts,
  asked: OfOrg,
  { act, about, order }: { readonly act: string; readonly about: string | null; readonly order: unknown },
  write: (entry: Act) => Promise<void>,
): Promise<{ readonly orderId: string }> => {
  const { session, request } = asked;
  if (session === null) throw new TypeError("an order needs somebody who gives it");
  const org = orgOf(asked);
  return orderOnce(request, { repeated, by: session.person, about: [org, act, about] }, (orderId) =>
    write({
      org,
      by: session.name,
      user: session.user,
      role: session.role,
      act,
      about,
      details: order === null ? null : JSON.stringify(order),
      orderId,
    }),
  );
};

/** Writes down what is done at once and goes by no topic. */
export const note = async (
  { orders }: HandlerPorts,
  asked: OfOrg,
  { act, about }: { readonly act: string; readonly about: string | null },
): Promise<void> => {
  const { session } = asked;
  await orders.note({
    org: orgOf(asked),
    by: session?.name ?? "",
    user: session?.user ?? null,
    role: session?.role ?? "",
    act,
    about,
    details: null,
    orderId: randomUUID(),
  });
};
