import { z } from "zod";

const text = z.string().nullish();

/** The group resource as Graph answers it: fields that matter here. */
export const groupSchema = z.looseObject({
  id: z.string().min(1),
  displayName: text,
  mail: text,
  mailNickname: text,
  deletedDateTime: text,
});

const relation = z.array(
  z.looseObject({ id: z.string().min(1), "@removed": z.looseObject({}).nullish(), "@odata.type": text }),
);

/** A page of groups/delta. */
export const groupDeltaPageSchema = z.looseObject({
  value: z.array(
    z.looseObject({
      id: z.string().min(1),
      displayName: text,
      "@removed": z.looseObject({}).nullish(),
      "members@delta": relation.nullish(),
      "owners@delta": relation.nullish(),
    }),
  ),
  "@odata.nextLink": z.string().min(1).optional(),
  "@odata.deltaLink": z.string().min(1).optional(),
});

/** A member, an owner, or a user by itself. */
export const directoryObjectSchema = z.looseObject({
  id: z.string().min(1),
  "@odata.type": text,
  mail: text,
  userPrincipalName: text,
  userType: text,
});

/** A page of members or owners. */
export const directoryObjectListSchema = z.looseObject({
  value: z.array(directoryObjectSchema),
  "@odata.nextLink": z.string().min(1).optional(),
});

/** A document library, or a folder in it. */
export const driveItemSchema = z.looseObject({ id: z.string().min(1), name: text, webUrl: text });

/** The tenants of GET /organization: always one. */
export const organizationListSchema = z.looseObject({
  value: z
    .array(
      z.looseObject({
        id: z.string().min(1),
        displayName: text,
        assignedPlans: z.array(z.looseObject({ service: text, capabilityStatus: text })).nullish(),
        verifiedDomains: z.array(z.looseObject({ name: text, isDefault: z.boolean().nullish() })).nullish(),
      }),
    )
    .min(1),
});

/** A Microsoft 365 group as it was at one moment. */
export interface GroupSnapshot {
  readonly groupId: string;
  /** Empty where Graph gives none. */
  readonly displayName: string;
  readonly mail: string | null;
}

/** What matters of a group that Graph answered with. */
export const snapshotOf = (group: z.infer<typeof groupSchema>): GroupSnapshot => ({
  groupId: group.id.toLowerCase(),
  displayName: group.displayName ?? "",
  mail: group.mail ?? null,
});
