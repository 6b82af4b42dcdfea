import { defineTopic } from "../define-topic.ts";

/** A user, whole, every time: the latest record is all there is to know. */
export interface UserDirectoryEntry {
  /** Grows by one with every change; an older or equal one is stale. */
  readonly version: number;
  /** The user was removed; a last record, after which the actor ends. */
  readonly removed: boolean;
  readonly enabled: boolean;
  /** Grows with every toggle, enabling import or self-service request: counters reset, tried at once. */
  readonly attemptGeneration: number;
  readonly tenantId: string;
  readonly objectId: string;
  readonly mailAddress: string;
  readonly connector: { readonly resourceGroup: string | null } | null;
}

/** All users, full state. */
export const userDirectory = defineTopic<UserDirectoryEntry>({
  name: "user-directory",
  doc: "Every user's directory entry: full state, versioned.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["directory"],
  operatorReads: "compares an import with what is there",
  versions: [
    {
      type: "record",
      name: "UserDirectoryEntry",
      namespace: "hybrid",
      fields: [
        { name: "version", type: "long" },
        { name: "removed", type: "boolean" },
        { name: "enabled", type: "boolean" },
        { name: "attemptGeneration", type: "long" },
        { name: "tenantId", type: "string" },
        { name: "objectId", type: "string" },
        { name: "mailAddress", type: "string" },
        {
          name: "connector",
          type: [
            "null",
            {
              type: "record",
              name: "Connector",
              fields: [{ name: "resourceGroup", type: ["null", "string"] }],
            },
          ],
        },
      ],
    },
  ],
});
