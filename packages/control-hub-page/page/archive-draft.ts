import type { ArchiveWanted } from "../src/api/index.ts";
import { useKeptDraft } from "./kept-draft.ts";

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

/** The draft of the person who is signed in: there again tomorrow, and when Microsoft sends one back. */
export const useArchiveDraft = (org: string) => {
  const { draft, change, forget } = useKeptDraft(`archive ${org}`, nothing);
  return {
    draft,
    change: (changed: Partial<ArchiveDraft>): void => change({ ...draft, ...changed }),
    forget,
  };
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
