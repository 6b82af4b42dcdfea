import type { GroupRequests } from "../client/kafkajs-shapes.ts";
import type { CoordinatorWire } from "./coordinator-wire.ts";
import { protocolName } from "./group-protocol.ts";

/** Runs a request on the coordinator. */
export type CoordinatorCall = <Result>(run: (requests: GroupRequests) => Promise<Result>) => Promise<Result>;

/** How to reach a group's coordinator. */
export interface WireSettings {
  readonly groupId: string;
  /** The member's static identity; null when it has none. */
  readonly instanceId: string | null;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Over a connection that this member has for itself. */
  readonly call: CoordinatorCall;
  /** Over another one, which a join that waits does not hold up. */
  readonly callAside: CoordinatorCall;
  /** Gives the connections up and the coordinator with them; the next call looks for both again. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
}

/** The id that a broker wants a member to join with, when that is what the error says. */
const givenIdIn = (error: unknown): string | undefined => {
  const { type, memberId } = error as { readonly type?: unknown; readonly memberId?: unknown };
  return type === "MEMBER_ID_REQUIRED" && typeof memberId === "string" ? memberId : undefined;
};

/** The coordinator of a group over kafkajs's protocol layer. */
export const kafkajsWire = ({
  groupId,
  instanceId: groupInstanceId,
  call,
  callAside,
  forget,
  close,
  ...timeouts
}: WireSettings): CoordinatorWire => {
  const join = (memberId: string, metadata: Buffer) =>
    call((requests) =>
      requests.joinGroup({
        groupId,
        memberId,
        groupInstanceId,
        sessionTimeout: timeouts.sessionTimeoutMs,
        rebalanceTimeout: timeouts.rebalanceTimeoutMs,
        protocolType: "consumer",
        groupProtocols: [{ name: protocolName, metadata }],
      }),
    );
  return {
    async join({ memberId, subscription, named }) {
      const joined = await join(memberId, subscription).catch((error: unknown) => {
        const given = givenIdIn(error);
        if (given === undefined) throw error;
        named(given);
        return join(given, subscription);
      });
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
      const { memberAssignment } = await call((requests) =>
        requests.syncGroup({ groupId, generationId, memberId, groupInstanceId, groupAssignment }),
      );
      return memberAssignment ?? Buffer.alloc(0);
    },
    async heartbeat({ generationId, memberId }) {
      await callAside((requests) =>
        requests.heartbeat({ groupId, groupGenerationId: generationId, memberId, groupInstanceId }),
      );
    },
    async leave(memberId) {
      await call((requests) => requests.leaveGroup({ groupId, memberId, groupInstanceId }));
    },
    forgetCoordinator: forget,
    close,
  };
};
