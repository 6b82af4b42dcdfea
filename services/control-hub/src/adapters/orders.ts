import {
  type AdminCommand,
  type ArchiveCommand,
  type AuditEntry,
  adminCommands,
  adminCommandValue,
  archiveCommands,
  auditLog,
  type GroupCommand,
  groupCommands,
  groupCommandValue,
  type OrderTerms,
  type TopicContract,
  userOrderKey,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, type Clock, type OrgId, partitionOf, tenantActor } from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import type { HttpLog } from "@hybrid/service";

/** What orders are written with. */
export interface OrderPorts {
  readonly log: HttpLog;
  readonly clock: Clock;
  readonly partitions: number;
}

/** Who gives an order, and what is written of it into the audit log. */
export interface Act extends Omit<AuditEntry, "at"> {
  readonly org: OrgId;
}

/** Writes orders of administrators down, each with its entry in the audit log, in one append. */
export class Orders {
  readonly #ports: OrderPorts;

  constructor(ports: OrderPorts) {
    this.#ports = ports;
  }

  /** Durable when it resolves. Rejects as the log does. */
  async ofUser(act: Act, user: string, command: AdminCommand, terms: OrderTerms): Promise<void> {
    const at = this.#ports.clock.now();
    const value = adminCommandValue(command, at, terms);
    await this.#write(act, adminCommands, userOrderKey(act.org, user), value);
  }

  /** As {@link ofUser}, about many, all or none; `isNoted`: whether the entry is written with them. */
  async ofUsers(
    { org, ...act }: Act,
    orders: readonly { readonly user: string; readonly command: AdminCommand; readonly terms: OrderTerms }[],
    isNoted: boolean,
  ): Promise<void> {
    const at = this.#ports.clock.now();
    const records = orders.map(({ user, command, terms }) =>
      this.#record(adminCommands, userOrderKey(org, user), adminCommandValue(command, at, terms)),
    );
    const entry = this.#record<AuditEntry>(auditLog, actorIdOf(`${org}/o`), { ...act, at });
    await this.#ports.log.append(isNoted ? [...records, entry] : records);
  }

  /** As {@link ofUser}, about a tenant. */
  async ofTenant(act: Act, tenantId: string, command: AdminCommand): Promise<void> {
    const value = adminCommandValue(command, this.#ports.clock.now());
    await this.#write(act, adminCommands, tenantActor(act.org, tenantId), value);
  }

  /** As {@link ofUser}, about groups: of one team, or of the organisation where it is null. */
  async ofGroups(act: Act, team: string | null, command: GroupCommand): Promise<void> {
    const key = actorIdOf(`${act.org}/${team === null ? "o" : `r-${team}`}`);
    await this.#write(act, groupCommands, key, groupCommandValue(command, this.#ports.clock.now()));
  }

  /** As {@link ofUser}, about a connector. */
  async ofConnector(act: Act, connector: string, kind: "pause" | "resume"): Promise<void> {
    const command: ArchiveCommand = {
      kind,
      by: act.by,
      terms: null,
      pollEveryMs: null,
      from: null,
      to: null,
      requestedAt: this.#ports.clock.now(),
    };
    await this.#write(act, archiveCommands, actorIdOf(`${act.org}/c-${connector}`), command);
  }

  /** Writes into the audit log what was done without an order. */
  async note({ org, ...act }: Act): Promise<void> {
    const entry: AuditEntry = { ...act, at: this.#ports.clock.now() };
    await this.#ports.log.append([this.#record(auditLog, actorIdOf(`${org}/o`), entry)]);
  }

  async #write<Value>(
    { org, ...act }: Act,
    topic: TopicContract<Value>,
    key: ActorId,
    value: Value,
  ): Promise<void> {
    const entry: AuditEntry = { ...act, at: this.#ports.clock.now() };
    await this.#ports.log.append([
      this.#record(topic, key, value),
      this.#record(auditLog, actorIdOf(`${org}/o`), entry),
    ]);
  }

  #record<Value>(topic: TopicContract<Value>, key: ActorId, value: Value): OutgoingRecord {
    return {
      topic: topic.name,
      partition: partitionOf(key, this.#ports.partitions),
      key,
      value: topic.encode(value),
      timestamp: this.#ports.clock.now(),
    };
  }
}
