import type { KafkaSocketFactory } from "../settings.ts";
import { topicDenial } from "./access.ts";
import type { KafkajsConnection, MetadataResponse, ProtocolRequest } from "./kafkajs-shapes.ts";

/** The part of kafkajs's queue of requests that is looked at here. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

/**
 * F4: kafkajs looks at its queue again every millisecond from the first answer on, though nothing waits in it
 * and nothing throttles it; that takes 6 % of a core. With nothing to look for there is nothing to schedule:
 * the code that queues a request schedules the look itself.
 */
export const quietRequestQueue = (prototype: {
  scheduleCheckPendingRequests(this: RequestQueue): void;
}): void => {
  const schedule = Reflect.get<typeof prototype, "scheduleCheckPendingRequests">(
    prototype,
    "scheduleCheckPendingRequests",
  );
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
};

/** kafkajs's name of the request, and that of the parser which is replaced. */
const metadata = "Metadata";

/**
 * One partition without a leader makes kafkajs throw the whole answer away, and the leaders of all the others
 * with it. In the answer its leader is -1, and who needs it is told so; a fault of a topic stays one.
 */
const parsed = async <Result>(request: ProtocolRequest<Result>, answer: never): Promise<Result> => {
  const { topicMetadata } = answer as MetadataResponse;
  const isUsable =
    request.request.apiName === metadata && topicMetadata.every(({ topicErrorCode }) => topicErrorCode === 0);
  return isUsable ? answer : request.response.parse(answer);
};

/**
 * The request with an answer that is read better: kafkajs's errors do not say which topic was denied, its
 * answers do; and an answer about topics counts although a partition of one has no leader.
 */
export const readingBetter = <Result>(
  request: ProtocolRequest<Result>,
  principal: string,
): ProtocolRequest<Result> => ({
  ...request,
  response: {
    ...request.response,
    parse: async (answer) => {
      try {
        return await parsed(request, answer);
      } catch (error) {
        throw topicDenial(error, { apiName: request.request.apiName, answer, principal }) ?? error;
      }
    },
  },
});

/** kafkajs's own threshold, and the greatest share of a login's lifetime that it may take. */
const reauthenticateBeforeMs = 10_000;
const reauthenticateShare = 1 / 3;

/**
 * kafkajs logs in again 10 s before the login ends: with a lifetime of 10 s and less that is before every
 * request, but a broker refuses more than one login a second (KIP-368). To be called with an open connection.
 */
export const fitReauthentication = (connection: KafkajsConnection): void => {
  const lifetimeMs = connection.sessionLifetime.toNumber();
  connection.reauthenticationThreshold = Math.min(reauthenticateBeforeMs, lifetimeMs * reauthenticateShare);
};

/**
 * Every request that fails takes its connection down, and each time a closed socket gets a listener more,
 * until Node warns of a leak. A connection goes down once; it is never opened again.
 */
export const disconnectOnce = (connection: Pick<KafkajsConnection, "disconnect">): void => {
  const disconnect = connection.disconnect.bind(connection);
  let ending: Promise<boolean> | undefined;
  connection.disconnect = () => {
    ending ??= disconnect();
    return ending;
  };
};

/**
 * kafkajs leaves Nagle's algorithm on (RFC 896): a request that follows another one on the same connection
 * waits until the broker's system has acknowledged the first, up to 40 ms. Every request is one write and
 * complete.
 */
export const withoutDelay =
  (factory: KafkaSocketFactory): KafkaSocketFactory =>
  (options) =>
    factory(options).setNoDelay(true);
