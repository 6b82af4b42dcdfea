import {
  type AdminCommand,
  type ArchiveCommand,
  type Audited,
  adminCommands,
  adminCommandValue,
  archiveCommands,
  archiveCommandValue,
  auditEntry,
  auditLog,
  controlKey,
  controlTopic,
  controlValue,
  type GroupCommand,
  groupCommands,
  groupCommandValue,
  meetingRuleOrders,
  meetingRulesKey,
  migrationCommands,
  migrationCommandValue,
  type OrderTerms,
  type OrganisationMode,
  organisationModeKey,
  organisationModes,
  type PeopleSource,
  roomCommands,
  syncKey,
  syncOrders,
  type TopicContract,
  userOrderKey,
} from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  type Clock,
  type OrgId,
  partitionOf,
  tenantActor,
  userActor,
} from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import type { HttpLog, Seal } from "@hybrid/service";

/** What orders are written with. */
export interface OrderPorts {
  readonly log: HttpLog;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly partitions: number;
}

/** Who gives an order, and what is written of it into the audit log. */
export interface Act extends Audited {
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
    act: Act,
    orders: readonly { readonly user: string; readonly command: AdminCommand; readonly terms: OrderTerms }[],
    isNoted: boolean,
  ): Promise<void> {
    const at = this.#ports.clock.now();
    const records = orders.map(({ user, command, terms }) =>
      this.#record(adminCommands, userOrderKey(act.org, user), adminCommandValue(command, at, terms)),
    );
    if (isNoted) await this.#append(act, records);
    else await this.#ports.log.append(records);
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

  /** As {@link ofUser}, about a connector; what an order does not use is left out. */
  async ofConnector(
    act: Act,
    connector: string,
    order: Partial<ArchiveCommand> & Pick<ArchiveCommand, "kind">,
  ): Promise<void> {
    const command = archiveCommandValue(act.org, {
      by: act.by,
      terms: null,
      pollEveryMs: null,
      from: null,
      to: null,
      requestedAt: this.#ports.clock.now(),
      ...order,
    });
    const value = await this.#ports.seal(command);
    await this.#write(act, archiveCommands, actorIdOf(`${act.org}/c-${connector}`), value);
  }

  /** As {@link ofUser}: these sources of people are read now, and regularly from then on. */
  async ofPeople(act: Act, sources: readonly PeopleSource[]): Promise<void> {
    const order = { full: false, go: true, requestedAt: this.#ports.clock.now() };
    await this.#append(
      act,
      sources.map((source) => this.#record(syncOrders, syncKey(act.org, source), order)),
    );
  }

  /** As {@link ofUser}: whether these services only observe the organisation; a copy for every partition. */
  async ofMode(act: Act, services: readonly string[], on: boolean): Promise<void> {
    const order = { kind: "observe", org: act.org, on } as const;
    const since = this.#ports.clock.now();
    const value = controlValue(order, since);
    const copies = Array.from({ length: this.#ports.partitions }, (_, partition) => partition);
    const ordered = services.flatMap((service) => {
      const record = this.#record(controlTopic(service), actorIdOf(controlKey(order)), value);
      return copies.map((partition) => ({ ...record, partition }));
    });
    await this.#append(act, [...ordered, this.#mode(act.org, { mode: on ? "observe" : "live", since })]);
  }

  /** Writes down for good which mode an organisation was given earlier. */
  async keepMode(org: OrgId, mode: OrganisationMode): Promise<void> {
    await this.#ports.log.append([this.#mode(org, mode)]);
  }

  /** As {@link ofUser}: these are the organisation's own rules for addresses; null: it has none. */
  async ofRules(act: Act, document: string | null, version: number): Promise<void> {
    const requestedAt = this.#ports.clock.now();
    const order = { document, requestedAt, ifMatch: version, orderId: act.orderId };
    await this.#write(act, meetingRuleOrders, meetingRulesKey(act.org), order);
  }

  /** As {@link ofUser}: a mailbox that may have moved is looked at now. */
  async ofMove(act: Act, user: string): Promise<void> {
    const value = migrationCommandValue({ kind: "force" }, this.#ports.clock.now());
    await this.#write(act, migrationCommands, userActor(act.org, user), value);
  }

  /** As {@link ofUser}: devices show the meetings of rooms of this tenant; null: of none. */
  async ofRooms(act: Act, tenantId: string | null): Promise<void> {
    const requestedAt = this.#ports.clock.now();
    const kind = tenantId === null ? "stop" : "follow";
    await this.#write(act, roomCommands, actorIdOf(`${act.org}/o`), { kind, tenantId, requestedAt });
  }

  /** Writes into the audit log what is done at once and goes by no topic. */
  async note(act: Act): Promise<void> {
    await this.#append(act, []);
  }

  async #write<Value>(act: Act, topic: TopicContract<Value>, key: ActorId, value: Value): Promise<void> {
    await this.#append(act, [this.#record(topic, key, value)]);
  }

  async #append({ org, ...act }: Act, records: readonly OutgoingRecord[]): Promise<void> {
    const entry = await this.#ports.seal(auditEntry(org, act, this.#ports.clock.now()));
    await this.#ports.log.append([...records, this.#record(auditLog, actorIdOf(`${org}/o`), entry)]);
  }

  #mode(org: OrgId, mode: OrganisationMode): OutgoingRecord {
    return this.#record(organisationModes, actorIdOf(organisationModeKey(org)), mode);
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
