import type { CoordinatorWire } from "./coordinator-wire.ts";
import { protocolName } from "./group-protocol.ts";

/** The four requests of kafkajs's Broker that a member needs (kafkajs 2.2.4, src/broker/index.js). */
export interface GroupBroker {
  /** Answers a broker that asks for a member id first by itself: it joins again with the given one. */
  joinGroup(request: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<{
    readonly generationId: number;
    readonly memberId: string;
    readonly leaderId: string;
    readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
  }>;
  syncGroup(request: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer | null }>;
  heartbeat(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
}

/** How to reach a group's coordinator. */
export interface WireSettings {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Runs a request on the coordinator, over a connection that this member has for itself. */
  readonly call: <Result>(run: (broker: GroupBroker) => Promise<Result>) => Promise<Result>;
  /** Gives the connection up and the coordinator with it; the next call looks for both anew. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
}

/** The coordinator of a group over kafkajs's protocol layer. */
export const kafkajsWire = ({
  groupId,
  call,
  forget,
  close,
  ...timeouts
}: WireSettings): CoordinatorWire => ({
  async join({ memberId, subscription }) {
    const joined = await call((broker) =>
      broker.joinGroup({
        groupId,
        memberId,
        sessionTimeout: timeouts.sessionTimeoutMs,
        rebalanceTimeout: timeouts.rebalanceTimeoutMs,
        groupProtocols: [{ name: protocolName, metadata: subscription }],
      }),
    );
    const members = joined.members.map((member) => ({
      memberId: member.memberId,
      subscription: member.memberMetadata,
    }));
    const { generationId, leaderId } = joined;
    return { generationId, leaderId, memberId: joined.memberId, members };
  },
  async sync({ generationId, memberId, assignments }) {
    const groupAssignment = assignments.map((each) => ({
      memberId: each.memberId,
      memberAssignment: each.assignment,
    }));
    const { memberAssignment } = await call((broker) =>
      broker.syncGroup({ groupId, generationId, memberId, groupAssignment }),
    );
    return memberAssignment ?? Buffer.alloc(0);
  },
  async heartbeat({ generationId, memberId }) {
    await call((broker) => broker.heartbeat({ groupId, groupGenerationId: generationId, memberId }));
  },
  async leave(memberId) {
    await call((broker) => broker.leaveGroup({ groupId, memberId }));
  },
  forgetCoordinator: forget,
  close,
});
