import { LogUnavailableError, UnknownTopicError } from "../../errors.ts";
import type { FilledSettings } from "../settings.ts";
import { AccessDeniedError, coordinatorError, principalOf, type Right } from "./access.ts";
import { handshakeError } from "./handshake-errors.ts";
import { openBroker } from "./kafkajs.ts";
import { fitReauthentication } from "./kafkajs-corrections.ts";
import type {
  KafkajsAddress,
  KafkajsBroker,
  KafkajsConnection,
  MetadataResponse,
  ProtocolRequest,
} from "./kafkajs-shapes.ts";
import { backoffMs, pause } from "./pause.ts";
import {
  BrokerError,
  isConnectionLost,
  isCoordinatorMoved,
  isFinding,
  isFromBrokers,
  isPassing,
  isRefused,
  isUnforeseen,
  logErrorOf,
} from "./protocol-errors.ts";

/**
 * What a connection is for. A broker answers the requests of one connection one after the other, so that
 * whatever may wait (fetches, joining a group) has a connection of its own.
 */
export type Lane = string;

/** An open connection to a broker. */
export interface Link {
  readonly broker: KafkajsBroker;
  send<Result>(request: ProtocolRequest<Result>): Promise<Result>;
}

/** Where a coordinator is kept: of a consumer group, or of a transactional id. */
export type CoordinatorKind = "group" | "transaction";

interface OpenLink extends Link {
  readonly connection: KafkajsConnection;
}

/** Leaders of a topic's partitions, by partition. */
export type Leaders = readonly number[];

const metadataMaxAgeMs = 60_000;

const coordinatorTypes: Readonly<Record<CoordinatorKind, number>> = { group: 0, transaction: 1 };

/** The brokers of one Kafka cluster: who leads which partition, and a connection to each for each lane. */
export class Cluster {
  readonly settings: FilledSettings;
  readonly #links = new Map<string, Promise<OpenLink>>();
  readonly #topics = new Map<string, { readonly leaders: Leaders; readonly at: number }>();
  readonly #asking = new Map<string, Promise<void>>();
  readonly #coordinators = new Map<string, number>();
  #nodes = new Map<number, { readonly host: string; readonly port: number }>();
  #seed = 0;
  #closed = false;

