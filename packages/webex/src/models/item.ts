import { z } from "zod";

/** An id of Webex, to be sent back unchanged. */
export const id = z.string().min(1).max(1_024);
/** A point in time as Webex writes it. */
export const time = z.iso.datetime({ offset: true });
/** Short text. */
export const name = z.string().max(4_096);
/** Text of a message, which Webex bounds at 7,439 bytes; its HTML may be several times that. */
export const longText = z.string().max(200_000);

const Failures = z.object({ errors: z.record(z.string(), z.unknown()) });

/** Takes away what Webex could not decrypt: ciphertext stands in its place. */
const withoutCiphertext = (item: unknown): unknown => {
  const failures = Failures.safeParse(item);
  if (!failures.success || typeof item !== "object" || item === null) return item;
  const withheld = Object.keys(failures.data.errors);
  const left = Object.entries(item).filter(([key]) => key !== "errors" && !withheld.includes(key));
  return { ...Object.fromEntries(left), withheld };
};

/**
 * An item of these properties. Where Webex says that it failed to decrypt some (`errors`, code kms_failure),
 * those are absent and `withheld` names them: ask again later.
 */
export const itemOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess(
    withoutCiphertext,
    z.object({ ...shape, withheld: z.array(z.string().max(256)).max(64).default([]) }),
  );
