import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Person } from "../models/person.ts";

/** Which people; one who is no administrator must give `email` or `displayName`. */
export interface PeopleFilter {
  readonly email?: string | undefined;
  readonly displayName?: string | undefined;
  readonly id?: string | undefined;
  readonly orgId?: string | undefined;
  readonly max?: number | undefined;
}

/** GET /v1/people: people. Page by page; rejects with ProviderError. */
export const listPeople = (
  exchange: Exchange,
  filter: PeopleFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Person>, void, undefined> =>
  pagesOf<Person>(exchange, { route: "/v1/people", query: { ...filter }, schema: Person }, signal);
