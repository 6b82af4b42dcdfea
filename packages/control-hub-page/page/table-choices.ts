import { useLocation, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

/** By which column rows stand, and which way; null: as they came. */
export interface TableOrder {
  readonly id: string;
  readonly desc: boolean;
}

/**
 * How rows of a table stand and what is looked for. Both are in the address, so that it can be sent to
 * somebody: what is looked for may be a name, so it stands behind #, which no server sees and nobody logs.
 */
export const useTableAddress = (name: string) => {
  const navigate = useNavigate();
  const { search, hash } = useLocation();
  const sortKey = `${name}.sort`;
  const given = (search as Readonly<Record<string, unknown>>)[sortKey];
  const text = typeof given === "string" ? given : "";
  const order: TableOrder | null =
    text === "" ? null : { id: text.replace(/^-/, ""), desc: text.startsWith("-") };
  const looked = new URLSearchParams(hash);
  const go = (changed: Readonly<Record<string, string | undefined>>, nextHash: string): void =>
    void navigate({
      to: ".",
      search: ((before: object) => ({ ...before, ...changed })) as never,
      hash: nextHash,
      replace: true,
      resetScroll: false,
    });
  return {
    order,
    sortBy: (next: TableOrder | null): void =>
      go({ [sortKey]: next === null ? undefined : `${next.desc ? "-" : ""}${next.id}` }, hash),
    looksFor: looked.get(name) ?? "",
    lookFor: (wanted: string): void => {
      if (wanted === "") looked.delete(name);
      else looked.set(name, wanted);
      go({}, looked.toString());
    },
  };
};

const keyOf = (name: string): string => `hub-columns ${name}`;

const keptColumns = (name: string): readonly string[] =>
  (localStorage.getItem(keyOf(name)) ?? "").split(" ").filter((id) => id !== "");

/** Columns that the person does not want to see in a table; kept in this browser. */
export const useHiddenColumns = (name: string) => {
  const [hidden, setHidden] = useState(() => keptColumns(name));
  return {
    hidden,
    toggle: (id: string): void => {
      const next = hidden.includes(id) ? hidden.filter((each) => each !== id) : [...hidden, id];
      localStorage.setItem(keyOf(name), next.join(" "));
      setHidden(next);
    },
  };
};
