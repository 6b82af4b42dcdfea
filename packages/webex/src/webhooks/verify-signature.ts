import { createHmac, timingSafeEqual } from "node:crypto";

/** A delivery as it arrived. */
export interface SignedDelivery {
  /** The bytes of the body before anybody parsed them. */
  readonly rawBody: Uint8Array;
  /** X-Spark-Signature: hexadecimal HMAC-SHA1. */
  readonly sparkSignature?: string | undefined;
  /** X-Webex-Signature: `SHA-256=<hex>`, `SHA-512=<hex>` or both between commas. */
  readonly webexSignature?: string | undefined;
}

const hexLength = { sha1: 40, sha256: 64, sha512: 128 } as const;
const algorithms = { "sha-1": "sha1", "sha-256": "sha256", "sha-512": "sha512" } as const;
type Algorithm = keyof typeof hexLength;

interface Claim {
  readonly algorithm: Algorithm;
  readonly hex: string;
}

const newerClaims = (header: string): readonly Claim[] =>
  header
    .slice(0, 1_000)
    .split(",")
    .flatMap((part) => {
      const [label = "", hex = ""] = part.split("=", 2).map((piece) => piece.trim());
      const algorithm = algorithms[label.toLowerCase() as keyof typeof algorithms];
      return algorithm === undefined ? [] : [{ algorithm, hex }];
    });

const isTrue = ({ algorithm, hex }: Claim, rawBody: Uint8Array, secret: string): boolean => {
  if (hex.length !== hexLength[algorithm] || !/^[0-9a-f]+$/i.test(hex)) return false;
  const expected = createHmac(algorithm, secret).update(rawBody).digest();
  return timingSafeEqual(expected, Buffer.from(hex, "hex"));
};

/**
 * Whether Webex sent this body, by the webhook's secret and in constant time. Every signature that is there
 * must be right, and at least one must be there. An empty secret proves nothing and is refused.
 */
export const verifySignature = (delivery: SignedDelivery, secret: string): boolean => {
  const { rawBody, sparkSignature, webexSignature } = delivery;
  const claims: Claim[] = webexSignature === undefined ? [] : [...newerClaims(webexSignature)];
  if (sparkSignature !== undefined) claims.push({ algorithm: "sha1", hex: sparkSignature.trim() });
  return secret !== "" && claims.length > 0 && claims.every((claim) => isTrue(claim, rawBody, secret));
};
