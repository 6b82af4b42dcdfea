import { z } from "zod";

/** Longer ids than any that Graph has shown; more would only fill topics. */
const idLengthMax = 2_048;

const text = (lengthMax: number) => z.string().min(1).max(lengthMax);

/**
 * Facts about the subscription that both kinds of items carry; `tenantId` is missing in some old examples.
 */
const subscription = { subscriptionId: text(256), tenantId: text(256).nullish() };

/**
 * A change notification, as far as it is used; everything else in it is accepted and ignored
 * (changeNotification resource type; variance: learn.microsoft.com, "Receive change notifications").
 */
export const ChangeItem = z.object({
  ...subscription,
  changeType: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["created", "updated", "deleted"])),
  resource: text(idLengthMax).nullish(),
  resourceData: z.object({ id: text(idLengthMax).nullish(), "@odata.etag": text(512).nullish() }).nullish(),
});

/**
 * A lifecycle notification: it has neither changeType nor resource, though Graph's own metadata demands them.
 */
export const LifecycleItem = z.object({
  ...subscription,
  lifecycleEvent: z.enum(["reauthorizationRequired", "subscriptionRemoved", "missed"]),
});

/**
 * The last id of a resource path, in any of the forms that Graph writes: `users/<id>/events/<id>`,
 * `Users('<id>')/events('<id>')`. Undefined when the path ends with a collection.
 */
export const lastIdOf = (resource: string): string | undefined => {
  const inParentheses = /\('(?<id>[^']+)'\)$/.exec(resource)?.groups?.["id"];
  if (inParentheses !== undefined) return inParentheses;
  const segments = resource.split("/").filter((segment) => segment !== "");
  return segments.length > 0 && segments.length % 2 === 0 ? segments.at(-1) : undefined;
};
