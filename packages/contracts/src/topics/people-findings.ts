import type { Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** Everything that can be wrong with what the sources say of a person, and what a person does about it. */
export const findingCatalog = {
  addressTakenByWorkspace: "A workspace has the same mail address: give one of the two another.",
  addressTakenByUser: "Another user has the same mail address: take it away from one of the two.",
  addressInvalid: "The mail address cannot be used: correct it in its source.",
  addressDiffers: "Webex and Exchange Online have different primary addresses: make them the same.",
  listAddressDiffers: "The list has another address than Exchange Online, whose address holds.",
  listTenantDiffers: "The list has another tenant than Microsoft Entra, whose tenant holds.",
  tenantUnknown: "No tenant is known for the user: synchronise it, or verify the address's domain there.",
  notSignedIn: "The person has never signed in to Webex, so the account is not active.",
  loginBlocked: "The person's Webex account is switched off.",
  severalWebexPeople: "Several people at Webex belong to this user: only one may.",
  listedTwice: "Lists name the user under several ids: only one may.",
  externalIdMissing: "The person at Webex has no externalId: groups need the Entra object id there.",
  externalIdInvalid: "The person's externalId at Webex holds no Entra object id.",
  noMailboxFound: "No source has a mailbox with the address of this person at Webex.",
} as const satisfies Readonly<Record<string, string>>;

/** A code of {@link findingCatalog}. */
export type FindingCode = keyof typeof findingCatalog;

/** What is wrong about a person or a workspace, whole; a tombstone when nothing is any more. */
export interface PeopleFinding {
  readonly codes: readonly string[];
  /** Empty in records that have it sealed. */
  readonly mailAddress: string | null;
  readonly sealedMailAddress?: Sealed<string> | null;
  readonly userId: string | null;
  readonly objectId: string | null;
  readonly webexPersonId: string | null;
  readonly workspaceId: string | null;
  readonly at: number;
}

const findingFields: readonly AvroSchema[] = [
  { name: "codes", type: { type: "array", items: "string" } },
  { name: "mailAddress", type: ["null", "string"] },
  { name: "userId", type: ["null", "string"] },
  { name: "objectId", type: ["null", "string"] },
  { name: "webexPersonId", type: ["null", "string"] },
  { name: "workspaceId", type: ["null", "string"] },
  { name: "at", type: "long" },
];

/** The conflict report of an organisation, one record for each person or workspace. */
export const peopleFindings = defineTopic<PeopleFinding>({
  name: "people-findings",
  doc: "What is wrong with what the sources say of people: conflicts, missing links, clashes of addresses.",
  keyDoc: "`<org>/o/<object, webex or workspace>-<id>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["directory"],
  operatorReads: "reports conflicts",
  versions: [
    { type: "record", name: "PeopleFinding", namespace: "hybrid", fields: findingFields },
    {
      type: "record",
      name: "PeopleFinding",
      namespace: "hybrid",
      fields: [...findingFields, sealedField("mailAddress", "user")],
    },
  ],
});
