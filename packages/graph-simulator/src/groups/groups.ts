import type { Mailboxes } from "../calendar/mailboxes.ts";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import { badRequest, GraphFault } from "../http/graph-fault.ts";
import type { Group, GroupOptions } from "./group.ts";
import { GroupChanges } from "./group-changes.ts";
import { type GroupNames, NamingPolicies } from "./naming-policies.ts";

/** A group that is to be made. */
export interface NewGroup {
  readonly uniqueName: string | null;
  readonly displayName: string;
  readonly description: string | null;
  readonly mailNickname: string;
  readonly visibility: Group["visibility"];
  readonly behaviours: readonly string[];
  /** Object ids. */
  readonly owners: readonly string[];
  readonly members: readonly string[];
}

/** What groups need. */
export interface GroupPorts {
  readonly clock: SimulatorClock;
  readonly dice: Dice;
  readonly mailboxes: Mailboxes;
}

const minuteMs = 60_000;
const deletedDaysMs = 30 * 24 * 60 * minuteMs;
const groupsMax = 500_000;
const ownersMax = 100;

const notFound = (id: string): GraphFault =>
  new GraphFault(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

/** All Microsoft 365 groups of all tenants. */
export class Groups {
  readonly changes = new GroupChanges();
  readonly naming = new NamingPolicies();
  readonly options: GroupOptions;
  readonly #ports: GroupPorts;
  readonly #byId = new Map<string, Group>();
  #made = 0;

  constructor(ports: GroupPorts, options: GroupOptions) {
    this.#ports = ports;
    this.options = options;
  }

  now(): number {
    return this.#ports.clock.now();
  }

  /** Living groups of a tenant, oldest first, those that nobody can see yet among them. */
  ofTenant(tenantId: string): Group[] {
    return [...this.#byId.values()].filter(
      (group) => group.tenantId === tenantId && group.deletedAt === null,
    );
  }

  /** What was deleted in the last 30 days. */
  deletedOf(tenantId: string): Group[] {
    const oldest = this.now() - deletedDaysMs;
    return [...this.#byId.values()].filter(
      (group) => group.tenantId === tenantId && group.deletedAt !== null && group.deletedAt > oldest,
    );
  }

  /** Throws RangeError; for calls in process. */
  get(id: string): Group {
    const group = this.#byId.get(id.toLowerCase());
    if (!group) throw new RangeError(`the simulator has no group ${id}`);
    return group;
  }

  /** The group that a request names by id or unique name. Throws 404, also while it is not replicated yet. */
  group(tenantId: string, name: string): Group {
    const group = this.find(tenantId, name);
    if (!group || (group.id === name.toLowerCase() && this.now() < group.visibleAt)) throw notFound(name);
    return group;
  }

  /** As {@link group}, by what is stored: replication hides nothing. */
  find(tenantId: string, name: string): Group | null {
    const byId = this.#byId.get(name.toLowerCase());
    if (byId) return byId.tenantId === tenantId && byId.deletedAt === null ? byId : null;
    return this.ofTenant(tenantId).find((group) => group.uniqueName === name) ?? null;
  }

  /** Throws 404. */
  deleted(tenantId: string, id: string): Group {
    const found = this.deletedOf(tenantId).find((group) => group.id === id.toLowerCase());
    if (!found) throw notFound(id);
    return found;
  }

  /** Throws 400 for names that are taken or not allowed, and 404 for users that are not there. */
  create(tenantId: string, given: NewGroup): Group {
    const living = this.ofTenant(tenantId);
    if (living.length >= (this.options.groupsMax ?? groupsMax))
      throw new GraphFault(403, "Directory_QuotaExceeded", "The directory object quota limit is exceeded.");
    this.#refuseTaken(living, given);
    this.naming.check(tenantId, given);
    const id = this.#ports.dice.guid("group", ++this.#made);
    const owners = given.owners.map((user) => this.userId(tenantId, user));
    const members = given.members.map((user) => this.userId(tenantId, user));
    const now = this.now();
    const group: Group = {
      ...given,
      id,
      tenantId,
      createdAt: now,
      visibleAt: now + this.#drawn("replication", id, this.options.replicationMs ?? [0, 3_000]),
      // Without an owner nobody has the site made.
      siteAt:
        owners.length === 0
          ? null
          : now + this.#drawn("site", id, this.options.siteDelayMs ?? [minuteMs, 20 * minuteMs]),
      deletedAt: null,
      owners: new Set(owners),
      members: new Set(members),
      groups: new Set(),
    };
    this.#byId.set(id, group);
    this.#changed(group, "group", null);
    for (const user of members) this.#changed(group, "members", user);
    for (const user of owners) this.#changed(group, "owners", user);
    return group;
  }

  update(group: Group, change: Partial<Pick<Group, "displayName" | "description" | "visibility">>): void {
    Object.assign(group, change);
    this.#changed(group, "group", null);
  }

  /** Throws 422 for names that the policy refuses, or for a nickname that another group has. */
  validateNames(tenantId: string, names: GroupNames, existing: Group | null): void {
    this.naming.check(tenantId, names);
    const nickname = names.mailNickname?.toLowerCase();
    const taken = this.ofTenant(tenantId).some(
      (group) => group !== existing && group.mailNickname.toLowerCase() === nickname,
    );
    if (!taken) return;
    const message = "Another object with the same value for property mailNickname already exists.";
    throw new GraphFault(422, "Request_UnprocessableEntity", message, {
      details: [{ target: "mailNickname", code: "ObjectConflict", message }],
    });
  }

  /** Takes users in, all or none. Throws 400 for one who is in already, 404 for one who is not there. */
  add(group: Group, what: "members" | "owners", users: readonly string[]): void {
    const ids = users.map((user) => this.userId(group.tenantId, user));
    if (ids.some((id) => group[what].has(id)))
      throw badRequest(
        `One or more added object references already exist for the following modified properties: '${what}'.`,
        "Request_BadRequest",
      );
    if (what === "owners" && group.owners.size + ids.length > ownersMax)
      throw badRequest(`A group can have ${ownersMax} owners.`, "Request_BadRequest");
    for (const id of ids) {
      group[what].add(id);
      this.#changed(group, what, id);
    }
    if (what === "owners") group.siteAt ??= this.now();
  }

  /** Puts a group into another one of the tenant, as administrators do with security groups. */
  nest(outer: Group, inner: Group): void {
    outer.groups.add(inner.id);
  }

  /** Who is in a group and in the groups in it, each once, however they hold each other. */
  throughout(group: Group): { readonly users: ReadonlySet<string>; readonly groups: ReadonlySet<Group> } {
    const [users, seen] = [new Set<string>(), new Set<Group>()];
    const open = [group];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      for (const id of one.members) users.add(id);
      for (const id of one.groups) {
        const inner = this.get(id);
        if (inner === group || inner.deletedAt !== null || seen.has(inner)) continue;
        seen.add(inner);
        open.push(inner);
      }
    }
    return { users, groups: seen };
  }

  /** Throws 404 for somebody who is not in, 400 for the last owner. */
  remove(group: Group, what: "members" | "owners", user: string): void {
    const id = user.toLowerCase();
    if (!group[what].has(id)) throw notFound(user);
    if (what === "owners" && group.owners.size === 1)
      throw badRequest(
        "The group must have at least one owner, hence this owner cannot be removed.",
        "Request_BadRequest",
      );
    group[what].delete(id);
    this.#changed(group, what, id);
  }

  /** To the deleted items, from where it can be restored for 30 days. */
  delete(group: Group): void {
    group.deletedAt = this.now();
    this.#changed(group, "group", null);
  }

  restore(group: Group): void {
    group.deletedAt = null;
    this.#changed(group, "group", null);
    for (const user of group.members) this.#changed(group, "members", user);
  }

  /** A user who left the directory is in no group any more. */
  forgetUser(tenantId: string, userId: string): void {
    const id = userId.toLowerCase();
    for (const group of this.#byId.values()) {
      if (group.tenantId !== tenantId) continue;
      for (const what of ["members", "owners"] as const)
        if (group[what].delete(id)) this.#changed(group, what, id);
    }
  }

  /** The object id of a user of the tenant. Throws 404. */
  userId(tenantId: string, named: string): string {
    const mailbox = this.#ports.mailboxes.find(tenantId, named);
    if (!mailbox) throw notFound(named);
    return mailbox.spec.userId.toLowerCase();
  }

  #refuseTaken(living: readonly Group[], { uniqueName, mailNickname }: NewGroup): void {
    const taken =
      uniqueName !== null && living.some((group) => group.uniqueName === uniqueName)
        ? "uniqueName"
        : living.some((group) => group.mailNickname.toLowerCase() === mailNickname.toLowerCase())
          ? "mailNickname"
          : null;
    if (taken === null) return;
    throw badRequest(
      `Another object with the same value for property ${taken} already exists.`,
      "Request_BadRequest",
    );
  }

  #drawn(what: string, id: string, [least, most]: readonly [number, number]): number {
    return Math.round(least + this.#ports.dice.draw(what, id) * (most - least));
  }

  #changed(group: Group, what: "group" | "members" | "owners", userId: string | null): void {
    this.changes.record(group.tenantId, { groupId: group.id, what, userId });
  }
}
