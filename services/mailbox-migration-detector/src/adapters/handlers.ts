import { type Handlers, ProviderError } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { Counter } from "prom-client";
import type { Call, Input } from "#domain/inputs";

/** What looking at mailboxes needs. */
export interface DetectorPorts {
  readonly graph: { readonly mailboxes: Pick<MicrosoftGraph["mailboxes"], "probe"> };
  readonly looks: Pick<Counter<"outcome">, "inc">;
}

/** Carries out the service's one call: translates, never decides. */
export const detectorHandlers = ({ graph, looks }: DetectorPorts): Handlers<Call, Input> => ({
  probeMailbox: async ({ number, tenantId, objectId }, { signal }) => {
    try {
      await graph.mailboxes.probe({ tenantId, userObjectId: objectId, signal });
      looks.inc({ outcome: "ok" });
      return { kind: "mailboxAnswered", number };
    } catch (error) {
      if (error instanceof ProviderError) looks.inc({ outcome: error.code });
      throw error;
    }
  },
});
