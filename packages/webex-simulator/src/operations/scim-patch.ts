import { z } from "zod";
import { WebexFault } from "../answers.ts";

const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** A change by SCIM (RFC 7644, section 3.5.2). */
export const PatchBody = z.strictObject({
  schemas: z.array(z.string()).refine((names) => names.includes(patchSchema), `must hold ${patchSchema}`),
  Operations: z
    .array(
      z.strictObject({
        op: z.enum(["add", "replace", "remove"]),
        path: z.string().min(1).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1),
});

/** One property and what becomes of it; undefined takes it away. */
export type PropertyChange = readonly [path: string, value: unknown];

/** The changes one by one; an operation without a path changes every property of its value. */
export const changesOf = ({ Operations }: z.infer<typeof PatchBody>): readonly PropertyChange[] =>
  Operations.flatMap(({ op, path, value }): readonly PropertyChange[] => {
    if (path !== undefined) return [[path, op === "remove" ? undefined : value]];
    if (op === "remove" || typeof value !== "object" || value === null)
      throw new WebexFault(400, "An operation without a path needs an object as its value.");
    return Object.entries(value);
  });
