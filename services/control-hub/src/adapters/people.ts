import type { View } from "@hybrid/view";
import { idIn, textOf } from "./rows.ts";

/** Organisations that a tenant of Microsoft Entra is in service for. */
export const organisationsOfTenant = (view: View, tenantId: string): readonly string[] =>
  view
    .all("SELECT DISTINCT org FROM tenants WHERE tenant_id = ?", tenantId.toLowerCase())
    .map((row) => textOf(row, "org"));

/** The user of the directory that a person of a tenant is; null where that is nobody. */
export const userOfPerson = (
  view: View,
  org: string,
  { tenantId, objectId }: { readonly tenantId: string | null; readonly objectId: string | null },
): string | null => {
  if (tenantId === null || objectId === null) return null;
  const [row] = view.all(
    "SELECT key FROM users WHERE org = ? AND object_id = ? AND tenant = ?",
    org,
    objectId,
    tenantId,
  );
  return row ? idIn(textOf(row, "key")) : null;
};
