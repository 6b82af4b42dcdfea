import { z } from "zod";
import type { GraphClient } from "../graph-client.ts";
import { type GraphCallSpec, whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import { checkedLink } from "./checked-link.ts";

/** Whose domains. */
export interface ListDomains {
  readonly tenantId: string;
  readonly signal: AbortSignal;
}

/** The id of a domain is its name. */
const listSchema = z.looseObject({
  value: z
    .array(z.looseObject({ id: z.string().min(1).max(253), isVerified: z.boolean().nullish() }))
    .max(5_000),
  "@odata.nextLink": z.string().min(1).optional(),
});

/** A tenant may have 5,000 domains; more pages than this lead nowhere. */
const pagesMax = 100;

/**
 * GET /domains: the names of the domains that a tenant has verified, in small letters, at most 5,000
 * (https://learn.microsoft.com/graph/api/domain-list). Needs Domain.Read.All. May be repeated. Throws
 * ProviderError.
 */
export const listVerifiedDomains =
  (graph: GraphClient) =>
  async ({ tenantId, signal }: ListDomains): Promise<readonly string[]> => {
    const call: GraphCallSpec = {
      tenantId,
      userObjectId: null,
      signal,
      operation: "domains.list",
      family: "directory",
      entersMailbox: false,
      ownScope: null,
      buckets: [],
      repeatable: true,
    };
    const names = new Set<string>();
    let path: string | undefined = "domains?$select=id,isVerified";
    for (let pages = 0; path !== undefined && pages < pagesMax; pages++) {
      const page: z.infer<typeof listSchema> = readAnswer(
        listSchema,
        await graph.request(call, { method: "GET", path }),
        whatOf(call),
      );
      for (const { id, isVerified } of page.value) if (isVerified) names.add(id.toLowerCase());
      const next: string | undefined = page["@odata.nextLink"];
      path = next === undefined ? undefined : checkedLink(graph.hosts, next);
    }
    return [...names].sort();
  };
