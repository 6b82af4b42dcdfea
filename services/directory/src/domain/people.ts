import type { PersonDetails } from "@hybrid/contracts";

/** One person of an imported list. */
export interface ImportedPerson {
  /** Becomes the address `<org>/u-<userId>`. */
  readonly userId: string;
  readonly person: PersonDetails;
  readonly enabled: boolean;
  /** Where it stood in the file, from 1 (JSON: the item's number). */
  readonly line: number;
}

/** Why a line cannot be imported. */
export interface ImportFault {
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

interface UniqueField {
  readonly field: string;
  readonly of: (each: ImportedPerson) => string;
}

const uniqueFields: readonly UniqueField[] = [
  { field: "userId", of: ({ userId }) => userId },
  { field: "objectId", of: ({ person }) => person.objectId },
  { field: "mailAddress", of: ({ person }) => person.mailAddress.toLowerCase() },
];

/**
 * Refuses every person whose id, object id or address stands in the list a second time: which of them is
 * meant, nobody can tell, so neither is taken.
 */
export const refuseRepeated = (
  people: readonly ImportedPerson[],
): { readonly people: readonly ImportedPerson[]; readonly faults: readonly ImportFault[] } => {
  const faults: ImportFault[] = [];
  const refused = new Set<ImportedPerson>();
  for (const { field, of } of uniqueFields) {
    const byValue = new Map<string, ImportedPerson[]>();
    for (const each of people) byValue.set(of(each), [...(byValue.get(of(each)) ?? []), each]);
    for (const same of byValue.values()) {
      if (same.length < 2) continue;
      const lines = same.map(({ line }) => line).join(", ");
      for (const each of same) {
        refused.add(each);
        faults.push({ line: each.line, field, message: `stands more than once, on lines ${lines}` });
      }
    }
  }
  return { people: people.filter((each) => !refused.has(each)), faults };
};
