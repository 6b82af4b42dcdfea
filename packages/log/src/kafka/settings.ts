import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { Clock } from "@hybrid/kernel";
import type { LogLogger } from "../log-logger.ts";

/** Who we are to the brokers. PLAIN sends the password in clear: only over TLS. */
export interface KafkaSasl {
  readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
  readonly username: string;
  readonly password: string;
}

/** Makes the socket of a connection; tests put faults between client and broker here. */
export type KafkaSocketFactory = (to: {
  readonly host: string;
  readonly port: number;
  readonly ssl?: ConnectionOptions;
  readonly onConnect: () => void;
}) => Socket;

/** How a log on Kafka is opened. Durations in milliseconds. */
export interface KafkaLogSettings {
  /** Where to begin, host:port; one that answers is enough, the others are learnt from it. */
  readonly brokers: readonly string[];
  /** How the brokers' own logs and quotas name this process. */
  readonly clientId: string;
  /** The service's clock, for {@link Membership.lastHeartbeatAt}; durations are measured monotonically. */
  readonly clock: Clock;
  readonly logger?: LogLogger;
  /** TLS; `true` trusts the machine's certificate authorities. */
  readonly ssl?: ConnectionOptions | true;
  readonly sasl?: KafkaSasl;
  /**
   * This process's own name in every consumer group that it joins, 1 to 200 of a-z A-Z 0-9 . _ -; another in
   * each process, and the same after a restart (a host's or a pod's). With it a worker that is started again
   * takes the place of the one that died at once (static membership, KIP-345); another live process of the
   * same name is shut out ({@link InstanceTakenError}). Null when left out: the group waits for the
   * session of one that died to end.
   */
  readonly instanceId?: string | null;
  /** Without a heartbeat for this long the group gives a member's partitions away; 45,000 when left out. */
  readonly sessionTimeoutMs?: number;
  /** 200 when left out: how soon a member learns that partitions move. */
  readonly heartbeatIntervalMs?: number;
  /** How long the group waits for a member to rejoin; 60,000 when left out. */
  readonly rebalanceTimeoutMs?: number;
  /** The broker aborts a transaction that is open for longer; 10,000 when left out. */
  readonly transactionTimeoutMs?: number;
  /** A request without an answer fails after this; 8,000 when left out. */
  readonly requestTimeoutMs?: number;
  /** 3,000 when left out. */
  readonly connectionTimeoutMs?: number;
  /** How long an append is tried again before it is refused; 30,000 when left out. */
  readonly appendTimeoutMs?: number;
  /** Copies of each new topic; the brokers' default when left out. */
  readonly replicationFactor?: number;
  /** Journal records at most that a restore reads behind the checkpoint; 8,192 when left out. */
  readonly tailRecordsMax?: number;
  /** Dirty actors reach the checkpoint after this long without a commit; 5,000 when left out. */
  readonly idleFlushMs?: number;
  /** Appends are turned away beyond this many bytes waiting to be sent; 64 MB when left out. */
  readonly pendingBytesMax?: number;
  /** Bytes of source records that are fetched ahead, about, all partitions together; 64 MiB. */
  readonly sourceBytesMax?: number;
  /** Bytes that restores under way read at a time, all together; others wait; 32 MiB when left out. */
  readonly restoreBytesMax?: number;
  /** Bytes of actors whose latest stands in the journal only, about, all together; 128 MiB. */
  readonly dirtyBytesMax?: number;
  readonly socketFactory?: KafkaSocketFactory;
}

/** {@link KafkaLogSettings} with every default filled in. */
export type FilledSettings = Required<Omit<KafkaLogSettings, "logger" | "ssl" | "sasl" | "socketFactory">> &
  Pick<KafkaLogSettings, "logger" | "ssl" | "sasl" | "socketFactory">;

/** Fills in the defaults. */
export const fillSettings = (settings: KafkaLogSettings): FilledSettings => ({
  instanceId: null,
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 200,
  rebalanceTimeoutMs: 60_000,
  transactionTimeoutMs: 10_000,
  requestTimeoutMs: 8_000,
  connectionTimeoutMs: 3_000,
  appendTimeoutMs: 30_000,
  replicationFactor: -1,
  tailRecordsMax: 8_192,
  idleFlushMs: 5_000,
  pendingBytesMax: 64 * 1_024 * 1_024,
  sourceBytesMax: 64 * 1_024 * 1_024,
  restoreBytesMax: 32 * 1_024 * 1_024,
  dirtyBytesMax: 128 * 1_024 * 1_024,
  ...settings,
});
