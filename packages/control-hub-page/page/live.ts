import type { InfiniteData } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { UserRow, UsersPage } from "../src/api/index.ts";
import { client } from "./queries.ts";

/** Whether what is seen is of this moment. */
export type Standing = "connecting" | "live" | "offline";

/** What became of an order. */
export interface Outcome {
  readonly orderId: string;
  readonly outcome: "applied" | "unchanged" | "versionConflict" | "unknownUser";
}

interface Store<Value> {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
  readonly watch: (changed: () => void) => () => void;
}

const storeOf = <Value>(first: Value): Store<Value> => {
  let value = first;
  const watchers = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      value = next;
      for (const watch of watchers) watch();
    },
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
};

const standing = storeOf<{ readonly name: Standing; readonly since: number }>({
  name: "connecting",
  since: 0,
});
/** Users of whom something came that no open list shows. */
const unseen = storeOf(0);
const listeners = new Set<(outcome: Outcome) => void>();

/** How the page stands to the service, and since when. */
export const useStanding = () => useSyncExternalStore(standing.watch, standing.get);

/** How many changes no open list shows, and what forgets them. */
export const useUnseen = (): readonly [number, () => void] => [
  useSyncExternalStore(unseen.watch, unseen.get),
  () => unseen.set(0),
];

/** Tells what became of orders, until the returned function is called. */
export const onOutcome = (heard: (outcome: Outcome) => void): (() => void) => {
  listeners.add(heard);
  return () => listeners.delete(heard);
};

/** What is looked up again when a table of the service has changed. */
const affected: Readonly<Record<string, readonly string[]>> = {
  users: ["overview", "user-counts", "hybrid", "calendar"],
  tenants: ["settings", "hybrid", "overview", "calendar"],
  sources: ["overview", "calendar"],
  modes: ["calendar"],
  rules: ["rules"],
  moves: ["migrations"],
  assignments: ["migrations"],
  batches: ["migrations"],
  clusters: ["migrations"],
  rooms: ["rooms"],
  prerequisites: ["groups", "hybrid"],
  teams: ["teams", "groups", "hybrid"],
  connectors: ["archive", "hybrid"],
  failed_items: ["archive"],
  acts: ["audit"],
};

/** Many changes in a second are looked up once. */
const waitMs = 1_000;
const due = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

const lookAgain = (org: string, table: string): void => {
  for (const name of affected[table] ?? []) due.add(name);
  timer ??= setTimeout(() => {
    timer = undefined;
    const names = [...due];
    due.clear();
    for (const name of names) void client.invalidateQueries({ queryKey: [org, name] });
  }, waitMs);
};

/** A row changes in place; rows never move under the pointer. */
const userChanged = (org: string, id: string, row: UserRow | null): void => {
  let isSeen = false;
  client.setQueriesData<InfiniteData<UsersPage>>({ queryKey: [org, "users", "list"] }, (data) => {
    if (!data?.pages.some(({ rows }) => rows.some((each) => each.id === id))) return data;
    isSeen = true;
    const pages = data.pages.map((page) => ({
      ...page,
      rows: page.rows.flatMap((each) => (each.id === id ? (row ?? []) : each)),
    }));
    return { ...data, pages };
  });
  if (!isSeen) unseen.set(unseen.get() + 1);
  void client.invalidateQueries({ queryKey: [org, "users", id], exact: true });
  lookAgain(org, "users");
};

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the service wrote what it says it is.
const dataOf = <Data>(event: MessageEvent<string>): Data => JSON.parse(event.data) as Data;

const listen = (org: string): (() => void) => {
  const source = new EventSource(`/api/o/${org}/events`);
  let wasOpen = false;
  source.addEventListener("open", () => {
    // What happened meanwhile nobody has told.
    if (wasOpen) void client.invalidateQueries({ queryKey: [org] });
    wasOpen = true;
    standing.set({ name: "live", since: Date.now() });
  });
  source.addEventListener("error", () => {
    if (standing.get().name !== "offline") standing.set({ name: "offline", since: Date.now() });
    // Who was signed out is told so by the next look.
    if (source.readyState === EventSource.CLOSED) void client.invalidateQueries({ queryKey: ["session"] });
  });
  source.addEventListener("reset", () => void client.invalidateQueries({ queryKey: [org] }));
  source.addEventListener("user", (event: MessageEvent<string>) => {
    const { id, row } = dataOf<{ id: string; row: UserRow | null }>(event);
    userChanged(org, id, row);
  });
  source.addEventListener("outcome", (event: MessageEvent<string>) => {
    const outcome = dataOf<Outcome>(event);
    for (const heard of listeners) heard(outcome);
  });
  source.addEventListener("changed", (event: MessageEvent<string>) =>
    lookAgain(org, dataOf<{ table: string }>(event).table),
  );
  return () => source.close();
};

/** Hears what changes in an organisation while the page shows it. */
export const useLive = (org: string): void => {
  useEffect(() => listen(org), [org]);
};
