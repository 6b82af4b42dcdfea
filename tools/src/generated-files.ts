import { type Catalog, defineTopic, schemaFamilies } from "@hybrid/contracts";
import { catalog as product, services } from "@hybrid/hybrid/services";
import { accessDocument } from "./access-document.ts";
import { composeFile } from "./compose-file/compose-file.ts";
import { errorsDocument } from "./errors-document.ts";
import { goldenCases, goldenText } from "./golden-cases.ts";
import { topicsDocument } from "./topics-document.ts";

/** A file that is derived from the code. */
export interface GeneratedFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
  /** Golden records are written once and then kept for ever: they stand for what lies in somebody's log. */
  readonly once: boolean;
}

const goldenFiles = (): readonly GeneratedFile[] =>
  [...schemaFamilies].flatMap(([family, topic]) =>
    topic.versions.flatMap((schema, older) => {
      const then = defineTopic<unknown>({ ...topic, versions: topic.versions.slice(0, older + 1) });
      return goldenCases(schema).map(([name, value]) => ({
        path: `packages/contracts/golden/${family}/v${older + 1}-${name}.json`,
        text: goldenText(value, then.encode(value)),
        once: true,
      }));
    }),
  );

/** Every file that `pnpm generate` writes. */
export const generatedFiles = (catalog: Catalog = product): readonly GeneratedFile[] => [
  { path: "docs/TOPICS.md", text: topicsDocument(catalog), once: false },
  { path: "docs/ACCESS.md", text: accessDocument(catalog), once: false },
  { path: "docs/ERRORS.md", text: errorsDocument(), once: false },
  { path: "docker-compose.yml", text: composeFile(services), once: false },
  ...goldenFiles(),
];
