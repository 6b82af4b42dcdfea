import { useState } from "react";
import type { ArchiveWanted } from "../src/api/index.ts";

/** What is typed in the wizard of a connector, until it is made. */
export interface ArchiveDraft {
  readonly isAccepted: boolean;
  readonly name: string;
  /** Who makes it, where the sign-in names nobody. */
  readonly by: string;
  /** Null: all active ones. */
  readonly tenants: readonly string[] | null;
  /** The day from which on is archived, `YYYY-MM-DD`; empty: a day ago. */
  readonly from: string;
  readonly people: string;
  readonly spaces: string;
  readonly catchAll: string;
}

const nothing: ArchiveDraft = {
  isAccepted: false,
  name: "",
  by: "",
  tenants: null,
  from: "",
  people: "",
  spaces: "",
  catchAll: "",
};

const keyOf = (org: string): string => `hub-archive-draft ${org}`;

const kept = (org: string): ArchiveDraft => {
  const text = sessionStorage.getItem(keyOf(org));
  return text === null ? nothing : { ...nothing, ...(JSON.parse(text) as Partial<ArchiveDraft>) };
};

/** The draft of this tab: it is there again when Microsoft sends the browser back. */
export const useArchiveDraft = (org: string) => {
  const [draft, setDraft] = useState(() => kept(org));
  const change = (changed: Partial<ArchiveDraft>): void => {
    const next = { ...draft, ...changed };
    sessionStorage.setItem(keyOf(org), JSON.stringify(next));
    setDraft(next);
  };
  const forget = (): void => sessionStorage.removeItem(keyOf(org));
  return { draft, change, forget };
};

/** The parts of a list that somebody has typed, between blanks, commas or lines. */
const listOf = (text: string): string[] => text.split(/[\s,;]+/).filter((part) => part !== "");

/** The draft as the service takes it. */
export const wantedOf = (
  { tenants, people, spaces, catchAll }: ArchiveDraft,
  active: readonly string[],
): Pick<ArchiveWanted, "tenants" | "people" | "spaces" | "catchAll"> => ({
  tenants: [...(tenants ?? active)].filter((tenant) => active.includes(tenant)),
  people: listOf(people).map((address) => address.toLowerCase()),
  spaces: listOf(spaces).map((id) => id.toLowerCase()),
  catchAll: catchAll.trim() === "" ? null : catchAll.trim().toLowerCase(),
});

const addressForm = /^[^\s@,]+@[^\s@,]+$/;
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether every address and id has its form. */
export const isWellFormed = ({ people, spaces, catchAll }: ReturnType<typeof wantedOf>): boolean =>
  people.every((each) => addressForm.test(each)) &&
  spaces.every((each) => uuidForm.test(each)) &&
  (catchAll === null || addressForm.test(catchAll));
