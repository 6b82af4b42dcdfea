import type { SealScope } from "@hybrid/kernel";
import type { AvroSchema } from "./schema.ts";
import { sealedType } from "./sealed-type.ts";

/**
 * The field that has a text sealed which stood in clear in a field `name` before; that one stays, and is
 * empty. So earlier releases read the record still, without the text. Of a record whose fields are sealed
 * together `name` is "texts". `isFirst`: as in {@link sealedType}.
 */
export const sealedField = (name: string, scope: SealScope, isFirst = true): AvroSchema => ({
  name: `sealed${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  type: ["null", sealedType(scope, isFirst)],
  default: null,
});
