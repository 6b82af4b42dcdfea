import { userDirectory } from "@hybrid/contracts";
import { defineView, type View, viewTable } from "@hybrid/view";

/** Every user by the account in Microsoft Entra; no address. */
export const peopleView = defineView({
  name: "consent-people",
  version: 1,
  tables: [
    viewTable({
      name: "people",
      topic: userDirectory,
      columns: { tenant: "text", object: "text" },
      indexes: [["tenant", "object"]],
      row: ({ removed, tenantId, objectId }) => (removed ? null : { tenant: tenantId, object: objectId }),
    }),
  ],
});

/** Finds users by their accounts. */
export interface KnownPeople {
  /** The user's actor, or null. Of two with the same account, the first by name. */
  find(tenantId: string, objectId: string): string | null;
}

/** Reads the view. */
export const knownPeople = (view: View): KnownPeople => ({
  find: (tenantId, objectId) => {
    const sql = "SELECT key FROM people WHERE tenant = ? AND object = ? ORDER BY key LIMIT 1";
    const [row] = view.all(sql, tenantId, objectId);
    return row ? String(row["key"]) : null;
  },
});
