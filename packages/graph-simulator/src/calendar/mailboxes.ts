import type { Dice } from "../dice.ts";
import { GraphFault } from "../http/graph-fault.ts";
import { Mailbox } from "./mailbox.ts";
import type { MailboxSpec } from "./mailbox-spec.ts";

/** States in which no mail can be delivered into the mailbox. */
const unreachable = new Set(["onPremises", "unlicensed", "softDeleted"]);

const qualifiedId = /^([0-9a-f-]{36})@([0-9a-f-]{36})$/;

/** All users of all tenants. */
export class Mailboxes {
  readonly #dice: Dice;
  readonly #byUserId = new Map<string, Mailbox>();
  readonly #byAddress = new Map<string, Mailbox>();
  readonly #byPrincipalName = new Map<string, Mailbox>();
  readonly #byTenant = new Map<string, Set<Mailbox>>();
  readonly #probes = new Map<string, number>();

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Throws RangeError when the user, name or address is taken. */
  add(spec: MailboxSpec): void {
    const userId = spec.userId.toLowerCase();
    const address = spec.mail.toLowerCase();
    const principalName = spec.userPrincipalName.toLowerCase();
    if (
      this.#byUserId.has(userId) ||
      this.#byAddress.has(address) ||
      this.#byPrincipalName.has(principalName)
    )
      throw new RangeError(`user ${spec.userId}, or its address or principal name, exists already`);
    const mailbox = new Mailbox(spec, this.#dice);
    this.#byUserId.set(userId, mailbox);
    this.#byAddress.set(address, mailbox);
    this.#byPrincipalName.set(principalName, mailbox);
    const ofTenant = this.#byTenant.get(spec.tenantId) ?? new Set();
    this.#byTenant.set(spec.tenantId, ofTenant.add(mailbox));
  }

  /** Throws RangeError when there is no such user; for calls in process. */
  get(userId: string): Mailbox {
    const mailbox = this.#byUserId.get(userId.toLowerCase());
    if (!mailbox) throw new RangeError(`the simulator has no user ${userId}`);
    return mailbox;
  }

  delete(userId: string): void {
    const mailbox = this.get(userId);
    this.#byUserId.delete(mailbox.spec.userId.toLowerCase());
    this.#byAddress.delete(mailbox.spec.mail.toLowerCase());
    this.#byPrincipalName.delete(mailbox.spec.userPrincipalName.toLowerCase());
    this.#byTenant.get(mailbox.spec.tenantId)?.delete(mailbox);
  }

  /** Everybody of a tenant, in the order of creation. */
  ofTenant(tenantId: string): Mailbox[] {
    return [...(this.#byTenant.get(tenantId) ?? [])];
  }

  /** Everybody, in the order of creation. */
  all(): Mailbox[] {
    return [...this.#byUserId.values()];
  }

  /** The mailbox that mail to an address reaches; null when it is outside, or cannot take mail. */
  byAddress(address: string): Mailbox | null {
    const key = address.toLowerCase();
    const mailbox = this.#byAddress.get(key) ?? this.#byPrincipalName.get(key);
    return mailbox && !unreachable.has(mailbox.state) ? mailbox : null;
  }

  /** The user a request names: by principal name or object id, also with `@<tenant>` as notifications do. */
  find(tenantId: string, idOrName: string): Mailbox | null {
    const key = idOrName.toLowerCase();
    const [, userId = key, tenant = tenantId] = qualifiedId.exec(key) ?? [];
    const mailbox = this.#byUserId.get(userId) ?? this.#byPrincipalName.get(key);
    return mailbox && tenant === tenantId && mailbox.spec.tenantId === tenantId ? mailbox : null;
  }

  /** As {@link find}. Throws Graph's 404. */
  user(tenantId: string, idOrName: string): Mailbox {
    const mailbox = this.find(tenantId, idOrName);
    if (mailbox) return mailbox;
    throw new GraphFault(404, "Request_ResourceNotFound", `Resource '${idOrName}' does not exist.`);
  }

  /** Throws the error that a mailbox in its state answers every request with. */
  checkUsable(mailbox: Mailbox): void {
    switch (mailbox.state) {
      case "normal":
        return;
      case "outOfScope":
        throw new GraphFault(403, "ErrorAccessDenied", "Access to OData is disabled.");
      case "moving":
        throw new GraphFault(
          503,
          "MailboxInfoStale",
          `The database of mailbox '${mailbox.spec.userId}' is currently on backend 'Unknown'.`,
        );
      case "onPremises":
      case "unlicensed":
      case "softDeleted":
        throw this.#missing(mailbox);
    }
  }

  /** The same mailbox answers with one code now and with another an hour later (reported by many). */
  #missing(mailbox: Mailbox): GraphFault {
    const probe = (this.#probes.get(mailbox.spec.userId) ?? 0) + 1;
    this.#probes.set(mailbox.spec.userId, probe);
    return this.#dice.draw("missing mailbox", mailbox.spec.userId, probe) < 0.3
      ? new GraphFault(404, "ResourceNotFound", "Resource could not be discovered.")
      : new GraphFault(
          404,
          "MailboxNotEnabledForRESTAPI",
          "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        );
  }
}
