import type { WebexIdentity } from "@hybrid/contracts";
import type {
  UserCounts,
  UserDetail,
  UserRow,
  UserStateName,
  UsersPage,
  UsersQuery,
} from "@hybrid/control-hub-page/api";
import type { Cell, View } from "@hybrid/view";
import { HttpFault } from "../http/http-fault.ts";
import {
  cursorOf,
  idIn,
  jsonOf,
  numberOf,
  numberOrNull,
  placeOf,
  type Row,
  textOf,
  textOrNull,
} from "./rows.ts";

/** A search counts up to here, then says that there are more instead of going through everybody. */
const countedMax = 10_000;

const states = ["error", "notActivated", "active", "disabled"] as const satisfies readonly UserStateName[];

const columns =
  "key, state, reason, attention, due, address, tenant, mail_address, status_address, sealed_address, " +
  "sealed_status_address, next_try_at, " +
  "changed_at, version, unreadable_since, unreadable_code";

const unreadableOf = (row: Row): UserRow["unreadable"] => {
  const since = numberOrNull(row, "unreadable_since");
  if (since === null || row["state"] !== "active") return null;
  return { since, code: textOrNull(row, "unreadable_code") ?? "unexpected" };
};

/** Addresses of rows, opened where they are sealed; empty for people who were erased. */
const addressesOf = async (view: View, rows: readonly Row[]): Promise<readonly string[]> => {
  const opened = await view.openedAll(
    rows.map((row) => row["sealed_address"] ?? row["sealed_status_address"] ?? null),
  );
  return rows.map((row, n) => {
    const text = opened[n];
    if (typeof text === "string") return text;
    return textOf(row, "mail_address") || textOf(row, "status_address");
  });
};

const rowOf = (row: Row, mailAddress: string): UserRow => ({
  id: idIn(textOf(row, "key")),
  state: textOf(row, "state") as UserStateName,
  reason: textOrNull(row, "reason"),
  mailAddress,
  tenantId: textOf(row, "tenant"),
  nextTryAt: numberOrNull(row, "next_try_at"),
  changedAt: numberOrNull(row, "changed_at"),
  version: numberOf(row, "version"),
  unreadable: unreadableOf(row),
});

const opened = async (view: View, rows: readonly Row[]): Promise<readonly UserRow[]> => {
  const addresses = await addressesOf(view, rows);
  return rows.map((row, n) => rowOf(row, addresses[n] ?? ""));
};

interface Condition {
  readonly sql: string;
  readonly values: readonly Cell[];
}

const conditionsOf = (org: string, query: Omit<UsersQuery, "sort" | "limit">): readonly Condition[] => {
  const attention = query.state === undefined ? undefined : states.indexOf(query.state);
  return [
    { sql: "org = ?", values: [org] },
    attention === undefined
      ? { sql: "attention IS NOT NULL", values: [] }
      : { sql: "attention = ?", values: [attention] },
    ...(query.reason === undefined ? [] : [{ sql: "reason = ?", values: [query.reason] }]),
    ...(query.tenant === undefined ? [] : [{ sql: "tenant = ?", values: [query.tenant] }]),
    ...(query.search === undefined
      ? []
      : [{ sql: "instr(address, ?) > 0", values: [query.search.toLowerCase()] }]),
  ];
};

const joined = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.map(({ sql }) => sql).join(" AND "),
  values: conditions.flatMap(({ values }) => values),
});

const places = {
  attention: {
    columns: ["attention", "due", "address", "key"],
    kinds: ["number", "number", "string", "string"],
  },
  address: { columns: ["address", "key"], kinds: ["string", "string"] },
} as const;

const behind = (sort: UsersQuery["sort"], cursor: string | undefined): readonly Condition[] => {
  if (cursor === undefined) return [];
  const { columns: order, kinds } = places[sort];
  const values = placeOf(cursor, kinds);
  if (values === null) throw new HttpFault(400, "badRequest", "The cursor is not one of this list.");
  return [{ sql: `(${order.join(", ")}) > (${order.map(() => "?").join(", ")})`, values }];
};

