import { createPrivateKey } from "node:crypto";
import { ConfigError, type ErrorCode, type Random, type Scheduler } from "@hybrid/kernel";
import type { SharedTokens } from "./auth/shared-tokens.ts";
import type { Cloud } from "./clouds.ts";
import type { RateLimiter } from "./limits/gcra.ts";
import { type GraphLimits, mailboxConcurrencyLimit } from "./limits/graph-limits.ts";

/** One request that has ended, for counters and histograms. */
export interface GraphRequestReport {
  readonly tenantId: string;
  /** Which call it was part of, for example `events.get`, or `token`. */
  readonly operation: string;
  /** The HTTP status, or null when there was no answer. */
  readonly status: number | null;
  /** `ok`, or what the failure means. */
  readonly code: ErrorCode | "ok";
  /** How long it took on the scheduler's clock. */
  readonly ms: number;
}

/** Told about every single request; must not throw. */
export interface GraphMetrics {
  onRequest(report: GraphRequestReport): void;
}

/** Where this package says what a call's error does not: ids and codes only. pino fits. */
export interface GraphLogger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The certificate the application proves itself with. */
export interface GraphCertificate {
  /** SHA-256 of the certificate, 64 hexadecimal digits without colons. */
  readonly thumbprintSha256: string;
  /** Its RSA private key, PEM. */
  readonly privateKeyPem: string;
}

/** What the application proves itself with at present. */
export type GraphCredential =
  | ({ readonly kind: "certificate" } & GraphCertificate)
  | { readonly kind: "secret"; readonly secret: string }
  /** A token of another identity provider that Entra trusts for the application (workload identity). */
  | { readonly kind: "assertion"; readonly assertion: string };

/** A proxy for HTTPS, which is asked for a tunnel (CONNECT). */
export interface HttpsProxy {
  /** Its address, with user and password where it asks for them. */
  readonly url: string;
  /** Hosts that are reached without it, between commas, as in NO_PROXY. */
  readonly except?: string;
}

/** What is needed to talk to Microsoft Graph as one application. */
export interface MicrosoftGraphOptions {
  readonly cloud: Cloud;
  /** The application (client) id, a GUID. */
  readonly clientId: string;
  /** A certificate that stays; else {@link credential}. */
  readonly certificate?: GraphCertificate;
  /**
   * Asked before every token, about once an hour for each tenant: what is replaced where it comes from is
   * used without a restart. Rejects when it cannot be had; tokens that are still valid serve on meanwhile.
   */
  readonly credential?: () => Promise<GraphCredential>;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** A certificate authority to trust besides the system's, PEM. NODE_EXTRA_CA_CERTS works as well. */
  readonly ca?: string;
  /** The way to Graph and Entra; straight when left out. */
  readonly proxy?: HttpsProxy;
  /** Replaces single numbers of `defaultGraphLimits`. */
  readonly limits?: Partial<GraphLimits>;
  /**
   * Paces the whole fleet and tells it of Retry-After, see `createRedisLimiter`; of this process alone when
   * left out. Stays open when the client is closed.
   */
  readonly rateLimiter?: RateLimiter;
  /** Where a fleet shares its tokens, see `openRedisSharedTokens`; in this process alone when left out. */
  readonly sharedTokens?: SharedTokens;
  readonly metrics?: GraphMetrics;
  readonly logger?: GraphLogger;
}

const isRsaKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyType === "rsa";
  } catch {
    // Anything that is no key at all is reported as the same fault.
    return false;
  }
};

const certificateFaults = ({ thumbprintSha256, privateKeyPem }: GraphCertificate): readonly string[] => [
  ...(/^[0-9a-f]{64}$/i.test(thumbprintSha256)
    ? []
    : ["certificate.thumbprintSha256 must be 64 hexadecimal digits without colons"]),
  ...(isRsaKey(privateKeyPem)
    ? []
    : ["certificate.privateKeyPem must be an RSA private key in PEM: Entra takes PS256 assertions only"]),
];

/** Throws ConfigError that names every fault of the options at once; never prints the key. */
export const checkOptions = (options: MicrosoftGraphOptions): void => {
  const { certificate, credential, clientId, limits } = options;
  const faults: string[] = [];
  if ((certificate === undefined) === (credential === undefined))
    faults.push("give a certificate or a credential, and not both");
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientId))
    faults.push(`clientId must be a GUID, not "${clientId}"`);
  if (certificate) faults.push(...certificateFaults(certificate));
  const concurrency = limits?.mailboxConcurrencyMax ?? 1;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > mailboxConcurrencyLimit)
    faults.push(`limits.mailboxConcurrencyMax must be 1, 2, 3 or 4, not ${concurrency}`);
  if (faults.length > 0) throw new ConfigError("Microsoft Graph", faults);
};
