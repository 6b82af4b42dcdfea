import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** A call failed because the tenant no longer allows the application. */
export interface ConsentSignal {
  readonly tenantId: string;
  /** The tenant's generation the caller acted under; the decision is made once per generation. */
  readonly generation: number;
  readonly observedAt: number;
}

/** Observations that a tenant's consent is gone, for the tenant's one deciding actor. */
export const consentSignals = defineTopic<ConsentSignal>({
  name: "consent-signals",
  doc: "Observations that a tenant's consent is gone; the directory decides once.",
  keyDoc: "`<org>/t-<tenant>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["user-state"],
  versions: [
    {
      type: "record",
      name: "ConsentSignal",
      namespace: "hybrid",
      fields: [
        { name: "tenantId", type: "string" },
        { name: "generation", type: "long" },
        { name: "observedAt", type: "long" },
      ],
    },
  ],
});