/** What waits for a search names the index that holds all that it looks at. */
const searched = "users INDEXED BY users_by_org_address_key_attention";

const countOf = (view: View, conditions: readonly Condition[], isSearch: boolean): number => {
  const { sql, values } = joined(conditions);
  const from = isSearch ? searched : "users";
  const inner = `SELECT 1 FROM ${from} WHERE ${sql} LIMIT ${isSearch ? countedMax + 1 : -1}`;
  return numberOf(view.all(`SELECT count(*) AS n FROM (${inner})`, ...values)[0], "n");
};

/** Numbers of users in each state, from an index alone. */
export const userCounts = (view: View, org: string): UserCounts => {
  const rows = view.all(
    "SELECT attention, count(*) AS n FROM users WHERE org = ? AND attention IS NOT NULL GROUP BY attention",
    org,
  );
  const found = new Map(rows.map((row) => [states[numberOf(row, "attention")], numberOf(row, "n")]));
  const of = (state: UserStateName): number => found.get(state) ?? 0;
  const [error, notActivated] = [of("error"), of("notActivated")];
  const [active, disabled] = [of("active"), of("disabled")];
  return { all: error + notActivated + active + disabled, error, notActivated, active, disabled };
};

/** Whether the filters are such that counts by state already say how many match. */
const isCountKnown = ({ reason, tenant, search }: UsersQuery): boolean =>
  reason === undefined && tenant === undefined && search === undefined;

/** Rows that a search among sealed addresses opens for one answer, and at a time. */
const openedMax = 20_000;
const openedPage = 1_000;

/** Sealed addresses stand before all others in the order of addresses, as empty ones. */
const hasSealed = (view: View, org: string): boolean =>
  view.all(`SELECT 1 FROM ${searched} WHERE org = ? AND address = '' LIMIT 1`, org).length > 0;

/**
 * A search where addresses are sealed: rows are opened in the order of the index, up to {@link openedMax};
 * the cursor goes on behind them, also when nobody was found so far.
 */
const sealedSearch = async (
  view: View,
  org: string,
  { search = "", ...query }: UsersQuery,
): Promise<UsersPage> => {
  const filters = conditionsOf(org, query);
  const found: UserRow[] = [];
  let place = query.cursor;
  for (let looked = 0; looked < openedMax; looked += openedPage) {
    const { sql, values } = joined([...filters, ...behind("address", place)]);
    const rows = view.all(
      `SELECT ${columns} FROM ${searched} WHERE ${sql} ORDER BY address, key LIMIT ?`,
      ...values,
      openedPage,
    );
    const addresses = await addressesOf(view, rows);
    for (const [n, row] of rows.entries()) {
      const address = addresses[n] ?? "";
      place = cursorOf([textOf(row, "address"), textOf(row, "key")]);
      if (address.toLowerCase().includes(search.toLowerCase())) found.push(rowOf(row, address));
      if (found.length === query.limit)
        return { rows: found, next: place, count: found.length, isCountExact: false };
    }
    if (rows.length < openedPage)
      return { rows: found, next: null, count: found.length, isCountExact: query.cursor === undefined };
  }
  return { rows: found, next: place ?? null, count: found.length, isCountExact: false };
};

