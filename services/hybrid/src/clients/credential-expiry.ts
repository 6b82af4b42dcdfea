import { type Cancel, days, hours, plus, type Scheduler } from "@hybrid/kernel";
import { Gauge, type Registry } from "prom-client";
import type { ReplacedCredential } from "./graph-credential.ts";

/** How long before the end somebody is told. */
export const warnBeforeMs = days(30);

const lookEveryMs = hours(12);

/** What is needed to tell of it. */
interface ExpiryPorts {
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
  { scheduler, logger, registry }: ExpiryPorts,
): Cancel => {
  const gauge = new Gauge({
    name: "hybrid_credential_expires_timestamp_seconds",
    help: "When the application's credential for Microsoft Entra expires, in seconds since 1970.",
    labelNames: ["credential"] as const,
    registers: [registry],
  });
  const look = async (): Promise<void> => {
    const at = await expiresAt();
    if (at === null) return;
    gauge.set({ credential: kind }, at / 1_000);
    const leftMs = at - scheduler.now();
    if (leftMs > warnBeforeMs) return;
    const fields = { credential: kind, expiresAt: new Date(at).toISOString() };
    if (leftMs > 0)
      logger.warn(fields, "the application's credential for Microsoft Entra expires soon: replace it");
    else
      logger.error(
        fields,
        "the application's credential for Microsoft Entra has expired: no tenant can be served",
      );
  };
  let cancel: Cancel = () => undefined;
  const next = (): void => {
    void look().catch((error: unknown) => {
      logger.error({ err: error, credential: kind }, "the application's credential cannot be read");
    });
    cancel = scheduler.at(plus(scheduler.now(), lookEveryMs), next);
  };
  next();
  return () => cancel();
};
