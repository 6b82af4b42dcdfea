import type { TenantStatus } from "@hybrid/contracts";
import { type ActorId, call, type EpochMs, plus, type Step, stay, tell } from "@hybrid/kernel";
import type { Call, Input, Order, TenantInput } from "./inputs.ts";
import { type Numbers, walkPage } from "./numbers.ts";
import type { Tenant, Walk } from "./state.ts";

type TenantStep = Step<Tenant, Input, Call>;

/** Only a suspension orders no subscription writes, so only it need not keep to their rate. */
const pageOf = ({ status }: Pick<Tenant, "status">, numbers: Numbers) =>
  walkPage(numbers, status !== "suspended");

const list = (tenant: Omit<Tenant, "walk">, after: string | null, numbers: Numbers): TenantStep => {
  const { generation } = tenant;
  const { users: limit } = pageOf(tenant, numbers);
  return {
    state: { ...tenant, walk: { kind: "listing", after } },
    effects: [call({ kind: "listActors", generation, after, limit })],
  };
};

/** A decision: this partition's users are told from the first one on. A walk under an older decision ends. */
export const onStatusChanged = (
  tenant: Tenant | null,
  { tenantId, generation, status, settings }: TenantStatus,
  numbers: Numbers,
): TenantStep | null => {
  if (tenant !== null && generation <= tenant.generation) return null;
  return list({ kind: "tenant", tenantId, generation, status, settings }, null, numbers);
};

const decisionFor = (tenant: Tenant, user: ActorId, spreadMs: number): Order => {
  const { tenantId, generation, status, settings } = tenant;
  return tell<Input>(user, { kind: "tenantDecided", tenantId, generation, status, settings, spreadMs });
};

const isPresent = (
  { generation, walk }: Tenant,
  page: { readonly generation: number; readonly after: string | null },
) => walk.kind === "listing" && page.generation === generation && page.after === walk.after;

/**
 * A page of users: each is told, then the walk waits so that it keeps to its share of the tenant's write
 * rate.
 */
const onListed = (
  tenant: Tenant,
  page: Extract<TenantInput, { readonly kind: "actorsListed" }>,
  now: EpochMs,
  numbers: Numbers,
): TenantStep => {
  const { pauseMs } = pageOf(tenant, numbers);
  const spreadMs = tenant.status === "suspended" ? 0 : pauseMs;
  const after = page.users.at(-1) ?? page.after;
  const walk: Walk = page.more ? { kind: "pausing", after, dueAt: plus(now, pauseMs) } : { kind: "done" };
  return {
    state: { ...tenant, walk },
    effects: page.users.map((user) => decisionFor(tenant, user, spreadMs)),
  };
};

/** One input of a partition's tenant actor; `now` is when it is applied. */
export const stepTenant = (
  tenant: Tenant,
  input: Input,
  now: EpochMs,
  numbers: Numbers,
): Step<Tenant, Input, Call> => {
  switch (input.kind) {
    case "tenantStatusChanged":
      return onStatusChanged(tenant, input.status, numbers) ?? stay(tenant);
    case "userJoined":
      return { state: tenant, effects: [decisionFor(tenant, input.user, numbers.joinSpreadMs)] };
    case "actorsListed":
      return isPresent(tenant, input) ? onListed(tenant, input, now, numbers) : stay(tenant);
    case "listingFailed": {
      if (!isPresent(tenant, input)) return stay(tenant);
      const dueAt = plus(now, pageOf(tenant, numbers).pauseMs);
      return { state: { ...tenant, walk: { kind: "pausing", after: input.after, dueAt } }, effects: [] };
    }
    case "timerFired":
      return tenant.walk.kind === "pausing" && now >= tenant.walk.dueAt
        ? list(tenant, tenant.walk.after, numbers)
        : stay(tenant);
    default:
      return stay(tenant);
  }
};
