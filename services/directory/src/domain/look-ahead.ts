import type { UserDirectoryEntry } from "@hybrid/contracts";
import { type AllClaims, linkAll } from "./link-all.ts";

/** What a synchronisation would do to one user. */
export interface Foreseen {
  readonly userId: string;
  readonly mailAddress: string;
  /** `gone`: Webex names the person no more. */
  readonly change: "created" | "changed" | "gone";
  /** What would differ; empty for who is created or gone. */
  readonly fields: readonly string[];
  readonly obstacles: readonly string[];
}

const compared = ["tenantId", "mailAddress", "webex", "obstacles"] as const;

/**
 * What a synchronisation would change of the users that there are. Everybody who is there counts as listed:
 * who is no longer named by a source is foreseen as gone only where Webex had named the person.
 */
export const lookAhead = (
  present: ReadonlyMap<string, UserDirectoryEntry>,
  claims: Omit<AllClaims, "lists">,
  readsWebex: boolean,
): readonly Foreseen[] => {
  const lists = [...present].map(([userId, { objectId, tenantId, mailAddress, connector }]) => ({
    userId,
    objectId,
    tenantId,
    mailAddress,
    connector,
  }));
  const { objects } = linkAll({ ...claims, lists });
  const seen = new Set(claims.webex.map(({ personId }) => personId));
  const gone = [...present].filter(
    ([, { webex }]) => readsWebex && webex !== null && !seen.has(webex.personId),
  );
  const goneIds = new Set(gone.map(([userId]) => userId));
  const others = [...objects.values()].flatMap(({ userId, person }): Foreseen[] => {
    if (person === null || goneIds.has(userId)) return [];
    const { mailAddress, obstacles } = person;
    const entry = present.get(userId);
    if (!entry) return [{ userId, mailAddress, change: "created", fields: [], obstacles }];
    const told = readsWebex ? person : { ...person, webex: entry.webex };
    const fields = compared.filter((field) => JSON.stringify(told[field]) !== JSON.stringify(entry[field]));
    return fields.length === 0 ? [] : [{ userId, mailAddress, change: "changed", fields, obstacles }];
  });
  return [
    ...others,
    ...gone.map(([userId, { mailAddress }]) => ({
      userId,
      mailAddress,
      change: "gone" as const,
      fields: [],
      obstacles: [],
    })),
  ].sort((a, b) => (a.userId < b.userId ? -1 : 1));
};