  constructor(settings: FilledSettings) {
    this.settings = settings;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whom the brokers take us for, as `User:name`. */
  get principal(): string {
    return principalOf(this.settings);
  }

  /** The error of a broker's answer for one partition, met where we needed `right` on its topic. */
  answerError(code: number, what: string, needs: { readonly right: Right; readonly topic: string }): Error {
    const error = new BrokerError(code, what);
    if (error.type !== "TOPIC_AUTHORIZATION_FAILED") return error;
    const { principal } = this;
    const { right, topic } = needs;
    const denial = { principal, right, resource: `topic ${topic}`, type: error.type };
    return new AccessDeniedError(denial, { cause: error });
  }

  /** Sends to one broker. A connection that fails is given up; the next call opens another. */
  async call<Result>(nodeId: number, lane: Lane, run: (link: Link) => Promise<Result>): Promise<Result> {
    const node = this.#nodes.get(nodeId);
    if (!node) {
      await this.refresh();
      if (!this.#nodes.has(nodeId))
        throw new LogUnavailableError(`broker ${nodeId} is not in the cluster at present`);
    }
    return this.#over(`${nodeId}/${lane}`, () => this.#nodes.get(nodeId) ?? node, run);
  }

  /** Sends to whichever broker answers. */
  async callAny<Result>(run: (link: Link) => Promise<Result>): Promise<Result> {
    const addresses = [...new Set([...this.settings.brokers, ...[...this.#nodes.values()].map(addressText)])];
    let last: unknown;
    for (let attempt = 0; attempt < addresses.length; attempt++) {
      const address = addresses[(this.#seed + attempt) % addresses.length] ?? "";
      try {
        const result = await this.#over(`seed ${address}`, () => parseAddress(address), run);
        this.#seed = (this.#seed + attempt) % addresses.length;
        return result;
      } catch (error) {
        if (!isConnectionLost(error)) throw error;
        last = error;
      }
    }
    throw logErrorOf(last, `none of the brokers ${addresses.join(", ")} answers`);
  }

  /** Sends to the coordinator of a group or transactional id. */
  async callCoordinator<Result>(
    of: { readonly kind: CoordinatorKind; readonly id: string; readonly lane: Lane },
    run: (link: Link) => Promise<Result>,
  ): Promise<Result> {
    const key = `${of.kind} ${of.id}`;
    try {
      const nodeId = this.#coordinators.get(key) ?? (await this.#findCoordinator(of.kind, of.id));
      this.#coordinators.set(key, nodeId);
      return await this.call(nodeId, of.lane, run);
    } catch (error) {
      if (isCoordinatorMoved(error) || isConnectionLost(error)) this.#coordinators.delete(key);
      throw coordinatorError(error, { ...of, principal: this.principal });
    }
  }

  /** What is remembered of a coordinator may be wrong: looks for it when it is needed next. */
  forgetCoordinator(kind: CoordinatorKind, id: string): void {
    this.#coordinators.delete(`${kind} ${id}`);
  }

  /** The leader of each partition of a topic. Rejects with UnknownTopicError. */
  async leaders(topic: string): Promise<Leaders> {
    this.#mustBeOpen();
    const known = this.#topics.get(topic);
    if (!known) {
      await this.#learn(topic);
      return this.#topics.get(topic)?.leaders ?? unknownTopic(topic);
    }
    if (performance.now() - known.at > metadataMaxAgeMs) this.#learnAnew(topic, known.leaders);
    return known.leaders;
  }

  /** The leader of one partition. Rejects with UnknownTopicError. */
  async leader(topic: string, partition: number): Promise<number> {
    const leaders = await this.leaders(topic);
    const leader = leaders[partition];
    if (leader === undefined || leader < 0) this.forget(topic);
    if (leader === undefined)
      throw new UnknownTopicError(
        `topic ${topic} has ${leaders.length} partitions, from 0; there is no partition ${partition}`,
      );
    if (leader < 0)
      throw new LogUnavailableError(`partition ${partition} of topic ${topic} has no leader at present`);
    return leader;
  }

  /** What is remembered of a topic may be wrong: asks again when it is needed next. */
  forget(topic: string): void {
    this.#topics.delete(topic);
  }

  /** Asks for metadata: of these topics, or of the brokers alone. Rejects with UnknownTopicError. */
  async refresh(topics: readonly string[] = []): Promise<void> {
    this.#mustBeOpen();
    const answer = await this.metadata(topics);
    for (const { topic, partitionMetadata } of answer.topicMetadata) {
      const leaders: number[] = [];
      for (const { partitionId, leader } of partitionMetadata) leaders[partitionId] = leader;
      this.#topics.set(topic, { leaders, at: performance.now() });
    }
  }

  /** The brokers' metadata of these topics, or of all of them when none is named. */
  async metadata(topics: readonly string[]): Promise<MetadataResponse> {
    try {
      const answer = await this.callAny(({ broker }) => broker.metadata(topics));
      this.#nodes = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
      return answer;
    } catch (error) {
      if ((error as { type?: string }).type === "UNKNOWN_TOPIC_OR_PARTITION") {
        for (const topic of topics) this.forget(topic);
        unknownTopic(topics.join(", "));
      }
      throw error;
    }
  }

  /**
   * Tries until it succeeds, the time is up or trying cannot help; loudly where nobody has foreseen what went
   * wrong. The error of the last attempt becomes one of the log's port.
   */
  async persist<Result>(
    what: string,
    run: () => Promise<Result>,
    { forMs, firstMs = 20 }: { readonly forMs: number; readonly firstMs?: number },
  ): Promise<Result> {
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt++) {
      try {
        this.#mustBeOpen();
        return await run();
      } catch (error) {
        if (isFinding(error)) throw error;
        const isOdd = isUnforeseen(error);
        const isAway = isPassing(error) || (error instanceof LogUnavailableError && !isRefused(error));
        if (!(isOdd || isAway) || this.#closed || performance.now() - startedAt > forMs)
          throw logErrorOf(error, what);
        if (isOdd) this.#warn({ attempt, error }, `${what} failed as nobody knows it; it is tried again`);
        await pause(backoffMs(attempt, firstMs, 1_000));
      }
    }
  }

  /** Ends every connection of a lane. */
  async closeLane(lane: Lane): Promise<void> {
    const ends = [...this.#links].filter(([key]) => key.endsWith(`/${lane}`));
    await this.#closeLinks(ends.map(([key]) => key));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#closeLinks([...this.#links.keys()]);
  }

  async #closeLinks(keys: readonly string[]): Promise<void> {
    const links = keys.map((key) => this.#links.get(key)).filter((link) => link !== undefined);
    for (const key of keys) this.#links.delete(key);
    for (const link of await Promise.allSettled(links))
      if (link.status === "fulfilled") this.#destroy(link.value.connection);
  }

  /** Asks once for a topic, however many want to know. */
  #learn(topic: string): Promise<void> {
    let asking = this.#asking.get(topic);
    if (!asking) {
      asking = this.refresh([topic]).finally(() => this.#asking.delete(topic));
      this.#asking.set(topic, asking);
    }
    return asking;
  }

  /**
   * What is old is most likely still true: a caller need not wait for news, and need not fail with the
   * question. It is asked again when it is as old once more.
   */
  #learnAnew(topic: string, leaders: Leaders): void {
    this.#topics.set(topic, { leaders, at: performance.now() });
    this.#learn(topic).catch((error: unknown) =>
      this.#warn({ topic, error }, "the leaders of a topic could not be asked for; those of before are used"),
    );
  }

  #warn(
    { error, ...fields }: { readonly error: unknown; readonly topic?: string; readonly attempt?: number },
    message: string,
  ): void {
    const { name, code, type } = error as { name?: string; code?: unknown; type?: string };
    if (!this.#closed) this.settings.logger?.warn({ ...fields, error: name, code: type ?? code }, message);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new LogUnavailableError("the log on Kafka has been closed");
  }

  async #findCoordinator(kind: CoordinatorKind, id: string): Promise<number> {
    const { coordinator } = await this.callAny(({ broker }) =>
      broker.findGroupCoordinator({ groupId: id, coordinatorType: coordinatorTypes[kind] }),
    );
    this.#nodes.set(coordinator.nodeId, coordinator);
    return coordinator.nodeId;
  }

  async #over<Result>(
    key: string,
    address: () => { readonly host: string; readonly port: number } | undefined,
    run: (link: Link) => Promise<Result>,
  ): Promise<Result> {
    this.#mustBeOpen();
    let opening = this.#links.get(key);
    if (!opening) {
      const to = address();
      if (!to) throw new LogUnavailableError(`no address is known for ${key}`);
      opening = this.#open(to);
      this.#links.set(key, opening);
    }
    const link = await this.#opened(key, opening);
    try {
      return await run(link);
    } catch (error) {
      if (isConnectionLost(error) || isRefused(error)) {
        this.#forgetLink(key, opening);
        this.#destroy(link.connection);
      }
      throw error;
    }
  }

  /** One that did not open, for whatever reason, is not waited for by the next caller. */
  async #opened(key: string, opening: Promise<OpenLink>): Promise<OpenLink> {
    try {
      return await opening;
    } catch (error) {
      this.#forgetLink(key, opening);
      throw error;
    }
  }

  #forgetLink(key: string, link: Promise<OpenLink>): void {
    if (this.#links.get(key) === link) this.#links.delete(key);
  }

  #destroy(connection: KafkajsConnection): void {
    connection.socket?.destroy();
    connection.rejectRequests(new LogUnavailableError("the connection was given up"));
    // Ends its timers; with nothing in flight any more it has nothing to wait for.
    connection
      .disconnect()
      .catch((error: unknown) => this.#warn({ error }, "a connection could not be taken down in good order"));
  }

  async #open({ host, port }: { readonly host: string; readonly port: number }): Promise<OpenLink> {
    const { settings } = this;
    const address: KafkajsAddress = {
      host,
      port,
      clientId: settings.clientId,
      requestTimeout: settings.requestTimeoutMs,
      connectionTimeout: settings.connectionTimeoutMs,
      socketFactory: settings.socketFactory,
      ssl: settings.ssl === true ? {} : (settings.ssl ?? null),
      // kafkajs writes into it.
      sasl: settings.sasl ? { ...settings.sasl } : null,
    };
    const { broker, connection } = openBroker(address);
    try {
      await broker.connect();
      fitReauthentication(connection);
    } catch (error) {
      this.#destroy(connection);
      const { ssl, sasl } = settings;
      throw isFromBrokers(error)
        ? handshakeError(error, { address: addressText(address), ssl, sasl })
        : error;
    }
    const link = {
      broker,
      connection,
      send: <Result>(request: ProtocolRequest<Result>) => connection.send(request),
    };
    if (this.#closed) this.#destroy(connection);
    return link;
  }
}

const addressText = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

const parseAddress = (text: string): { readonly host: string; readonly port: number } => {
  const at = text.lastIndexOf(":");
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(text.slice(at + 1)) };
};

const unknownTopic = (topic: string): never => {
  throw new UnknownTopicError(`there is no topic ${topic}; \`hybrid topics create\` makes what is missing`);
};
