import type { OrgId } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** Whether an organisation is only observed, as it was ordered last. */
export interface OrganisationMode {
  /** `observe`: what would be written for people is decided and reported alone. */
  readonly mode: "observe" | "live";
  /** When it was ordered; milliseconds since 1970. */
  readonly since: number;
}

/** The key of an organisation's mode. */
export const organisationModeKey = (org: OrgId): string => `${org}/o`;

/**
 * The mode of each organisation. The orders to the services stand in their control topics, which forget after
 * a week; this one tells for good what was ordered.
 */
export const organisationModes = defineTopic<OrganisationMode>({
  name: "organisation-modes",
  doc: "Whether the services only observe an organisation, as it was ordered last.",
  keyDoc: "`<org>/o`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["control-hub", "hybrid"],
  versions: [
    {
      type: "record",
      name: "OrganisationMode",
      namespace: "hybrid",
      fields: [
        { name: "mode", type: { type: "enum", name: "OrganisationModeName", symbols: ["observe", "live"] } },
        { name: "since", type: "long" },
      ],
    },
  ],
});
