import type { AppName } from "@hybrid/consent";
import { type Cancel, days, hours, plus, type Scheduler } from "@hybrid/kernel";
import type { Registry } from "prom-client";
import { gaugeIn } from "./gauge-in.ts";
import type { ReplacedCredential } from "./graph-credential.ts";

/** How long before the end somebody is told. */
export const warnBeforeMs = days(30);

const lookEveryMs = hours(12);

/** What is needed to tell of it. */
interface ExpiryPorts {
  /** Whose credential it is. */
  readonly registration: AppName;
  readonly scheduler: Scheduler;
  readonly logger: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  readonly registry: Registry;
}

/**
 * Tells when the application's own credential expires: by a metric always, in the log from thirty days
 * before, twice a day. Returns what ends it. A credential that is replaced is seen at the next look.
 */
export const watchExpiry = (
  { kind, expiresAt }: ReplacedCredential,
  { registration, scheduler, logger, registry }: ExpiryPorts,
): Cancel => {
  const gauge = gaugeIn(registry, {
    name: "hybrid_credential_expires_timestamp_seconds",
    help: "When a registration's credential for Microsoft Entra expires, in seconds since 1970.",
    labelNames: ["registration", "credential"],
  });
  const look = async (): Promise<void> => {
    const at = await expiresAt();
    if (at === null) return;
    gauge.set({ registration, credential: kind }, at / 1_000);
    const leftMs = at - scheduler.now();
    if (leftMs > warnBeforeMs) return;
    const fields = { registration, credential: kind, expiresAt: new Date(at).toISOString() };
    if (leftMs > 0)
      logger.warn(fields, "the application's credential for Microsoft Entra expires soon: replace it");
    else
      logger.error(
        fields,
        "the application's credential for Microsoft Entra has expired: no tenant can be served with it",
      );
  };
  let cancel: Cancel = () => undefined;
  const next = (): void => {
    void look().catch((error: unknown) => {
      logger.error(
        { err: error, registration, credential: kind },
        "the application's credential cannot be read",
      );
    });
    cancel = scheduler.at(plus(scheduler.now(), lookEveryMs), next);
  };
  next();
  return () => cancel();
};
