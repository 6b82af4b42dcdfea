import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sessionQuery } from "./queries.ts";

const prefix = "hub-draft ";
/** What nobody has taken up for thirty days is forgotten. */
const keptMs = 30 * 86_400_000;

interface Kept {
  readonly at: number;
  readonly draft: unknown;
}

const read = (key: string): unknown => {
  const text = localStorage.getItem(key);
  if (text === null) return undefined;
  const { at, draft } = JSON.parse(text) as Kept;
  if (Date.now() - at < keptMs) return draft;
  localStorage.removeItem(key);
  return undefined;
};

/** Whether this browser keeps a draft of the person who is signed in. */
export const useHasDraft = (name: string): boolean => {
  const { data: session } = useQuery(sessionQuery);
  return session !== undefined && read(`${prefix}${session.name} ${name}`) !== undefined;
};

/**
 * Something half done, which this browser keeps for the person who is signed in: it is there again tomorrow,
 * and when Microsoft sends the browser back. Nothing secret belongs into it.
 */
export const useKeptDraft = <Draft>(name: string, nothing: Draft) => {
  const { data: session } = useQuery(sessionQuery);
  const key = `${prefix}${session?.name ?? ""} ${name}`;
  const [draft, setDraft] = useState(() => (read(key) as Draft | undefined) ?? nothing);
  const change = (next: Draft): void => {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), draft: next } satisfies Kept));
    setDraft(next);
  };
  const forget = (): void => {
    localStorage.removeItem(key);
    setDraft(nothing);
  };
  return { draft, change, forget };
};
