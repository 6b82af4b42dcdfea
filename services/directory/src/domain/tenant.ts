import { syncKey, tenantStatus } from "@hybrid/contracts";
import { type ActorId, type EpochMs, emit, orgOf, post, type Step, stay } from "@hybrid/kernel";
import type { Call, Input, TenantCommand } from "./inputs.ts";
import { initial, type State, type Tenant } from "./state.ts";

type DirectoryStep = Step<State, Input, Call>;

const decide = (tenant: Tenant, now: EpochMs, self: ActorId): DirectoryStep => {
  const { tenantId, status, generation, settings } = tenant;
  const decision = { tenantId, status, generation, settings, decidedAt: now };
  const source = syncKey(orgOf(self), { kind: "graph", tenantId });
  const isByUser = settings.consent === "user";
  const word: Input = { kind: "tenantDecided", mayBeRead: status === "active" && !isByUser, isByUser };
  return { state: tenant, effects: [emit(tenantStatus, self, decision), post(source, word)] };
};

/** An order about a tenant. Activating an active one again is a decision too: every user is tried again. */
export const onTenantCommanded = (
  tenant: Tenant | null,
  { tenantId, command }: { readonly tenantId: string; readonly command: TenantCommand },
  now: EpochMs,
  self: ActorId,
): DirectoryStep => {
  if (command.kind === "activateTenant") {
    const generation = (tenant?.generation ?? 0) + 1;
    const { settings } = command;
    return decide({ kind: "tenant", tenantId, status: "active", generation, settings }, now, self);
  }
  if (tenant === null || tenant.status === "deactivated") return stay(tenant ?? initial);
  return decide({ ...tenant, status: "deactivated", generation: tenant.generation + 1 }, now, self);
};

/**
 * Suspends once: of all the calls that failed under one decision only the first one's signal is of its
 * generation.
 */
export const onConsentLost = (
  tenant: Tenant | null,
  generation: number,
  now: EpochMs,
  self: ActorId,
): DirectoryStep => {
  if (tenant === null || tenant.status !== "active" || generation !== tenant.generation)
    return stay(tenant ?? initial);
  return decide({ ...tenant, status: "suspended", generation: tenant.generation + 1 }, now, self);
};
