/** Releases of Apache Kafka that the product is tested with: the newest, and the oldest that is supported. */
export const testedKafka = { newest: "4.1.2", oldest: "3.9.1" } as const;

/**
 * The release that HYBRID_KAFKA_VERSION names: newest, oldest, or a number; the newest when it is not set.
 * Throws for anything else.
 */
export const chosenKafka = (environment: NodeJS.ProcessEnv): string => {
  const given = environment["HYBRID_KAFKA_VERSION"] || "newest";
  if (given === "newest" || given === "oldest") return testedKafka[given];
  if (/^\d+\.\d+\.\d+$/.test(given)) return given;
  throw new KafkaLocalError(
    `HYBRID_KAFKA_VERSION is ${JSON.stringify(given)}, but must be newest, oldest, or a release such as ` +
      testedKafka.newest,
  );
};

/** How clients may speak to a listener; names as in `security.protocol`. */
export type ListenerProtocol = "PLAINTEXT" | "SASL_PLAINTEXT" | "SASL_SSL" | "SSL";

/** SASL mechanisms a user may log in with. */
export type SaslMechanism = "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";

/** Somebody who may log in. */
export interface KafkaUser {
  readonly name: string;
  readonly password: string;
  /** All three when left out. */
  readonly mechanisms?: readonly SaslMechanism[];
}

/** What the broker shows for TLS, as PEM. */
export interface KafkaTls {
  /** Private key, not encrypted; any form that Node reads. */
  readonly key: string;
  /** The broker's certificate, intermediates behind it. */
  readonly certificate: string;
  /** Who may sign clients' certificates; needed when `clientAuth` asks for one. */
  readonly ca?: string;
  /** "none" when left out. */
  readonly clientAuth?: "none" | "requested" | "required";
}

/** A broker that does not let everybody in. */
export interface KafkaSecurity {
  /** One listener each, in this order; the first is what `brokers` names. */
  readonly listeners: readonly ListenerProtocol[];
  readonly users?: readonly KafkaUser[];
  /** Names of users whom no ACL stops. */
  readonly superUsers?: readonly string[];
  /** With it on, users who are no super users may do only what an ACL allows. */
  readonly authorizer?: boolean;
  readonly tls?: KafkaTls;
}

/** What a broker is started with. */
export interface KafkaOptions {
  /** Where its data lies; when left out a temporary folder, removed at stop. */
  readonly folder?: string;
  /** "plaintext" when left out: one listener, everybody may do everything. */
  readonly security?: "plaintext" | KafkaSecurity;
  /** Broker properties that win over ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Largest heap of the broker, in MiB; 512 when left out. */
  readonly heapMb?: number;
  /**
   * A broker that is to be measured: with the compiler that servers run with, which needs a minute of load to
   * warm up. When left out it starts quickly and stays slower. Containers always have that compiler.
   */
  readonly measured?: boolean;
  /** Port of the first listener on 127.0.0.1; a random free one when left out. */
  readonly port?: number;
  /** Gets a line for each step that a person may wait for. */
  readonly onProgress?: (line: string) => void;
}

/** A running broker of one node. */
export interface KafkaBroker {
  /** Address of the first listener as host:port; what a client is given. */
  readonly brokers: readonly string[];
  /** Address of every listener. */
  readonly addresses: Readonly<Partial<Record<ListenerProtocol, string>>>;
  /** Of the broker's own process, as long as it lives; null in a container. */
  readonly pid: number | null;
  readonly folder: string;
  /** Ends it in order (by force after 15 s) and removes a temporary folder. Stopping twice is allowed. */
  stop(): Promise<void>;
  /** Sends a signal; with SIGKILL it resolves when the process is gone. Data and ports stay for `restart`. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): Promise<void>;
  /** The same ports and the same data, also after `kill` and `stop` (unless its folder was temporary). */
  restart(): Promise<void>;
  /** The last lines of its log. */
  logTail(lines: number): string;
}

/** What went wrong and what to do, for the person who started it. */
export class KafkaLocalError extends Error {
  override readonly name = "KafkaLocalError";
}

/** The release that everything here runs, by jars as by container image. */
export const kafkaVersion: string = chosenKafka(process.env);
