import { type CalendarChange, openClientState, type SubscriptionLifecycle } from "@hybrid/contracts";
import type { ActorId, EpochMs } from "@hybrid/kernel";
import type { z } from "zod";
import { ChangeItem, LifecycleItem, lastIdOf } from "./graph-item.ts";

/** The two kinds of things that Graph tells. */
export type ItemKind = "change" | "lifecycle";

/** Why an item is not accepted; the cause of its dead letter. */
export type RefusalCause = "unauthenticated" | "malformed";

/** What becomes of one item. */
export type SortedItem =
  | {
      readonly result: "accepted";
      readonly kind: "change";
      readonly to: ActorId;
      readonly value: CalendarChange;
    }
  | {
      readonly result: "accepted";
      readonly kind: "lifecycle";
      readonly to: ActorId;
      readonly value: SubscriptionLifecycle;
    }
  | {
      readonly result: "refused";
      readonly kind: ItemKind;
      readonly cause: RefusalCause;
      /** The authenticated address, when the clientState was genuine. */
      readonly to: ActorId | undefined;
      /** One sentence without content: size, what is wrong, ids that look like ids. */
      readonly detail: string;
    };

/** What sorting needs besides the item. */
export interface SortingRules {
  readonly clientStateKeys: readonly Uint8Array[];
  /** The kind of items that do not show theirs: what the address they came to is meant for. */
  readonly defaultKind: ItemKind;
  readonly receivedAt: EpochMs;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const memberOf = (item: unknown, name: string): unknown =>
  typeof item === "object" && item !== null ? (item as Readonly<Record<string, unknown>>)[name] : undefined;

const sizeNote = (item: unknown): string => {
  try {
    return `item of ${Buffer.byteLength(JSON.stringify(item) ?? "")} bytes`;
  } catch (error) {
    // JSON.stringify recurses: a body of nothing but brackets is deeper than the stack.
    if (error instanceof RangeError) return "item nested too deeply to be measured";
    throw error;
  }
};

/** Only what has the form of a UUID is repeated: anything else could be content. */
const idNotes = (item: unknown): string[] =>
  ["subscriptionId", "tenantId"].flatMap((name) => {
    const value = memberOf(item, name);
    return typeof value === "string" && uuid.test(value) ? [`${name} ${value.toLowerCase()}`] : [];
  });

/** The names come from our own schema, never from the item. */
const faultNote = (error: z.ZodError): string => {
  const places = new Set(error.issues.map((issue) => issue.path.join(".") || "the whole item"));
  return `unusable: ${[...places].join(", ")}`;
};

const kindOf = (item: unknown, defaultKind: ItemKind): ItemKind => {
  if ((memberOf(item, "lifecycleEvent") ?? null) !== null) return "lifecycle";
  return (memberOf(item, "changeType") ?? null) === null ? defaultKind : "change";
};

const changeOf = (item: unknown, receivedAt: EpochMs): CalendarChange | string => {
  const result = ChangeItem.safeParse(item);
  if (!result.success) return faultNote(result.error);
  const { subscriptionId, tenantId, changeType, resource, resourceData } = result.data;
  const eventId = resourceData?.id ?? (resource ? lastIdOf(resource) : undefined);
  if (eventId === undefined) return "unusable: resourceData.id";
  const etag = resourceData?.["@odata.etag"] ?? null;
  return { subscriptionId, tenantId: tenantId ?? "", changeType, eventId, etag, receivedAt };
};

const lifecycleOf = (item: unknown, receivedAt: EpochMs): SubscriptionLifecycle | string => {
  const result = LifecycleItem.safeParse(item);
  if (!result.success) return faultNote(result.error);
  const { subscriptionId, tenantId, lifecycleEvent } = result.data;
  return { subscriptionId, tenantId: tenantId ?? "", lifecycleEvent, receivedAt };
};

/**
 * Decides about one item of a notification: who it is for, or why it is refused. Authenticates first, by the
 * item's clientState alone; never throws, whatever the item is, so one item cannot spoil the others.
 */
export const sortItem = (item: unknown, rules: SortingRules): SortedItem => {
  const kind = kindOf(item, rules.defaultKind);
  const clientState = memberOf(item, "clientState");
  const to =
    typeof clientState === "string" ? openClientState(clientState, rules.clientStateKeys) : undefined;
  const refused = (cause: RefusalCause, fault: string): SortedItem => {
    const detail = [sizeNote(item), fault, ...idNotes(item)].join("; ");
    return { result: "refused", kind, cause, to, detail };
  };
  if (to === undefined)
    return refused("unauthenticated", clientState === undefined ? "no clientState" : "clientState not ours");
  if (kind === "change") {
    const value = changeOf(item, rules.receivedAt);
    return typeof value === "string" ? refused("malformed", value) : { result: "accepted", kind, to, value };
  }
  const value = lifecycleOf(item, rules.receivedAt);
  return typeof value === "string" ? refused("malformed", value) : { result: "accepted", kind, to, value };
};

/** Whether the item carries resource data that we neither asked for nor read. */
export const hasEncryptedContent = (item: unknown): boolean =>
  (memberOf(item, "encryptedContent") ?? null) !== null;

/** Whether nobody knows who sent the item: refused without a genuine clientState. */
export const isAnonymous = (item: SortedItem): boolean => item.result === "refused" && item.to === undefined;
