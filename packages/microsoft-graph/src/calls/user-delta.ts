import { ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import type { GraphClient } from "../graph-client.ts";
import { type GraphCallSpec, whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import { checkedLink } from "./checked-link.ts";
import { prefer } from "./prefer.ts";

/** One page of the users of a tenant. */
export interface UserDelta {
  readonly tenantId: string;
  /** A link that an earlier page ended with; null begins a first round. */
  readonly link: string | null;
  /** Users in a page, 1 to 999; Graph may give fewer. */
  readonly pageSize: number;
  readonly signal: AbortSignal;
}

/** A user of a delta round; what Graph did not tell, because it did not change, is left out. */
export interface DeltaUser {
  /** Object id, a GUID in lower case. */
  readonly id: string;
  /** Exchange's primary address, or null where there is none. */
  readonly mail?: string | null;
  /** `Member` or `Guest`. */
  readonly userType?: string | null;
  readonly accountEnabled?: boolean | null;
}

/** A page of users: who was made or changed, who is gone, and where to go on. */
export interface UserDeltaPage {
  readonly users: readonly DeltaUser[];
  /** Object ids; a deleted user can be restored for 30 days and then comes back as a changed one. */
  readonly removed: readonly string[];
  /** Users that Graph told in a way that cannot be understood. */
  readonly unusable: number;
  /** The next page of this round, or the link to start the next round from. */
  readonly next: { readonly kind: "page" | "round"; readonly link: string };
}

const guid = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .transform((text) => text.toLowerCase());

const userSchema = z.object({
  id: guid,
  mail: z.string().max(1_024).nullish(),
  userType: z.string().max(64).nullish(),
  accountEnabled: z.boolean().nullish(),
});

const itemSchema = z.object({ id: guid, "@removed": z.looseObject({}).nullish() });

const pageSchema = z.looseObject({
  value: z.array(z.unknown()).max(5_000),
  "@odata.nextLink": z.string().min(1).max(16_384).optional(),
  "@odata.deltaLink": z.string().min(1).max(16_384).optional(),
});

const properties = "id,mail,userType,accountEnabled";

const present = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;

const itemsOf = (value: readonly unknown[]): Omit<UserDeltaPage, "next"> => {
  const users: DeltaUser[] = [];
  const removed: string[] = [];
  let unusable = 0;
  for (const item of value) {
    const read = itemSchema.safeParse(item);
    const user = userSchema.safeParse(item);
    if (read.success && read.data["@removed"]) removed.push(read.data.id);
    else if (user.success) users.push(present(user.data) as DeltaUser);
    else unusable += 1;
  }
  return { users, removed, unusable };
};

/**
 * GET /users/delta: one page of a round over the users of a tenant
 * (https://learn.microsoft.com/graph/api/user-delta). Users may come again and in any order; the last word
 * counts. May be repeated from the same link. Throws ProviderError syncStateLost when Graph has forgotten the
 * link (then begin a first round), and the usual ones.
 */
export const userDelta =
  (graph: GraphClient) =>
  async ({ tenantId, link, pageSize, signal }: UserDelta): Promise<UserDeltaPage> => {
    const call: GraphCallSpec = {
      tenantId,
      userObjectId: null,
      signal,
      operation: "users.delta",
      family: "directory",
      entersMailbox: false,
      ownScope: null,
      buckets: [],
      repeatable: true,
    };
    const path = link === null ? `users/delta?$select=${properties}` : checkedLink(graph.hosts, link);
    const headers = prefer(`odata.maxpagesize=${pageSize}`);
    const what = whatOf(call);
    const page = readAnswer(pageSchema, await graph.request(call, { method: "GET", path, headers }), what);
    const { "@odata.nextLink": nextLink, "@odata.deltaLink": deltaLink } = page;
    const items = itemsOf(page.value);
    if (nextLink !== undefined) return { ...items, next: { kind: "page", link: nextLink } };
    if (deltaLink !== undefined) return { ...items, next: { kind: "round", link: deltaLink } };
    throw new ProviderError(`${what}: Graph's answer has neither @odata.nextLink nor @odata.deltaLink`, {
      code: "unexpected",
      retryable: false,
    });
  };
