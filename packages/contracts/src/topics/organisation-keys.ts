import { defineTopic } from "../define-topic.ts";

/** Services that seal, and the command line, which rotates and erases. */
const writers = [
  "archiver",
  "consent",
  "control-hub",
  "decorator",
  "directory",
  "group-provisioner",
  "mailbox-migration-detector",
  "meetings",
  "notices",
  "presence",
  "user-state",
  "hybrid",
];

/** A key of an organisation, wrapped; the keys of its users and tenants are derived from it. */
export interface OrganisationKey {
  /** The key-encryption key that wraps it, by its id. */
  readonly wrappedBy: string;
  /** The wrapped key, base64url; empty: the organisation has none any more. */
  readonly wrapped: string;
  readonly createdAt: number;
}

/** Which services need to read and write keys: those that seal. */
export const keyWriters: readonly string[] = writers;

/** The wrapped keys of organisations. A tombstone destroys one. */
export const organisationKeys = defineTopic<OrganisationKey>({
  name: "organisation-keys",
  doc: "The keys of organisations, each wrapped by a key-encryption key; a tombstone destroys one.",
  keyDoc: "`<org>/o/<key id>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers,
  operatorReads: "opens and erases what is sealed",
  versions: [
    {
      type: "record",
      name: "OrganisationKey",
      namespace: "hybrid",
      fields: [
        { name: "wrappedBy", type: "string" },
        { name: "wrapped", type: "string" },
        { name: "createdAt", type: "long" },
      ],
    },
  ],
});
