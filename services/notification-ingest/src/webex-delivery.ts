import { createHash } from "node:crypto";
import { type WebexHint, webhookSecretOf } from "@hybrid/contracts";
import { type ActorId, actorIdOf, type EpochMs, orgOf } from "@hybrid/kernel";
import { readDelivery, spaceOf, textOfItem, verifySignature, type WebhookDelivery } from "@hybrid/webex";

/** A delivery as it arrived at an address that we signed. */
export interface ArrivedDelivery {
  /** The address in the path: the organisation and what the webhook was made for. */
  readonly to: ActorId;
  /** The bytes of the body before anybody parsed them. */
  readonly rawBody: Uint8Array;
  readonly sparkSignature: string | undefined;
  readonly webexSignature: string | undefined;
}

/** What becomes of a delivery. */
export type SortedDelivery =
  | { readonly result: "accepted"; readonly to: ActorId; readonly value: WebexHint }
  | {
      readonly result: "refused";
      readonly cause: "unauthenticated" | "malformed";
      readonly to: ActorId;
      /** One sentence without content: size, digest, what is wrong. */
      readonly detail: string;
    };

/** Where it goes: to the space's entity, so that everything about a space comes to one owner. */
const addressOf = (to: ActorId, delivery: WebhookDelivery): ActorId => {
  const { roomUuid } = spaceOf(delivery);
  return roomUuid === null ? to : actorIdOf(`${orgOf(to)}/r-${roomUuid}`);
};

/**
 * What tells one occurrence from another. A second change of the same thing may look the same but for its
 * time, so a change without a time of its own has none: it must never be taken for a repetition.
 */
const occurrenceOf = ({ id, resource, event, data }: WebhookDelivery): string | null => {
  const at = textOfItem(data, "updated") ?? (event === "updated" ? null : textOfItem(data, "created"));
  if (at === null) return null;
  const said = [id, resource, event, textOfItem(data, "id"), at];
  return createHash("sha256").update(JSON.stringify(said)).digest("base64url");
};

const hintOf = (delivery: WebhookDelivery, itemId: string, receivedAt: EpochMs): WebexHint => ({
  webhookId: delivery.id,
  resource: delivery.resource,
  event: delivery.event,
  itemId,
  roomId: spaceOf(delivery).roomId,
  personId: textOfItem(delivery.data, "personId"),
  actorId: delivery.actorId ?? null,
  orgId: delivery.orgId ?? null,
  occurrence: occurrenceOf(delivery),
  receivedAt,
});

const isGenuine = ({ to, ...delivery }: ArrivedDelivery, keys: readonly Uint8Array[]): boolean => {
  let genuine = false;
  for (const key of keys) if (verifySignature(delivery, webhookSecretOf(to, key))) genuine = true;
  return genuine;
};

/**
 * Decides about a delivery of a Webex webhook: who it is for, or why it is refused. The signature is checked
 * on the bytes as they came, before anything is parsed. Never throws, whatever the body is.
 */
export const sortDelivery = (
  arrived: ArrivedDelivery,
  rules: { readonly keys: readonly Uint8Array[]; readonly receivedAt: EpochMs },
): SortedDelivery => {
  const { to, rawBody } = arrived;
  const refused = (cause: "unauthenticated" | "malformed", fault: string): SortedDelivery => {
    const digest = createHash("sha256").update(rawBody).digest("hex");
    const detail = `delivery of ${rawBody.length} bytes with SHA-256 ${digest}; ${fault}`;
    return { result: "refused", cause, to, detail };
  };
  const isSigned = arrived.sparkSignature !== undefined || arrived.webexSignature !== undefined;
  if (!isSigned) return refused("unauthenticated", "no signature");
  if (!isGenuine(arrived, rules.keys)) return refused("unauthenticated", "signature not of our secret");
  const delivery = readDelivery(rawBody);
  if (delivery === undefined) return refused("malformed", "not a delivery of a webhook");
  const itemId = textOfItem(delivery.data, "id");
  if (itemId === null) return refused("malformed", "unusable: data.id");
  const value = hintOf(delivery, itemId, rules.receivedAt);
  return { result: "accepted", to: addressOf(to, delivery), value };
};
