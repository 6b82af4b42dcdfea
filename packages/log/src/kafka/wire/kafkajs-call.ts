import type { KafkajsEncoder } from "./kafkajs-encoder.ts";

/** A decoded answer as kafkajs's connection wants it: it holds requests back as long as the broker asks. */
export interface Answered<T> {
  readonly clientSideThrottleTime: number;
  readonly result: T;
}

/** A request and the reader of its answer, in the form that `send` of kafkajs's connection takes. */
export interface KafkajsCall<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    expectResponse(): boolean;
    encode(): Promise<KafkajsEncoder>;
  };
  readonly response: {
    decode(payload: Buffer): Answered<T>;
    parse(answered: Answered<T>): T;
  };
  /** Milliseconds until the connection gives up; the longer of this and its own setting holds. */
  readonly requestTimeout: number | null;
}
