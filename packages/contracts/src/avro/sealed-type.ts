import type { SealScope } from "@hybrid/kernel";
import type { AvroSchema } from "./schema.ts";

const names: Readonly<Record<SealScope, string>> = {
  user: "SealedForUser",
  tenant: "SealedForTenant",
  organisation: "SealedForOrganisation",
};

/**
 * The type of a field whose value leaves the process only encrypted (docs/DESIGN.md, "Content"). In the
 * topic's value it is a `Sealed` of `@hybrid/kernel`. `isFirst`: false where a schema has defined it already.
 */
export const sealedType = (scope: SealScope, isFirst = true): AvroSchema =>
  isFirst
    ? {
        type: "record",
        name: names[scope],
        fields: [
          { name: "sealedFor", type: "string" },
          { name: "keyId", type: "string" },
          { name: "box", type: "string" },
        ],
      }
    : names[scope];

/** The scopes whose sealed values any of the schemas has. */
export const sealScopesIn = (schemas: readonly AvroSchema[]): readonly SealScope[] => {
  const text = JSON.stringify(schemas);
  return (Object.keys(names) as SealScope[]).filter((scope) => text.includes(`"name":"${names[scope]}"`));
};
