import { defineTopic } from "../define-topic.ts";
import { keyWriters } from "./organisation-keys.ts";

/** What makes a key of a user or tenant from the organisation's. */
export interface UserKey {
  /** The organisation's key that it is derived from, by its id. */
  readonly organisationKey: string;
  /** 32 random bytes, base64url. Without them the key cannot be derived by anybody. */
  readonly salt: string;
  readonly createdAt: number;
}

/** The salts of users' and tenants' keys. A tombstone erases what the key has sealed. */
export const userKeys = defineTopic<UserKey>({
  name: "user-keys",
  doc: "The salts of the keys of users and tenants; a tombstone erases what the key has sealed.",
  keyDoc: "`<org>/u-<user>/<key id>`, `<org>/t-<tenant>/<key id>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: keyWriters,
  operatorReads: "opens and erases what is sealed",
  versions: [
    {
      type: "record",
      name: "UserKey",
      namespace: "hybrid",
      fields: [
        { name: "organisationKey", type: "string" },
        { name: "salt", type: "string" },
        { name: "createdAt", type: "long" },
      ],
    },
  ],
});
