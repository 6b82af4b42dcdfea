import type { Cancel, Scheduler } from "@hybrid/kernel";
import { plus } from "@hybrid/kernel";
import type { CoordinatorWire, Joined } from "../../src/kafka/group/coordinator-wire.ts";

/** As kafkajs makes it of a broker's error code. */
export class ProtocolError extends Error {
  override readonly name = "KafkaJSProtocolError";
  readonly type: string;

  constructor(type: string) {
    super(`the broker says ${type}`);
    this.type = type;
  }
}

/** As kafkajs makes it of a lost connection. */
export class ConnectionError extends Error {
  override readonly name = "KafkaJSConnectionError";
}

/** How an answer goes back; called once. */
export interface Reply<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface Enrolled {
  readonly instanceId: string | null;
  subscription: Buffer;
  join: Reply<Joined> | null;
  sync: Reply<Buffer> | null;
  assignment: Buffer;
  expire: Cancel;
}

/** Who asks. */
interface From {
  readonly generationId: number;
  readonly memberId: string;
  readonly instanceId: string | null;
}

type Joining = Pick<From, "memberId" | "instanceId"> & { readonly subscription: Buffer };

type Enrolment = Pick<From, "instanceId"> & { readonly id: string; readonly subscription: Buffer };

type Assignments = Parameters<CoordinatorWire["sync"]>[0]["assignments"];

/**
 * Keeps one group as a broker's classic coordinator does (Kafka, GroupCoordinator): the join barrier with its
 * time-out, sessions, generations. It does not notice that a connection has ended.
 */
export class CoordinatorDouble {
  readonly #clock: Scheduler;
  readonly #times: { readonly sessionMs: number; readonly rebalanceMs: number };
  /** Ids that were given to members that have not joined with them yet; a generation waits for them. */
  readonly #named = new Map<string, Cancel>();
  readonly members = new Map<string, Enrolled>();
  generationId = 0;
  state: "empty" | "preparing" | "completing" | "stable" = "empty";
  #leaderId = "";
  #enrolled = 0;
  #deadline: Cancel = () => undefined;

  constructor(clock: Scheduler, times: { readonly sessionMs: number; readonly rebalanceMs: number }) {
    this.#clock = clock;
    this.#times = times;
  }

