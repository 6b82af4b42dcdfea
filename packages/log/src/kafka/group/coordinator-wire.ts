/** The answer to a join: the generation that has begun. */
export interface Joined {
  readonly generationId: number;
  /** Ours; the coordinator chooses it at the first join. */
  readonly memberId: string;
  readonly leaderId: string;
  /** All members with their subscriptions; empty for everybody but the leader. */
  readonly members: readonly { readonly memberId: string; readonly subscription: Buffer }[];
}

/** A place in a generation. */
export interface Seat {
  readonly generationId: number;
  readonly memberId: string;
}

/**
 * The way to the coordinator of one group (Kafka protocol: JoinGroup, SyncGroup, Heartbeat, LeaveGroup).
 * Every call may reject with an error of kafkajs: a protocol error with its `type`, or one of the connection.
 *
 * A broker answers the requests of one connection in order, and a join waits there for the whole group: the
 * wire needs connections of its own for each member, one for its heartbeats and one for the rest.
 */
export interface CoordinatorWire {
  /**
   * Waits until every member has joined. `memberId` is "" at the first join; a coordinator that wants the
   * member to have an id before it lets it wait gives one, which `named` hears.
   */
  join(request: {
    readonly memberId: string;
    readonly subscription: Buffer;
    readonly named: (memberId: string) => void;
  }): Promise<Joined>;
  /** Waits until the leader has sent the assignments (nobody else sends any); resolves with our own. */
  sync(
    request: Seat & {
      readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[];
    },
  ): Promise<Buffer>;
  heartbeat(seat: Seat): Promise<void>;
  /** A member with a static identity may go before it has learnt its id: "" stands for any. */
  leave(memberId: string): Promise<void>;
  /**
   * The next call looks for the coordinator again and opens a fresh connection. What is still in flight on
   * the old one may reject or never be answered.
   */
  forgetCoordinator(): void;
  close(): Promise<void>;
}
