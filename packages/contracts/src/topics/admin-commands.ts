import { type ActorId, actorIdOf, days, type OrgId, type Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";
import { type JoinSettings, joinSettingsSchema } from "../join-settings.ts";

/** A person as a list of the administrator's names it. */
export interface PersonDetails {
  /** Entra object id, a lower-case GUID; decides nothing about the address, because it may change. */
  readonly objectId: string;
  readonly tenantId: string;
  /** Empty in orders that have it sealed. */
  readonly mailAddress: string;
  readonly sealedMailAddress?: Sealed<string> | null;
  /** On-premises connector's resource group: null when the user is not on a connector at all. */
  readonly connector: { readonly resourceGroup: string | null } | null;
}

/** Settings of an organisation that services need; complete, never a difference. */
export interface OrganisationSettings {
  /** What `@webex` and `@meet` mean without modifier. */
  readonly webexKeyword: "personalRoom" | "space";
  readonly meetKeyword: "personalRoom" | "space";
  /** BCP 47 tag that overrides the mailbox's language; null: the mailbox decides. */
  readonly language: string | null;
  /** Null, or left out by an older release: `defaultJoinSettings`. */
  readonly join?: JoinSettings | null;
  /**
   * Who lets us into calendars: an administrator for the whole tenant, or each user for the own one. Null, or
   * left out by an older release: `organisation`.
   */
  readonly consent?: "organisation" | "user" | null;
}

/** An order of an administrator; `kind` names it. Writers: consent, control-hub, the command line. */
export type AdminCommand =
  /** Key `<org>/o/user-<user>`, as for all orders about users: creates or changes one. */
  | { readonly kind: "putUser"; readonly person: PersonDetails; readonly enabled: boolean }
  /** The toggle; resets counters and tries at once. */
  | { readonly kind: "toggleUser"; readonly enabled: boolean }
  | { readonly kind: "removeUser" }
  /** Key `<org>/t-<tenant>`: the tenant has consented (again). */
  | { readonly kind: "activateTenant"; readonly settings: OrganisationSettings }
  | { readonly kind: "deactivateTenant" };

/** The topic's value: Avro has no open unions of our shape, so fields that an order does not use are null. */
export interface AdminCommandValue {
  readonly kind: AdminCommand["kind"];
  readonly person: PersonDetails | null;
  readonly enabled: boolean | null;
  readonly settings: OrganisationSettings | null;
  readonly requestedAt: number;
  /** If-Match: the version that the user must have, 0 for none yet; null: whatever it is. */
  readonly ifMatch: number | null;
  /** Names the order in `admin-outcomes`; null: nobody waits for its outcome. */
  readonly orderId: string | null;
}

/** What goes with an order about a user. */
export interface OrderTerms {
  readonly ifMatch?: number | null;
  readonly orderId?: string | null;
}

/** Wraps an order into the topic's value. `requestedAt`: milliseconds since 1970. */
export const adminCommandValue = (
  command: AdminCommand,
  requestedAt: number,
  { ifMatch = null, orderId = null }: OrderTerms = {},
): AdminCommandValue => ({
  kind: command.kind,
  person: command.kind === "putUser" ? command.person : null,
  enabled: command.kind === "putUser" || command.kind === "toggleUser" ? command.enabled : null,
  settings: command.kind === "activateTenant" ? command.settings : null,
  requestedAt,
  ifMatch,
  orderId,
});

/** The key of orders about a user: the one partition of the organisation's directory. */
export const userOrderKey = (org: OrgId, userId: string): ActorId => actorIdOf(`${org}/o/user-${userId}`);

const settingsFields = [
  {
    name: "webexKeyword",
    type: { type: "enum", name: "WebexKeyword", symbols: ["personalRoom", "space"] },
  },
  { name: "meetKeyword", type: { type: "enum", name: "MeetKeyword", symbols: ["personalRoom", "space"] } },
  { name: "language", type: ["null", "string"] },
];

const plainSettings: AvroSchema = { type: "record", name: "OrganisationSettings", fields: settingsFields };
const joinedSettings: AvroSchema = {
  type: "record",
  name: "OrganisationSettings",
  fields: [...settingsFields, { name: "join", type: joinSettingsSchema, default: null }],
};

/** Avro schemas of {@link OrganisationSettings}, oldest first; other topics carry them too. */
export const settingsSchemas: readonly AvroSchema[] = [plainSettings, joinedSettings];
/** The one after these, which the topics have had since they seal addresses. */
export const consentedSettings: AvroSchema = {
  type: "record",
  name: "OrganisationSettings",
  fields: [
    ...settingsFields,
    { name: "join", type: joinSettingsSchema, default: null },
    {
      name: "consent",
      type: ["null", { type: "enum", name: "ConsentModel", symbols: ["organisation", "user"] }],
      default: null,
    },
  ],
};

const commandFields = (settings: AvroSchema, ofPerson: readonly AvroSchema[] = []): readonly AvroSchema[] => [
  {
    name: "kind",
    type: {
      type: "enum",
      name: "AdminCommandKind",
      symbols: ["putUser", "toggleUser", "removeUser", "activateTenant", "deactivateTenant"],
    },
  },
  {
    name: "person",
    type: [
      "null",
      {
        type: "record",
        name: "PersonDetails",
        fields: [
          { name: "objectId", type: "string" },
          { name: "tenantId", type: "string" },
          { name: "mailAddress", type: "string" },
          {
            name: "connector",
            type: [
              "null",
              {
                type: "record",
                name: "Connector",
                fields: [{ name: "resourceGroup", type: ["null", "string"] }],
              },
            ],
          },
          ...ofPerson,
        ],
      },
    ],
  },
  { name: "enabled", type: ["null", "boolean"] },
  { name: "settings", type: ["null", settings] },
  { name: "requestedAt", type: "long" },
];

const termedSchema = (fields: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "AdminCommand",
  namespace: "hybrid",
  fields: [
    ...fields,
    { name: "ifMatch", type: ["null", "long"], default: null },
    { name: "orderId", type: ["null", "string"], default: null },
  ],
});

/** Orders of administrators to the directory. */
export const adminCommands = defineTopic<AdminCommandValue>({
  name: "admin-commands",
  doc: "Orders of administrators: users put, toggled or removed, tenants activated or deactivated.",
  keyDoc: "`<org>/o/user-<user>` or `<org>/t-<tenant>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["consent", "control-hub", "hybrid"],
  operatorReads: "finds slips in orders: knows what was ordered before",
  versions: [
    { type: "record", name: "AdminCommand", namespace: "hybrid", fields: commandFields(plainSettings) },
    ...settingsSchemas.map((settings) => termedSchema(commandFields(settings))),
    ...[joinedSettings, consentedSettings].map((settings) =>
      termedSchema(commandFields(settings, [sealedField("mailAddress", "user")])),
    ),
  ],
});
