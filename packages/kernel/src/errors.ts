import type { ErrorCode } from "./error-catalog.ts";

/** What a failed request to a provider means for the caller; the loop reads these fields, never a message. */
export interface ProviderFault {
  readonly code: ErrorCode;
  /** Whether the same request can succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** How long the provider asked us to wait, in milliseconds; never capped. */
  readonly retryAfterMs?: number;
  /** The HTTP status, when there was an answer. */
  readonly status?: number;
}

/** An answer of a provider, or its absence, that is not the wanted one. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;

  constructor(message: string, fault: ProviderFault, options?: ErrorOptions) {
    super(message, options);
    this.code = fault.code;
    this.retryable = fault.retryable;
    this.retryAfterMs = fault.retryAfterMs;
    this.status = fault.status;
  }
}

/** Bytes that do not decode into what the topic promises; the record goes to the dead-letter topic. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

/**
 * A record of a schema that this release does not know, or cannot turn into its own: it is whole, and waits
 * for a newer release.
 */
export class UnreadableSchemaError extends Error {
  override readonly name = "UnreadableSchemaError";
  /** 16 hexadecimal digits. */
  readonly fingerprint: string;

  constructor(message: string, fingerprint: string, options?: ErrorOptions) {
    super(message, options);
    this.fingerprint = fingerprint;
  }
}

/** Configuration that cannot work; `faults` names every fault at once, one sentence each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** What cannot be done. */
  readonly subject: string;
  readonly faults: readonly string[];

  constructor(subject: string, faults: readonly string[]) {
    super(`${subject}:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
    this.subject = subject;
    this.faults = faults;
  }
}

/** A topology that must not be started; `faults` names every fault at once. */
export class TopologyError extends ConfigError {
  constructor(service: string, faults: readonly string[]) {
    super(`topology of ${service} cannot run`, faults);
  }
}

/** For the `default` of a switch over a closed union: compiles only when every case is handled. */
export const unreachable = (value: never): never => {
  throw new TypeError(`unreachable case: ${JSON.stringify(value)}`);
};
