import type { WebexIdentity } from "@hybrid/contracts";
import type {
  UserCounts,
  UserDetail,
  UserRow,
  UserStateName,
  UsersPage,
  UsersQuery,
} from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import type { Cell, View } from "@hybrid/view";
import { addressesOf } from "./address-book.ts";
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

/** The states, in the order of attention. */
export const userStates = [
  "error",
  "notActivated",
  "active",
  "disabled",
] as const satisfies readonly UserStateName[];

const columns =
  "users.key, state, reason, attention, due, address, tenant, mail_address, status_address, " +
  "sealed_address, sealed_status_address, next_try_at, " +
  "changed_at, version, unreadable_since, unreadable_code";

const unreadableOf = (row: Row): UserRow["unreadable"] => {
  const since = numberOrNull(row, "unreadable_since");
  if (since === null || row["state"] !== "active") return null;
  return { since, code: textOrNull(row, "unreadable_code") ?? "unexpected" };
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

/** A part of a query, with what its question marks stand for. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Cell[];
}

/** The filters but the search, as conditions. */
export const conditionsOf = (
  org: string,
  query: Pick<UsersQuery, "state" | "reason" | "tenant">,
): readonly Condition[] => {
  const attention = query.state === undefined ? undefined : userStates.indexOf(query.state);
  return [
    { sql: "org = ?", values: [org] },
    attention === undefined
      ? { sql: "attention IS NOT NULL", values: [] }
      : { sql: "attention = ?", values: [attention] },
    ...(query.reason === undefined ? [] : [{ sql: "reason = ?", values: [query.reason] }]),
    ...(query.tenant === undefined ? [] : [{ sql: "tenant = ?", values: [query.tenant] }]),
  ];
};

/** All of them, as one. */
export const joined = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.map(({ sql }) => sql).join(" AND "),
  values: conditions.flatMap(({ values }) => values),
});

/** A row as the view has it, and as it is shown. */
export interface Opened {
  readonly stored: Row;
  readonly row: UserRow;
}

/** Those of some users for whom a condition holds. */
export const openedRows = async (
  view: View,
  keys: readonly string[],
  { sql, values }: Condition,
): Promise<readonly Opened[]> => {
  // CROSS JOIN: each key is looked up, whatever else an index may promise.
  const stored = view.all(
    `SELECT ${columns} FROM json_each(?) AS wanted CROSS JOIN users ON users.key = wanted.value WHERE ${sql}`,
    JSON.stringify(keys),
    ...values,
  );
  const rows = await opened(view, stored);
  return stored.map((each, n) => ({ stored: each, row: rows[n] as UserRow }));
};

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

/** How many users there are of each tenant, state and reason. */
export const countedUsers = "users_counted_by_org_tenant_attention_reason_unreadable";

const countOf = (view: View, conditions: readonly Condition[]): number => {
  const { sql, values } = joined(conditions);
  return numberOf(view.all(`SELECT sum(n) AS n FROM ${countedUsers} WHERE ${sql}`, ...values)[0], "n");
};

/** Numbers of users in each state; the view keeps them. */
export const userCounts = (view: View, org: string): UserCounts => {
  const rows = view.all(
    `SELECT attention, sum(n) AS n FROM ${countedUsers} WHERE org = ? AND attention IS NOT NULL ` +
      "GROUP BY attention",
    org,
  );
  const found = new Map(rows.map((row) => [userStates[numberOf(row, "attention")], numberOf(row, "n")]));
  const of = (state: UserStateName): number => found.get(state) ?? 0;
  const [error, notActivated] = [of("error"), of("notActivated")];
  const [active, disabled] = [of("active"), of("disabled")];
  return { all: error + notActivated + active + disabled, error, notActivated, active, disabled };
};

/** A page of users in an order. Throws HttpFault for a cursor of another list. */
export const listedUsers = async (view: View, org: string, query: UsersQuery): Promise<UsersPage> => {
  const filters = conditionsOf(org, query);
  const { sql, values } = joined([...filters, ...behind(query.sort, query.cursor)]);
  const order = places[query.sort].columns;
  const found = view.all(
    `SELECT ${columns} FROM users WHERE ${sql} ORDER BY ${order.join(", ")} LIMIT ?`,
    ...values,
    query.limit + 1,
  );
  const rows = found.slice(0, query.limit);
  const last = rows.at(-1);
  return {
    rows: [...(await opened(view, rows))],
    next:
      found.length > query.limit && last
        ? cursorOf(order.map((column) => last[column] as string | number))
        : null,
    count: countOf(view, filters),
    isCountExact: true,
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
