import type { UserRow, UsersPage, UsersQuery } from "@hybrid/control-hub-page/api";
import { type SearchPorts, searchUsers } from "./user-search.ts";
import { listedUsers } from "./users.ts";

/** A page of users, of those alone whose address holds what is searched. Throws HttpFault as its parts do. */
export const usersPage = (ports: SearchPorts, org: string, query: UsersQuery): Promise<UsersPage> => {
  if (query.search !== undefined) return searchUsers(ports, org, query);
  // Who looks at users may search them next.
  ports.books.of(org);
  return listedUsers(ports.view, org, query);
};

/** Every user that the filters choose, a page at a time. */
export async function* everyUser(
  ports: SearchPorts,
  org: string,
  filters: Omit<UsersQuery, "sort" | "limit" | "cursor">,
): AsyncGenerator<readonly UserRow[]> {
  let cursor: string | undefined;
  do {
    const query: UsersQuery = { ...filters, sort: "address", limit: 1_000, ...(cursor ? { cursor } : {}) };
    const { rows, next } = await usersPage(ports, org, query);
    yield rows;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}
