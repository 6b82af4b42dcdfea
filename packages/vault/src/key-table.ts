import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type OrganisationKey, organisationKeys, type UserKey, userKeys } from "@hybrid/contracts";
import type { LogRecord } from "@hybrid/log";

/** A key's record and its ids. */
export type Stored<Value> = Value & { readonly owner: string; readonly id: string };

const keyed = (key: string): { readonly owner: string; readonly id: string } | undefined => {
  const cut = key.lastIndexOf("/");
  return cut < 0 ? undefined : { owner: key.slice(0, cut), id: key.slice(cut + 1) };
};

type Row = Readonly<Record<string, string | number>>;

/**
 * What the topics of keys say, in a temporary database that goes with the process and takes no memory beyond
 * SQLite's cache. It holds salts and wrapped keys, no key that could be used.
 */
export class KeyTable {
  readonly #db = new DatabaseSync("");
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #find: StatementSync;
  readonly #newest: StatementSync;
  readonly #all: StatementSync;
  readonly #owned: StatementSync;
  readonly #under: StatementSync;

  constructor() {
    this.#db.exec(
      "PRAGMA secure_delete = ON; CREATE TABLE key (topic TEXT, owner TEXT, id TEXT, place INTEGER, " +
        "under TEXT, secret TEXT, created_at INTEGER, PRIMARY KEY (topic, owner, id)) WITHOUT ROWID",
    );
    const select = "SELECT owner, id, under, secret, created_at FROM key WHERE topic = ?";
    // The youngest, and of several from the same moment always the same one, in every process.
    const youngest = "ORDER BY created_at DESC, id DESC LIMIT 1";
    this.#put = this.#db.prepare("INSERT OR REPLACE INTO key VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#remove = this.#db.prepare("DELETE FROM key WHERE topic = ? AND owner = ? AND id = ?");
    this.#find = this.#db.prepare(`${select} AND owner = ? AND id = ?`);
    this.#newest = this.#db.prepare(`${select} AND owner = ? ${youngest}`);
    this.#under = this.#db.prepare(`${select} AND owner = ? AND under = ? ${youngest}`);
    this.#owned = this.#db.prepare(`${select} AND owner = ? ORDER BY created_at, id`);
    this.#all = this.#db.prepare(`${select} ORDER BY owner, created_at, id`);
  }

  /** Takes records of one partition in, oldest first. */
  apply(topic: string, partition: number, records: readonly LogRecord[]): void {
    this.#db.exec("BEGIN");
    for (const { key, value } of records) {
      const name = key === null ? undefined : keyed(key);
      if (!name) continue;
      if (value === null) this.#remove.run(topic, name.owner, name.id);
      else {
        const [under, secret, createdAt] = this.#columns(topic, value);
        this.#put.run(topic, name.owner, name.id, partition, under, secret, createdAt);
      }
    }
    this.#db.exec("COMMIT");
  }

  /** Forgets a partition that is to be read from its start. */
  forget(topic: string, partition: number): void {
    this.#db.prepare("DELETE FROM key WHERE topic = ? AND place = ?").run(topic, partition);
  }

  organisationKey(owner: string, id: string): Stored<OrganisationKey> | undefined {
    return organisationKeyOf(this.#find.get(organisationKeys.name, owner, id) as Row | undefined);
  }

  newestOrganisationKey(owner: string): Stored<OrganisationKey> | undefined {
    return organisationKeyOf(this.#newest.get(organisationKeys.name, owner) as Row | undefined);
  }

  organisationKeys(owner?: string): readonly Stored<OrganisationKey>[] {
    const rows =
      owner === undefined
        ? this.#all.all(organisationKeys.name)
        : this.#owned.all(organisationKeys.name, owner);
    return (rows as Row[]).map((row) => organisationKeyOf(row) as Stored<OrganisationKey>);
  }

  userKey(owner: string, id: string): Stored<UserKey> | undefined {
    return userKeyOf(this.#find.get(userKeys.name, owner, id) as Row | undefined);
  }

  /** The youngest of an owner that is derived from this key of the organisation. */
  newestUserKey(owner: string, organisationKey: string): Stored<UserKey> | undefined {
    return userKeyOf(this.#under.get(userKeys.name, owner, organisationKey) as Row | undefined);
  }

  userKeys(owner?: string): readonly Stored<UserKey>[] {
    const rows = owner === undefined ? this.#all.all(userKeys.name) : this.#owned.all(userKeys.name, owner);
    return (rows as Row[]).map((row) => userKeyOf(row) as Stored<UserKey>);
  }

  close(): void {
    this.#db.close();
  }

  #columns(topic: string, value: Uint8Array): readonly [string, string, number] {
    if (topic === userKeys.name) {
      const { organisationKey, salt, createdAt } = userKeys.decode(value);
      return [organisationKey, salt, createdAt];
    }
    const { wrappedBy, wrapped, createdAt } = organisationKeys.decode(value);
    return [wrappedBy, wrapped, createdAt];
  }
}

const namesOf = ({ owner, id, created_at: createdAt }: Row) => ({
  owner: String(owner),
  id: String(id),
  createdAt: Number(createdAt),
});

const organisationKeyOf = (row: Row | undefined): Stored<OrganisationKey> | undefined =>
  row && { ...namesOf(row), wrappedBy: String(row["under"]), wrapped: String(row["secret"]) };

const userKeyOf = (row: Row | undefined): Stored<UserKey> | undefined =>
  row && { ...namesOf(row), organisationKey: String(row["under"]), salt: String(row["secret"]) };
