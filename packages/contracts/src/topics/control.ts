import { type ActorId, days, type OrgId } from "@hybrid/kernel";
import { defineTopic, type TopicContract, topicFamily } from "../define-topic.ts";

/** Which calls an order speaks of; null means all organisations, or all kinds. */
export interface CallScope {
  readonly org: OrgId | null;
  /** A kind of call that the service declares. */
  readonly callKind: string | null;
}

/** An operator's order to a service's runtime; written by control-hub and the command line alone. */
export type ControlOrder =
  /** Applies a parked actor's inputs in order; one that fails parks it again, with the rest. */
  | { readonly kind: "retryParked"; readonly actor: ActorId }
  /**
   * Moves a parked actor's first input (or all) to the dead letters with cause `dropped`; what is left is
   * retried.
   */
  | { readonly kind: "dropParked"; readonly actor: ActorId; readonly all: boolean }
  /** Ordered calls within the scope are kept and not started; the ones in flight go on. */
  | ({ readonly kind: "pauseCalls" } & CallScope)
  /** Takes back the pause of exactly this scope. */
  | ({ readonly kind: "resumeCalls" } & CallScope)
  /** The organisation's writing calls are kept, reported and not started, until it is switched off. */
  | { readonly kind: "observe"; readonly org: OrgId; readonly on: boolean };

/** The topic's value: fields that an order does not use are null. */
export interface ControlValue {
  readonly kind: ControlOrder["kind"];
  readonly actor: string | null;
  readonly all: boolean | null;
  readonly org: string | null;
  readonly callKind: string | null;
  readonly on: boolean | null;
  readonly requestedAt: number;
}

/** Wraps an order into the topic's value. `requestedAt`: milliseconds since 1970. */
export const controlValue = (order: ControlOrder, requestedAt: number): ControlValue => ({
  kind: order.kind,
  actor: "actor" in order ? order.actor : null,
  all: "all" in order ? order.all : null,
  org: "org" in order ? order.org : null,
  callKind: "callKind" in order ? order.callKind : null,
  on: "on" in order ? order.on : null,
  requestedAt,
});

/** The key of an order: its actor, its organisation, or the whole service. */
export const controlKey = (order: ControlOrder): string => {
  if ("actor" in order) return order.actor;
  return order.org === null ? "sys/o" : `${order.org}/o`;
};

/** Orders of operators to one service: `<service>-control`, one copy in every partition. */
export const controlTopic = topicFamily(
  (service): TopicContract<ControlValue> =>
    defineTopic<ControlValue>({
      name: `${service}-control`,
      doc: `Orders of operators to the runtime of ${service}: parked actors, paused calls, observe mode.`,
      keyDoc: "the actor's id, `<org>/o`, or `sys/o` for the whole service",
      partitioning: "broadcast",
      retention: { cleanup: "delete", retentionMs: days(7) },
      writers: ["control-hub", "hybrid"],
      versions: [
        {
          type: "record",
          name: "ControlOrder",
          namespace: "hybrid",
          fields: [
            {
              name: "kind",
              type: {
                type: "enum",
                name: "ControlOrderKind",
                symbols: ["retryParked", "dropParked", "pauseCalls", "resumeCalls", "observe"],
              },
            },
            { name: "actor", type: ["null", "string"] },
            { name: "all", type: ["null", "boolean"] },
            { name: "org", type: ["null", "string"] },
            { name: "callKind", type: ["null", "string"] },
            { name: "on", type: ["null", "boolean"] },
            { name: "requestedAt", type: "long" },
          ],
        },
      ],
    }),
);
