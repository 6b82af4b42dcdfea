import { ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import type { Exchange } from "../http/exchange.ts";
import { pagesOf } from "../http/pages.ts";
import { parseWebexId } from "../ids/webex-id.ts";

/** A person of the organisation, as far as this system needs to know one. */
export interface WebexPerson {
  /** The API's id, to be sent back unchanged. */
  readonly id: string;
  /** Lower case; to be compared instead of the id. */
  readonly uuid: string;
  readonly orgUuid: string | null;
  readonly displayName: string;
  readonly emails: readonly string[];
  /** Host names of the person's Webex Meetings sites, without the role that Webex appends after `#`. */
  readonly sites: readonly string[];
  /** The video address of the personal room, or null. */
  readonly personalRoomSipAddress: string | null;
}

const Person = z.object({
  id: z.string().min(1),
  emails: z.array(z.string()),
  displayName: z.string().default(""),
  orgId: z.string().optional(),
  siteUrls: z.array(z.string()).default([]),
  sipAddresses: z.array(z.object({ type: z.string().optional(), value: z.string().optional() })).default([]),
});

/** An address belongs to one person; more pages than this mean that the filter was ignored. */
const pagesMax = 10;
const route = "/v1/people";

const read = (person: z.infer<typeof Person>): WebexPerson => {
  const uuid = parseWebexId(person.id)?.uuid;
  if (uuid === undefined)
    throw new ProviderError(`Webex answered GET ${route} with an id that is no Webex id`, {
      code: "unexpected",
      retryable: false,
    });
  return {
    id: person.id,
    uuid,
    orgUuid: (person.orgId === undefined ? undefined : parseWebexId(person.orgId)?.uuid) ?? null,
    displayName: person.displayName,
    emails: person.emails,
    sites: [...new Set(person.siteUrls.map((site) => site.split("#", 1)[0] ?? ""))].filter(
      (site) => site !== "",
    ),
    personalRoomSipAddress: person.sipAddresses.find((sip) => sip.type === "personal-room")?.value ?? null,
  };
};

/**
 * GET /v1/people?email=: the person who has this address, as primary or alias, in any case; undefined when
 * the organisation has none. Follows pages, of which an empty one may have a next one. Rejects with
 * ProviderError.
 */
export const findPerson = async (
  exchange: Exchange,
  email: string,
  signal: AbortSignal,
): Promise<WebexPerson | undefined> => {
  const wanted = email.toLowerCase();
  const ask = { route, query: { email }, schema: Person, pagesMax };
  for await (const page of pagesOf<z.infer<typeof Person>>(exchange, ask, signal)) {
    const found = page.items.find((item) => item.emails.some((address) => address.toLowerCase() === wanted));
    if (found) return read(found);
    const [unusable] = page.unusable;
    // It may be the person: to say that there is none would be a guess.
    if (unusable !== undefined)
      throw new ProviderError(`Webex answered GET ${route} with unusable properties: ${unusable}`, {
        code: "unexpected",
        retryable: false,
      });
  }
  return undefined;
};
