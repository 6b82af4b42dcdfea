import type { Sealed } from "@hybrid/kernel";
import { sealedType } from "../avro/sealed-type.ts";
import { defineTopic } from "../define-topic.ts";

/** What a user has consented to for the own calendar; the latest record is all there is. */
export interface UserConsent {
  readonly tenantId: string;
  readonly objectId: string;
  readonly givenAt: number;
  /** Not used from then on, whatever Microsoft Entra would still take: the user consents again before. */
  readonly expiresAt: number;
  /** What tokens on behalf of the user are had with. */
  readonly refreshToken: Sealed<string>;
}

/** Consents of users, in tenants where each user gives the own one. */
export const userConsents = defineTopic<UserConsent>({
  name: "user-consents",
  doc: "What users have consented to for their own calendars, with sealed refresh tokens.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["consent"],
  operatorReads: "tells how far an erasure has come",
  versions: [
    {
      type: "record",
      name: "UserConsent",
      namespace: "hybrid",
      fields: [
        { name: "tenantId", type: "string" },
        { name: "objectId", type: "string" },
        { name: "givenAt", type: "long" },
        { name: "expiresAt", type: "long" },
        { name: "refreshToken", type: sealedType("user") },
      ],
    },
  ],
});
