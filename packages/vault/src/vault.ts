import { hkdfSync, randomBytes, randomUUID } from "node:crypto";
import { type OrganisationKey, organisationKeys, type UserKey, userKeys } from "@hybrid/contracts";
import { type ActorId, type Clock, ConfigError, hours, orgOf, sealScopeOf } from "@hybrid/kernel";
import type { KeyName, KeyVault, SealingKey } from "@hybrid/sealing";
import { LRUCache } from "lru-cache";
import type { KeyPort } from "./key-port.ts";
import type { Stored } from "./key-table.ts";
import { type KeyLog, KeyTopics } from "./key-topics.ts";

/** What a vault stands on. */
export interface VaultOptions {
  readonly log: KeyLog;
  /** Partitions of the topics of keys: as many as all others have. */
  readonly partitions: number;
  readonly keyPort: KeyPort;
  readonly clock: Clock;
}

/** The keys of one organisation. */
export interface OrganisationKeysStatus {
  readonly org: string;
  /** Its keys, oldest first: the last one is derived from, all are opened with. Empty: it was closed. */
  readonly keys: readonly { readonly id: string; readonly wrappedBy: string; readonly createdAt: number }[];
  /** Users and tenants that have a key. */
  readonly owners: number;
  /** Keys that these have. */
  readonly ownerKeys: number;
}

/** All keys as they stand. */
export interface VaultStatus {
  /** The key-encryption key that wraps at present. */
  readonly newest: string;
  readonly organisations: readonly OrganisationKeysStatus[];
}

const saltBytes = 32;
const keyBytes = 32;
/** Unwrapped keys of organisations that are held, and for how long: a key port is asked that often. */
const unwrappedMax = 1_000;
const unwrappedMs = hours(1);
/** The id of the record that says that an organisation has no keys any more. */
const closedId = "closed";

const organisationOf = (owner: string): string => `${orgOf(owner as ActorId)}/o`;
const purposeOf = (owner: string, id: string): string => `organisation key ${owner}/${id}`;

/** HKDF with SHA-256 (RFC 5869): without the salt the key cannot be had from the organisation's. */
const derived = (organisation: Uint8Array, { owner, id, salt }: Stored<UserKey>): SealingKey => ({
  id,
  bytes: new Uint8Array(
    hkdfSync("sha256", organisation, Buffer.from(salt, "base64url"), `hybrid key ${owner} ${id}`, keyBytes),
  ),
});

/**
 * The vault: keys of users and tenants derived from their organisation's key and a salt of their own, all in
 * two compacted topics. A salt that is gone is gone for everybody; so is an organisation's key.
 */
export class Vault implements KeyVault {
  readonly #topics: KeyTopics;
  readonly #keyPort: KeyPort;
  readonly #clock: Clock;
  readonly #unwrapped: LRUCache<string, Uint8Array>;

