import { type Cancel, hours, ProviderError, plus, type Scheduler, seconds } from "@hybrid/kernel";
import type { ConsentCalls } from "@hybrid/microsoft-graph";
import { Gauge, type Registry } from "prom-client";
import { type AppName, grantsOf, permissions } from "#domain/permissions";
import type { ServedTenant } from "./tenants-view.ts";

/** How often the consents of all tenants are looked at. */
const lookEveryMs = hours(1);
const lookDeadlineMs = seconds(25);

/** What is needed to look, and to tell of it. */
export interface ConsentWatchPorts {
  /** Registrations whose consent counts by itself; one that shares the calendars' is left out. */
  readonly registrations: Partial<Readonly<Record<AppName, Pick<ConsentCalls, "grantedPermissions">>>>;
  readonly tenants: () => Promise<readonly ServedTenant[]>;
  readonly scheduler: Scheduler;
  readonly registry: Registry;
  readonly logger: { warn(fields: object, message: string): void };
}

const requiredOf = (app: AppName): number =>
  permissions[app].filter(({ kind, need }) => kind === "application" && need === "required").length;

/** Required permissions that the tenant does not grant: all of them without consent. Null: it is unknown. */
const missingIn = async (
  registration: Pick<ConsentCalls, "grantedPermissions">,
  { app, tenantId }: { readonly app: AppName; readonly tenantId: string },
): Promise<number | null> => {
  try {
    const signal = AbortSignal.timeout(lookDeadlineMs);
    const { missing, unproved } = grantsOf(app, await registration.grantedPermissions({ tenantId, signal }));
    return missing.length + unproved.length;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return error.code === "consentRevoked" ? requiredOf(app) : null;
  }
};

/**
 * Tells by a metric how many required permissions each tenant does not grant to each registration, at once
 * and every hour. A consent that was taken back lacks all, a half-given one some. `look` looks now, `stop`
 * ends it.
 */
export const watchConsents = ({
  registrations,
  tenants,
  scheduler,
  registry,
  logger,
}: ConsentWatchPorts): { readonly look: () => Promise<void>; readonly stop: Cancel } => {
  const gauge = new Gauge({
    name: "hybrid_tenant_consent_missing_permissions",
    help: "Required permissions that a tenant does not grant to a registration; all of them without consent.",
    labelNames: ["tenant", "registration"],
    registers: [registry],
  });
  const apps = Object.entries(registrations) as [AppName, Pick<ConsentCalls, "grantedPermissions">][];
  const lookAt = async (
    { tenantId, isSuspended }: ServedTenant,
    app: AppName,
    of: Pick<ConsentCalls, "grantedPermissions">,
  ): Promise<void> => {
    // Who has lost the consent to its calendars is not asked until it consents again.
    const isKnown = isSuspended && app === "calendar";
    const missing = isKnown ? requiredOf(app) : await missingIn(of, { app, tenantId });
    if (missing === null) return;
    gauge.set({ tenant: tenantId, registration: app }, missing);
    if (missing > 0)
      logger.warn(
        { tenantId, registration: app, missing },
        "the tenant does not grant all permissions that the registration needs",
      );
  };
  const look = async (): Promise<void> => {
    // There each user consents for the own calendar, and nobody for the tenant.
    for (const tenant of await tenants())
      for (const [app, of] of apps) if (app !== "calendar" || !tenant.isByUser) await lookAt(tenant, app, of);
  };
  let cancel: Cancel = () => undefined;
  const next = (): void => {
    void look().catch((error: unknown) =>
      logger.warn({ err: error }, "the consents of tenants cannot be looked at"),
    );
    cancel = scheduler.at(plus(scheduler.now(), lookEveryMs), next);
  };
  next();
  return { look, stop: () => cancel() };
};
