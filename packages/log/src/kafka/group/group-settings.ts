import type { Random, Scheduler } from "@hybrid/kernel";
import type { GroupListener, GroupSettings } from "../../port.ts";
import type { CoordinatorWire } from "./coordinator-wire.ts";

/** Where a member tells of its outages; pino fits. Fields hold ids, never content. */
export interface GroupLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Times of a membership, in milliseconds. */
export interface MemberTimes {
  /** Without a heartbeat for this time the coordinator gives our partitions to others. */
  readonly sessionTimeoutMs: number;
  /** Between two heartbeats; 200 when left out. */
  readonly heartbeatIntervalMs?: number;
  /** How long the coordinator waits for all members to join a generation. */
  readonly rebalanceTimeoutMs: number;
  /** How long the group waits for a listener to give a partition back. */
  readonly revokeTimeoutMs: number;
}

/** Hears also when the membership has ended for good, after everything was revoked. */
export interface MemberListener extends GroupListener {
  /** No retry can mend it: a ConfigError says what to do; anything else is a fault of this program. */
  failed?(error: unknown): void;
}

/** What {@link startGroupMember} needs. */
export interface MemberSettings {
  readonly group: GroupSettings;
  /** The topics to subscribe to, as Kafka's tools show them; the other members' may differ in an update. */
  readonly topics: readonly string[];
  /** The member's static identity (KIP-345), with which it comes back to its own place; null for none. */
  readonly instanceId: string | null;
  /** The newest version of states that this worker can read. */
  readonly version: number;
  readonly wire: CoordinatorWire;
  readonly scheduler: Scheduler;
  readonly listener: MemberListener;
  readonly settings: MemberTimes;
  readonly logger: GroupLogger;
  /** Spreads retries; the machine's own when left out. */
  readonly random?: Random;
}