/** A page of users. Throws HttpFault for a cursor of another list. */
export const usersPage = async (view: View, org: string, query: UsersQuery): Promise<UsersPage> => {
  const isSearch = query.search !== undefined;
  if (isSearch && hasSealed(view, org)) return sealedSearch(view, org, query);
  const sort = isSearch ? "address" : query.sort;
  const filters = conditionsOf(org, query);
  const { sql, values } = joined([...filters, ...behind(sort, query.cursor)]);
  const order = places[sort].columns;
  const found = view.all(
    `SELECT ${columns} FROM ${isSearch ? searched : "users"} WHERE ${sql} ` +
      `ORDER BY ${order.join(", ")} LIMIT ?`,
    ...values,
    query.limit + 1,
  );
  const rows = found.slice(0, query.limit);
  const last = rows.at(-1);
  const counted = isCountKnown(query)
    ? userCounts(view, org)[query.state ?? "all"]
    : countOf(view, filters, isSearch);
  return {
    rows: [...(await opened(view, rows))],
    next:
      found.length > query.limit && last
        ? cursorOf(order.map((column) => last[column] as string | number))
        : null,
    count: isSearch ? Math.min(counted, countedMax) : counted,
    isCountExact: !isSearch || counted <= countedMax,
  };
};

/** The rows of these keys, by key; who is not there is left out. Addresses are opened together. */
export const userRows = async (
  view: View,
  keys: readonly string[],
): Promise<ReadonlyMap<string, UserRow>> => {
  const query = `SELECT ${columns} FROM users WHERE key = ? AND attention IS NOT NULL`;
  const found = keys.flatMap((key) => view.all(query, key));
  const rows = await opened(view, found);
  return new Map(found.map((row, n) => [textOf(row, "key"), rows[n] as UserRow]));
};

const webexOf = (row: Row): UserDetail["webex"] => {
  const webex = jsonOf<WebexIdentity>(row, "webex");
  return (
    webex && {
      personId: webex.personId,
      hasSignedIn: webex.active,
      mayMessage: webex.messaging,
      isLinked: webex.linked,
    }
  );
};

const historyOf = (histories: View, key: string): UserDetail["history"] =>
  histories
    .all("SELECT body FROM transitions WHERE key > ? || ' ' AND key < ? || '!' ORDER BY key DESC", key, key)
    .flatMap((row) => jsonOf<UserDetail["history"][number]>(row, "body") ?? []);

const lastOrderOf = (view: View, org: string, id: string): UserDetail["lastOrder"] => {
  const [row] = view.all("SELECT * FROM outcomes WHERE key = ?", `${org}/o/user-${id}`);
  if (!row) return null;
  return {
    orderId: textOf(row, "order_id"),
    outcome: textOf(row, "outcome"),
    version: numberOf(row, "version"),
    at: numberOf(row, "at"),
  };
};

/** All that is known of a user; null when there is none. */
export const userDetail = async (
  views: { readonly organisations: View; readonly histories: View },
  org: string,
  id: string,
): Promise<UserDetail | null> => {
  const key = `${org}/u-${id}`;
  const view = views.organisations;
  const [row] = view.all("SELECT * FROM users WHERE key = ? AND attention IS NOT NULL", key);
  if (!row) return null;
  const [shown] = await opened(view, [row]);
  return {
    ...(shown as UserRow),
    objectId: textOf(row, "object_id"),
    isWanted: row["wanted"] === 1,
    obstacles: textOrNull(row, "obstacles")?.split(",") ?? [],
    failures: numberOf(row, "failures"),
    cause: textOrNull(row, "cause"),
    subscriptionEndsAt: numberOrNull(row, "expires_at"),
    connector: textOrNull(row, "connector"),
    webex: webexOf(row),
    history: historyOf(views.histories, key),
    lastOrder: lastOrderOf(view, org, id),
  };
};

/** Every user that the filters choose, a page at a time. */
export async function* everyUser(
  view: View,
  org: string,
  filters: Omit<UsersQuery, "sort" | "limit" | "cursor">,
): AsyncGenerator<readonly UserRow[]> {
  let cursor: string | undefined;
  do {
    const query: UsersQuery = { ...filters, sort: "address", limit: 1_000, ...(cursor ? { cursor } : {}) };
    const { rows, next } = await usersPage(view, org, query);
    yield rows;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}