  /** The id that a dynamic member has to join with. */
  name(): string {
    const id = `member-${++this.#enrolled}`;
    const { sessionMs } = this.#times;
    this.#named.set(
      id,
      this.#clock.at(plus(this.#clock.now(), sessionMs), () => this.#unname(id)),
    );
    return id;
  }

  join({ memberId, instanceId, subscription }: Joining, reply: Reply<Joined>): void {
    const isNamed = this.#named.has(memberId);
    this.#named.get(memberId)?.();
    this.#named.delete(memberId);
    if (memberId === "" && instanceId !== null) return this.#joinAs(instanceId, subscription, reply);
    const fault = isNamed ? null : this.#strangerFault(memberId, instanceId);
    if (fault) return reply.reject(fault);
    this.#enrol({ id: memberId, instanceId, subscription }, reply);
  }

  /** A static member that has no id: it takes the place that its instance has, and what that was given. */
  #joinAs(instanceId: string, subscription: Buffer, reply: Reply<Joined>): void {
    const id = `${instanceId}-${++this.#enrolled}`;
    const former = this.#placeOf(instanceId);
    if (former === undefined) return this.#enrol({ id, instanceId, subscription }, reply);
    const member = this.#member(former);
    const leaderId = this.#leaderId;
    member.expire();
    this.members.delete(former);
    member.join?.reject(new ProtocolError("FENCED_INSTANCE_ID"));
    member.sync?.reject(new ProtocolError("FENCED_INSTANCE_ID"));
    this.members.set(id, { ...member, subscription, join: null, sync: null });
    if (leaderId === former) this.#leaderId = id;
    if (this.state !== "stable") return this.#enrol({ id, instanceId, subscription }, reply);
    this.#touch(id);
    // The leader of before is named, so that nobody takes itself for one who has to share anything.
    reply.resolve({ generationId: this.generationId, memberId: id, leaderId, members: [] });
  }

  #enrol({ id, instanceId, subscription }: Enrolment, reply: Reply<Joined>): void {
    const before = this.members.get(id);
    before?.expire();
    const isSame = before?.subscription.equals(subscription) === true;
    this.members.set(id, {
      instanceId,
      subscription,
      join: null,
      sync: before?.sync ?? null,
      assignment: before?.assignment ?? Buffer.alloc(0),
      expire: () => undefined,
    });
    if (isSame && (this.state === "completing" || (this.state === "stable" && id !== this.#leaderId))) {
      this.#touch(id);
      return reply.resolve(this.#joined(id, this.state === "completing"));
    }
    const enrolled = this.#member(id);
    enrolled.join = reply;
    if (this.state !== "preparing") this.#prepare();
    this.#completeIfAllJoined();
  }

  sync(request: From & { assignments: Assignments }, reply: Reply<Buffer>): void {
    const fault = this.#faultOf(request);
    if (fault) return reply.reject(fault);
    if (this.state === "preparing") return reply.reject(new ProtocolError("REBALANCE_IN_PROGRESS"));
    const member = this.#member(request.memberId);
    if (this.state === "stable") return reply.resolve(member.assignment);
    member.sync = reply;
    if (request.memberId !== this.#leaderId) return;
    for (const { memberId, assignment } of request.assignments) {
      const each = this.members.get(memberId);
      if (each) each.assignment = assignment;
    }
    this.state = "stable";
    for (const [id, each] of this.members) {
      const waiting = each.sync;
      each.sync = null;
      this.#touch(id);
      waiting?.resolve(each.assignment);
    }
  }

  heartbeat(request: From): Error | null {
    const fault = this.#faultOf(request);
    if (fault) return fault;
    this.#touch(request.memberId);
    return this.state === "preparing" ? new ProtocolError("REBALANCE_IN_PROGRESS") : null;
  }

  leave(memberId: string, instanceId: string | null = null): Error | null {
    if (this.#named.has(memberId)) {
      this.#unname(memberId);
      return null;
    }
    const id = memberId === "" && instanceId !== null ? (this.#placeOf(instanceId) ?? "") : memberId;
    const fault = this.#strangerFault(id, instanceId);
    if (!fault) this.#remove(id);
    return fault;
  }

  #placeOf(instanceId: string): string | undefined {
    return [...this.members].find(([, member]) => member.instanceId === instanceId)?.[0];
  }

  #unname(memberId: string): void {
    this.#named.get(memberId)?.();
    this.#named.delete(memberId);
    this.#completeIfAllJoined();
  }

  #strangerFault(memberId: string, instanceId: string | null): Error | null {
    const place = instanceId === null ? undefined : this.#placeOf(instanceId);
    if (place !== undefined && place !== memberId) return new ProtocolError("FENCED_INSTANCE_ID");
    return this.members.has(memberId) ? null : new ProtocolError("UNKNOWN_MEMBER_ID");
  }

  #member(memberId: string): Enrolled {
    const member = this.members.get(memberId);
    if (!member) throw new Error(`no member ${memberId}`);
    return member;
  }

  #faultOf({ generationId, memberId, instanceId }: From): Error | null {
    const fault = this.#strangerFault(memberId, instanceId);
    if (fault) return fault;
    return generationId === this.generationId ? null : new ProtocolError("ILLEGAL_GENERATION");
  }

  #joined(memberId: string, withMembers: boolean): Joined {
    const members = [...this.members].map(([id, { subscription }]) => ({ memberId: id, subscription }));
    const isLeader = memberId === this.#leaderId && withMembers;
    const { generationId } = this;
    return { generationId, memberId, leaderId: this.#leaderId, members: isLeader ? members : [] };
  }

  #prepare(): void {
    this.state = "preparing";
    for (const member of this.members.values()) {
      member.sync?.reject(new ProtocolError("REBALANCE_IN_PROGRESS"));
      member.sync = null;
    }
    this.#deadline();
    this.#deadline = this.#clock.at(plus(this.#clock.now(), this.#times.rebalanceMs), () => {
      for (const [id, member] of this.members)
        if (!member.join) {
          member.expire();
          this.members.delete(id);
        }
      this.#completeIfAllJoined();
    });
  }

  #completeIfAllJoined(): void {
    if (this.state !== "preparing" || this.#named.size > 0) return;
    if ([...this.members.values()].some(({ join }) => !join)) return;
    this.#deadline();
    this.generationId += 1;
    this.state = this.members.size === 0 ? "empty" : "completing";
    if (!this.members.has(this.#leaderId)) this.#leaderId = [...this.members.keys()][0] ?? "";
    for (const [id, member] of this.members) {
      const waiting = member.join;
      member.join = null;
      member.assignment = Buffer.alloc(0);
      this.#touch(id);
      waiting?.resolve(this.#joined(id, true));
    }
  }

  #touch(memberId: string): void {
    const member = this.#member(memberId);
    member.expire();
    member.expire = this.#clock.at(plus(this.#clock.now(), this.#times.sessionMs), () => {
      if (member.join || member.sync) this.#touch(memberId);
      else if (this.members.get(memberId) === member) this.#remove(memberId);
    });
  }

  #remove(memberId: string): void {
    const member = this.#member(memberId);
    member.expire();
    this.members.delete(memberId);
    member.join?.reject(new ProtocolError("UNKNOWN_MEMBER_ID"));
    member.sync?.reject(new ProtocolError("UNKNOWN_MEMBER_ID"));
    if (this.state !== "preparing") this.#prepare();
    this.#completeIfAllJoined();
  }
}
