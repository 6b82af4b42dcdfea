import { type TenantStatus, tenantStatus } from "@hybrid/contracts";
import { type OrgId, tenantActor } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { archivedAs } from "../users/archived-as.ts";
import { namesOf } from "../users/names-of.ts";
import { presentPeople } from "../users/people-view.ts";
import { recordsOf } from "../users-view.ts";
import { placeOf } from "../with-log.ts";
import { openerOf } from "./opener.ts";
import { type OpenedVault, withVault } from "./with-keys.ts";

/** What was destroyed. */
export interface Destroyed {
  readonly users: number;
  readonly keys: number;
  /** Whether it was the organisation's last tenant: then all of its keys are gone. */
  readonly isLast: boolean;
}

const othersOf = async (opened: OpenedVault, org: OrgId, tenant: string): Promise<boolean> => {
  const latest = new Map<string, TenantStatus["status"]>();
  for await (const { key, value } of recordsOf(opened, tenantStatus))
    if (key.startsWith(`${org}/`) && value !== null) latest.set(value.tenantId, value.status);
  return [...latest].some(([id, status]) => id !== tenant && status !== "deactivated");
};

/**
 * Destroys the keys of a tenant and of its users, and all of its organisation's with the last tenant. Nothing
 * that was sealed under them opens again, in no copy of the log.
 */
export const destroyKeysOf = (folder: string, org: OrgId, tenant: string): Promise<Destroyed> =>
  withVault(folder, async (opened) => {
    const found = { ...opened, opener: openerOf(opened.ring) };
    const isLast = !(await othersOf(opened, org, tenant));
    const people = (await presentPeople(found)).filter(
      ({ user, tenantId }) => tenantId === tenant && user.startsWith(`${org}/`),
    );
    const archived = isLast ? new Map<string, never>() : await archivedAs(found, placeOf(folder), people);
    const owners = people.flatMap((row) => [...namesOf(row).owners, ...(archived.get(row.user) ?? [])]);
    let keys = 0;
    for (const owner of new Set([tenantActor(org, tenant), ...owners]))
      keys += await opened.vault.eraseOwner(owner);
    if (isLast) await opened.vault.closeOrganisation(org);
    await opened.log.clean(systemScheduler().now());
    return { users: people.length, keys, isLast };
  });
