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
  subscription: Buffer;
  join: Reply<Joined> | null;
  sync: Reply<Buffer> | null;
  assignment: Buffer;
  expire: Cancel;
}

type Assignments = Parameters<CoordinatorWire["sync"]>[0]["assignments"];

/**
 * Keeps one group as a broker's classic coordinator does (Kafka, GroupCoordinator): the join barrier with its
 * time-out, sessions, generations. It does not notice that a connection has ended.
 */
export class CoordinatorDouble {
  readonly #clock: Scheduler;
  readonly #times: { readonly sessionMs: number; readonly rebalanceMs: number };
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

  join({ memberId, subscription }: { memberId: string; subscription: Buffer }, reply: Reply<Joined>): void {
    if (memberId !== "" && !this.members.has(memberId))
      return reply.reject(new ProtocolError("UNKNOWN_MEMBER_ID"));
    const id = memberId === "" ? `member-${++this.#enrolled}` : memberId;
    const before = this.members.get(id);
    before?.expire();
    const isSame = before?.subscription.equals(subscription) === true;
    this.members.set(id, {
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

  sync(
    request: { generationId: number; memberId: string; assignments: Assignments },
    reply: Reply<Buffer>,
  ): void {
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

  heartbeat(request: { generationId: number; memberId: string }): Error | null {
    const fault = this.#faultOf(request);
    if (fault) return fault;
    this.#touch(request.memberId);
    return this.state === "preparing" ? new ProtocolError("REBALANCE_IN_PROGRESS") : null;
  }

  leave(memberId: string): Error | null {
    if (!this.members.has(memberId)) return new ProtocolError("UNKNOWN_MEMBER_ID");
    this.#remove(memberId);
    return null;
  }

  #member(memberId: string): Enrolled {
    const member = this.members.get(memberId);
    if (!member) throw new Error(`no member ${memberId}`);
    return member;
  }

  #faultOf({ generationId, memberId }: { generationId: number; memberId: string }): Error | null {
    if (!this.members.has(memberId)) return new ProtocolError("UNKNOWN_MEMBER_ID");
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
    if (this.state !== "preparing" || [...this.members.values()].some(({ join }) => !join)) return;
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
