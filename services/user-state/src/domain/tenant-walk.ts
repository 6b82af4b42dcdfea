import type { TenantStatus } from "@hybrid/contracts";
import {
  type ActorId,
  call,
  type EpochMs,
  instant,
  plus,
  type Step,
  spread,
  stay,
  tell,
  unreachable,
} from "@hybrid/kernel";
import type { Moment } from "./failure.ts";
import type { Call, Input, Order, TenantInput } from "./inputs.ts";
import { type Numbers, walkPageMax } from "./numbers.ts";
import { nextSlots } from "./pace.ts";
import type { Tenant, Walk } from "./state.ts";

type TenantStep = Step<Tenant, Input, Call>;

/** Only a suspension orders no subscription writes, so only it need not keep to their rate. */
const writes = ({ status }: Pick<Tenant, "status">): boolean => status !== "suspended";

const pageMax = (tenant: Pick<Tenant, "status">, numbers: Numbers): number =>
  writes(tenant) ? walkPageMax(numbers) : numbers.walkUsersMax;

const list = (tenant: Omit<Tenant, "walk">, after: string | null, numbers: Numbers): TenantStep => {
  const { generation } = tenant;
  return {
    state: { ...tenant, walk: { kind: "listing", after } },
    effects: [call({ kind: "listActors", generation, after, limit: pageMax(tenant, numbers) })],
  };
};

/** A decision: this partition's users are told from the first one on. A walk under an older decision ends. */
export const onStatusChanged = (
  tenant: Tenant | null,
  { tenantId, generation, status, settings }: TenantStatus,
  numbers: Numbers,
): TenantStep | null => {
  if (tenant !== null && generation <= tenant.generation) return null;
  // A suspension takes back what was given: nobody writes any more.
  const freeAt = tenant === null || status === "suspended" ? instant(0) : tenant.freeAt;
  return list({ kind: "tenant", tenantId, generation, status, settings, freeAt }, null, numbers);
};

const decisionFor = (tenant: Tenant, user: ActorId, actAt: EpochMs): Order => {
  const { tenantId, generation, status, settings } = tenant;
  return tell<Input>(user, { kind: "tenantDecided", tenantId, generation, status, settings, actAt });
};

const isPresent = (
  { generation, walk }: Tenant,
  page: { readonly generation: number; readonly after: string | null },
) => walk.kind === "listing" && page.generation === generation && page.after === walk.after;

/** When each user of a page acts, and when the next page may be listed. */
const actTimes = (tenant: Tenant, users: number, { now, self, numbers }: Moment) => {
  if (!writes(tenant)) {
    const dueAt = plus(now, numbers.walkPauseMs);
    return { moments: Array.from({ length: users }, () => now), dueAt, freeAt: tenant.freeAt };
  }
  // Many small tenants may be decided upon together, and all share the application's rate: a page that is not
  // full takes as long as a full one and begins anywhere in its time.
  const step = Math.max(1, Math.floor(walkPageMax(numbers) / Math.max(1, users)));
  const skip = Math.floor(step * spread(self, "walk"));
  const slots = nextSlots(self, numbers, { freeAt: tenant.freeAt, now, count: users, step, skip });
  return { ...slots, dueAt: slots.freeAt };
};

/**
 * A page of users: each is told when to act, then the walk waits so that it keeps to its share of the
 * tenant's write rate.
 */
const onListed = (
  tenant: Tenant,
  page: Extract<TenantInput, { readonly kind: "actorsListed" }>,
  moment: Moment,
): TenantStep => {
  const { moments, dueAt, freeAt } = actTimes(tenant, page.users.length, moment);
  const after = page.users.at(-1) ?? page.after;
  const walk: Walk = page.more ? { kind: "pausing", after, dueAt } : { kind: "done" };
  return {
    state: { ...tenant, walk, freeAt },
    effects: page.users.map((user, nth) => decisionFor(tenant, user, moments[nth] ?? moment.now)),
  };
};

/** A user who appears is told at once; one who is to be tried takes the next free moment of the rate. */
const onJoined = (
  tenant: Tenant,
  { user, tries }: Extract<TenantInput, { readonly kind: "userJoined" }>,
  { now, self, numbers }: Moment,
): TenantStep => {
  if (!tries || tenant.status !== "active")
    return { state: tenant, effects: [decisionFor(tenant, user, now)] };
  const slots = nextSlots(self, numbers, { freeAt: tenant.freeAt, now, count: 1, step: 1, skip: 0 });
  const effects = slots.moments.map((actAt) => decisionFor(tenant, user, actAt));
  return { state: { ...tenant, freeAt: slots.freeAt }, effects };
};

/** One input of a partition's tenant actor. */
export const stepTenant = (tenant: Tenant, input: Input, moment: Moment): Step<Tenant, Input, Call> => {
  const { now, numbers } = moment;
  switch (input.kind) {
    case "tenantStatusChanged":
      return onStatusChanged(tenant, input.status, numbers) ?? stay(tenant);
    case "userJoined":
      return onJoined(tenant, input, moment);
    case "actorsListed":
      return isPresent(tenant, input) ? onListed(tenant, input, moment) : stay(tenant);
    case "listingFailed": {
      if (!isPresent(tenant, input)) return stay(tenant);
      const dueAt = plus(now, numbers.walkPauseMs);
      return { state: { ...tenant, walk: { kind: "pausing", after: input.after, dueAt } }, effects: [] };
    }
    case "timerFired":
      return tenant.walk.kind === "pausing" && now >= tenant.walk.dueAt
        ? list(tenant, tenant.walk.after, numbers)
        : stay(tenant);
    case "callFailed":
    case "directoryChanged":
    case "lifecycleReceived":
    case "mailboxAnswered":
    case "mailboxLocated":
    case "connectorAssigned":
    case "consentGiven":
    case "subscriptionCreated":
    case "subscriptionDeleted":
    case "subscriptionRenewed":
    case "tenantDecided":
      return stay(tenant);
    default:
      return unreachable(input);
  }
};