  constructor({ log, partitions, keyPort, clock }: VaultOptions) {
    this.#topics = new KeyTopics({ log, clock, partitions });
    this.#keyPort = keyPort;
    this.#clock = clock;
    this.#unwrapped = new LRUCache({
      max: unwrappedMax,
      ttl: unwrappedMs,
      perf: { now: () => clock.now() },
    });
  }

  async keys(names: readonly KeyName[]): Promise<readonly (SealingKey | null)[]> {
    const owners = names.map(({ owner }) => owner);
    for (const owner of owners)
      if (!sealScopeOf(owner)) throw new TypeError(`${owner} is no user, tenant or organisation`);
    await Promise.all([
      this.#topics.refresh(organisationKeys, owners.map(organisationOf)),
      this.#topics.refresh(userKeys, owners),
    ]);
    const wanting = names.flatMap(({ owner, id }) => (id === "" ? [owner] : []));
    if (wanting.length > 0) await this.#makeMissing(new Set(wanting));
    return Promise.all(names.map((name) => this.#key(name)));
  }

  /** Wraps every organisation's key by the newest key-encryption key; resolves with how many had another. */
  async rewrap(): Promise<number> {
    await this.#topics.refreshAll(organisationKeys);
    const newest = await this.#keyPort.newest();
    const old = this.#topics.table
      .organisationKeys()
      .filter(({ id, wrappedBy }) => id !== closedId && wrappedBy !== newest);
    for (const { owner, id, wrappedBy, wrapped, createdAt } of old) {
      const purpose = purposeOf(owner, id);
      const bytes = await this.#keyPort.unwrap({ wrappedBy, wrapped }, purpose);
      const value: OrganisationKey = { ...(await this.#keyPort.wrap(bytes, purpose)), createdAt };
      await this.#topics.write(organisationKeys, [{ owner, id, value }]);
    }
    return old.length;
  }

  /**
   * Gives an organisation a new key: what is sealed from now on is sealed under keys derived from it, as soon
   * as processes ask again. What was sealed stays readable. Rejects with ConfigError for one that was closed.
   */
  async rotateOrganisation(org: string): Promise<void> {
    const owner = `${org}/o`;
    await this.#topics.refresh(organisationKeys, [owner]);
    if (this.#isClosed(owner))
      throw new ConfigError("the keys are not rotated", [`the keys of organisation ${org} were destroyed`]);
    await this.#topics.write(organisationKeys, [await this.#newOrganisationKey(owner)]);
  }

  /** Gives a user or tenant a new key beside the old ones, likewise. */
  async rotateOwner(owner: string): Promise<void> {
    await this.#topics.refresh(organisationKeys, [organisationOf(owner)]);
    const parent = this.#topics.table.newestOrganisationKey(organisationOf(owner));
    // An owner without key is given the first one when something is sealed.
    if (parent && parent.id !== closedId)
      await this.#topics.write(userKeys, [this.#newUserKey(owner, parent.id)]);
  }

  /** Deletes every salt of a user or tenant; resolves with how many there were. */
  async eraseOwner(owner: string): Promise<number> {
    await this.#topics.refresh(userKeys, [owner]);
    const keys = this.#topics.table.userKeys(owner);
    await this.#topics.write(
      userKeys,
      keys.map(({ id }) => ({ owner, id, value: null })),
    );
    return keys.length;
  }

  /** Destroys the keys of an organisation, with all that is sealed for anybody of it; it gets no new one. */
  async closeOrganisation(org: string): Promise<void> {
    const owner = `${org}/o`;
    await this.#topics.refresh(organisationKeys, [owner]);
    const keys = this.#topics.table.organisationKeys(owner).filter(({ id }) => id !== closedId);
    const closed = { wrappedBy: "", wrapped: "", createdAt: this.#clock.now() };
    await this.#topics.write<OrganisationKey>(organisationKeys, [
      { owner, id: closedId, value: closed },
      ...keys.map(({ id }) => ({ owner, id, value: null })),
    ]);
    await this.#topics.refreshAll(userKeys);
    const salts = this.#topics.table.userKeys().filter((key) => organisationOf(key.owner) === owner);
    await this.#topics.write(
      userKeys,
      salts.map((key) => ({ owner: key.owner, id: key.id, value: null })),
    );
    for (const { id } of keys) this.#unwrapped.delete(`${owner}/${id}`);
  }

  /** All keys as they stand; no key itself. */
  async status(): Promise<VaultStatus> {
    await Promise.all([this.#topics.refreshAll(organisationKeys), this.#topics.refreshAll(userKeys)]);
    const { table } = this.#topics;
    const owned = Map.groupBy(table.userKeys(), ({ owner }) => organisationOf(owner));
    const organisations = Map.groupBy(table.organisationKeys(), ({ owner }) => owner);
    return {
      newest: await this.#keyPort.newest(),
      organisations: [...organisations].map(([owner, keys]) => ({
        org: orgOf(owner as ActorId),
        keys: keys
          .filter(({ id }) => id !== closedId)
          .map(({ id, wrappedBy, createdAt }) => ({ id, wrappedBy, createdAt })),
        owners: new Set(owned.get(owner)?.map((key) => key.owner)).size,
        ownerKeys: owned.get(owner)?.length ?? 0,
      })),
    };
  }

  close(): void {
    this.#unwrapped.clear();
    this.#topics.table.close();
  }

  #isClosed(owner: string): boolean {
    return this.#topics.table.organisationKey(owner, closedId) !== undefined;
  }

  /** Several processes may make one at a time; all of them stay, and the same one is everybody's newest. */
  async #makeMissing(owners: ReadonlySet<string>): Promise<void> {
    const { table } = this.#topics;
    const organisations = new Set([...owners].map(organisationOf));
    const open = [...organisations].filter((owner) => !this.#isClosed(owner));
    const bare = open.filter((owner) => !table.newestOrganisationKey(owner));
    await this.#topics.write(
      organisationKeys,
      await Promise.all(bare.map((owner) => this.#newOrganisationKey(owner))),
    );
    const missing = [...owners].flatMap((owner) => {
      const parent = table.newestOrganisationKey(organisationOf(owner));
      if (!parent || this.#isClosed(organisationOf(owner)) || table.newestUserKey(owner, parent.id))
        return [];
      return [this.#newUserKey(owner, parent.id)];
    });
    await this.#topics.write(userKeys, missing);
  }

  /** The newest key is the one that was made last, also by a clock that was set back. */
  #after(newest: { readonly createdAt: number } | undefined): number {
    return Math.max(this.#clock.now(), (newest?.createdAt ?? 0) + 1);
  }

  async #newOrganisationKey(owner: string) {
    const id = randomUUID();
    const bytes = randomBytes(keyBytes);
    const wrapped = await this.#keyPort.wrap(bytes, purposeOf(owner, id));
    const createdAt = this.#after(this.#topics.table.newestOrganisationKey(owner));
    return { owner, id, value: { ...wrapped, createdAt } satisfies OrganisationKey };
  }

  #newUserKey(owner: string, organisationKey: string) {
    const salt = randomBytes(saltBytes).toString("base64url");
    const createdAt = this.#after(this.#topics.table.newestUserKey(owner, organisationKey));
    const value: UserKey = { organisationKey, salt, createdAt };
    return { owner, id: randomUUID(), value };
  }

  async #key({ owner, id }: KeyName): Promise<SealingKey | null> {
    const { table } = this.#topics;
    const organisation = organisationOf(owner);
    if (this.#isClosed(organisation)) return null;
    const parent = table.newestOrganisationKey(organisation);
    const key = id === "" ? parent && table.newestUserKey(owner, parent.id) : table.userKey(owner, id);
    if (!key) return null;
    const stored = table.organisationKey(organisation, key.organisationKey);
    return stored ? derived(await this.#bytesOf(stored), key) : null;
  }

  async #bytesOf({ owner, id, wrappedBy, wrapped }: Stored<OrganisationKey>): Promise<Uint8Array> {
    const name = `${owner}/${id}`;
    const known = this.#unwrapped.get(name);
    if (known) return known;
    const bytes = await this.#keyPort.unwrap({ wrappedBy, wrapped }, purposeOf(owner, id));
    this.#unwrapped.set(name, bytes);
    return bytes;
  }
}
