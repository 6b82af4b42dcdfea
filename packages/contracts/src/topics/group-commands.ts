import { days, type Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** How an organisation wants Microsoft 365 groups for its Webex teams. */
export interface GroupOptions {
  /** The Entra tenant in which groups are made. */
  readonly tenantId: string;
  /** The bare UUID of the Webex organisation. */
  readonly webexOrgUuid: string;
  /**
   * `everyTeam`: each team gets a group; `optIn`: those that somebody connects, or to which the bot is
   * added.
   */
  readonly mode: "everyTeam" | "optIn";
  readonly visibility: "private" | "public";
  /** Whether Microsoft writes to everybody who becomes a member. */
  readonly welcomeMail: boolean;
  /** What the tenant's naming policy wants around every name; empty where it wants nothing. */
  readonly namePrefix: string;
  readonly nameSuffix: string;
  /** BCP 47 tag of all that is written to people; null: each person's own language. */
  readonly language: string | null;
  /** Who is added to a team to ask for its group; null without a bot. */
  readonly botPersonUuid: string | null;
}

/** An order of an administrator; `kind` names it. */
export type GroupCommand =
  /** Key `<org>/o`. */
  | { readonly kind: "configure"; readonly options: GroupOptions }
  /** Key `<org>/o`: the tenant's administrator has accepted the permissions, or somebody took them back. */
  | { readonly kind: "authorise" }
  | { readonly kind: "revoke" }
  /** Key `<org>/o`: the switch. */
  | { readonly kind: "enable" }
  | { readonly kind: "disable" }
  /** Key `<org>/o`: looks at every prerequisite now. */
  | { readonly kind: "check" }
  /** Key `<org>/o`: what no interface tells, an administrator does; `value` null takes it back. */
  | { readonly kind: "confirm"; readonly prerequisite: string; readonly value: string | null }
  /** Key `<org>/r-<team>`: gives a team its group, under this name when one is given. */
  | { readonly kind: "connect"; readonly name: string | null }
  | { readonly kind: "disconnect" }
  | { readonly kind: "retry" };

/** The topic's value: fields that an order does not use are null. */
export interface GroupCommandValue {
  readonly kind: GroupCommand["kind"];
  readonly options: GroupOptions | null;
  readonly prerequisite: string | null;
  readonly value: string | null;
  /** Null in orders that have it sealed. */
  readonly name: string | null;
  readonly requestedAt: number;
  readonly sealedTexts?: Sealed<{ readonly name: string }> | null;
}

/** Wraps an order into the topic's value. `requestedAt`: milliseconds since 1970. */
export const groupCommandValue = (command: GroupCommand, requestedAt: number): GroupCommandValue => ({
  kind: command.kind,
  options: command.kind === "configure" ? command.options : null,
  prerequisite: command.kind === "confirm" ? command.prerequisite : null,
  value: command.kind === "confirm" ? command.value : null,
  name: command.kind === "connect" ? command.name : null,
  requestedAt,
});

const groupOptionsSchema = {
  type: "record",
  name: "GroupOptions",
  fields: [
    { name: "tenantId", type: "string" },
    { name: "webexOrgUuid", type: "string" },
    { name: "mode", type: { type: "enum", name: "GroupMode", symbols: ["everyTeam", "optIn"] } },
    { name: "visibility", type: { type: "enum", name: "GroupVisibility", symbols: ["private", "public"] } },
    { name: "welcomeMail", type: "boolean" },
    { name: "namePrefix", type: "string" },
    { name: "nameSuffix", type: "string" },
    { name: "language", type: ["null", "string"] },
    { name: "botPersonUuid", type: ["null", "string"] },
  ],
} as const;

const commandFields: readonly AvroSchema[] = [
  {
    name: "kind",
    type: {
      type: "enum",
      name: "GroupCommandKind",
      symbols: [
        "configure",
        "authorise",
        "revoke",
        "enable",
        "disable",
        "check",
        "confirm",
        "connect",
        "disconnect",
        "retry",
      ],
    },
  },
  { name: "options", type: ["null", groupOptionsSchema] },
  { name: "prerequisite", type: ["null", "string"] },
  { name: "value", type: ["null", "string"] },
  { name: "name", type: ["null", "string"] },
  { name: "requestedAt", type: "long" },
];

const schemaOf = (more: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "GroupCommand",
  namespace: "hybrid",
  fields: [...commandFields, ...more],
});

/** Orders of administrators about groups. */
export const groupCommands = defineTopic<GroupCommandValue>({
  name: "group-commands",
  doc: "Orders of administrators about Microsoft 365 groups of Webex teams.",
  keyDoc: "`<org>/o`, or `<org>/r-<team>` for one team",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["control-hub", "hybrid"],
  versions: [schemaOf([]), schemaOf([sealedField("texts", "organisation")])],
});
