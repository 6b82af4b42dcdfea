import {
  adminOutcomes,
  archiveFailures,
  archiveLog,
  archiveStatus,
  auditLog,
  calendarHealth,
  connectorAssignments,
  connectorLoad,
  controlTopic,
  groupPrerequisites,
  groupStatus,
  mailboxMigrations,
  meetingRules,
  migrationBatches,
  organisationModes,
  peopleSync,
  presence,
  roomStatus,
  tenantStatus,
  userConsents,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { defineView, viewTable } from "@hybrid/view";

const org = { type: "text", sql: "substr(key, 1, instr(key, '/') - 1)" } as const;

/** Far behind every next try, so that who has none comes last. */
const never = "9007199254740991";

/** A user who is wanted but kept back is Not activated; user-state alone would call the user disabled. */
const isKeptBack = "(wanted = 1 AND obstacles IS NOT NULL)";

const state =
  `CASE WHEN ${isKeptBack} THEN 'notActivated' WHEN to_state IS NOT NULL THEN to_state ` +
  "WHEN version IS NULL THEN NULL WHEN enabled = 1 THEN 'notActivated' ELSE 'disabled' END";

/** Of several obstacles the first; the user's own page tells all. */
const firstObstacle = "substr(obstacles, 1, instr(obstacles || ',', ',') - 1)";

const derivedOfUsers = {
  org,
  state: { type: "text", sql: state },
  reason: {
    type: "text",
    sql:
      `CASE WHEN ${isKeptBack} THEN ${firstObstacle} WHEN status_reason IS NOT NULL THEN status_reason ` +
      "WHEN to_state IS NULL AND enabled = 1 THEN 'pending' END",
  },
  /** The order of attention: who needs somebody comes first. */
  attention: {
    type: "integer",
    sql:
      "CASE state WHEN 'error' THEN 0 WHEN 'notActivated' THEN 1 WHEN 'active' THEN 2 " +
      "WHEN 'disabled' THEN 3 END",
  },
  due: {
    type: "integer",
    sql: `CASE WHEN attention < 2 THEN coalesce(next_try_at, ${never}) ELSE ${never} END`,
  },
  address: { type: "text", sql: "lower(coalesce(mail_address, status_address, ''))" },
  unreadable: { type: "integer", sql: "unreadable_since IS NOT NULL" },
  tenant: { type: "text", sql: "coalesce(tenant_id, status_tenant, '')" },
} as const;

const listed = (codes: readonly string[]): string | null => (codes.length === 0 ? null : codes.join(","));

/** Users: what the directory knows, what became of them, and whether their calendars can be read. */
const users = [
  viewTable({
    name: "users",
    topic: userDirectory,
    columns: {
      version: "integer",
      wanted: "integer",
      enabled: "integer",
      obstacles: "text",
      mail_address: "text",
      sealed_address: "sealed",
      tenant_id: "text",
      object_id: "text",
      connector: "text",
      webex: "text",
    },
    derived: derivedOfUsers,
    indexes: [
      // With the failures, so that what is due each hour is counted without looking at any row.
      ["org", "attention", "due", "address", "key", "failures"],
      ["org", "attention", "reason"],
      ["org", "address", "key", "attention"],
      ["org", "object_id"],
    ],
    counts: [["org", "tenant", "attention", "reason", "unreadable"]],
    row: (entry) =>
      entry.removed
        ? null
        : {
            version: entry.version,
            wanted: Number(entry.wanted),
            enabled: Number(entry.enabled),
            obstacles: listed(entry.obstacles),
            mail_address: entry.mailAddress,
            sealed_address: entry.sealedMailAddress ?? null,
            tenant_id: entry.tenantId,
            object_id: entry.objectId,
            connector: entry.connector === null ? null : (entry.connector.resourceGroup ?? ""),
            webex: entry.webex === null ? null : JSON.stringify(entry.webex),
          },
  }),
  viewTable({
    name: "users",
    topic: userStatus,
    columns: {
      to_state: "text",
      cause: "text",
      status_reason: "text",
      failures: "integer",
      next_try_at: "integer",
      expires_at: "integer",
      status_address: "text",
      sealed_status_address: "sealed",
      status_tenant: "text",
      changed_at: "integer",
    },
    row: (status) =>
      status.to === "removed"
        ? null
        : {
            to_state: status.to,
            cause: status.cause,
            status_reason: status.reason,
            failures: status.failures,
            next_try_at: status.nextTryAt,
            expires_at: status.expiresAt,
            status_address: status.mailAddress,
            sealed_status_address: status.sealedMailAddress ?? null,
            status_tenant: status.tenantId,
            changed_at: status.at,
          },
  }),
  viewTable({
    name: "users",
    topic: calendarHealth,
    columns: { unreadable_since: "integer", unreadable_code: "text" },
    row: ({ unreadableSince, code }) =>
      unreadableSince === null ? null : { unreadable_since: unreadableSince, unreadable_code: code },
  }),
];

/** What an administrator sees of an organisation. */
export const organisations = defineView({
  name: "organisations",
  version: 4,
  tables: [
    ...users,
    viewTable({
      name: "presences",
      topic: presence,
      columns: { body: "text" },
      row: (known) => ({ body: JSON.stringify(known) }),
    }),
    viewTable({
      name: "consents",
      topic: userConsents,
      columns: { given_at: "integer", expires_at: "integer" },
      row: ({ givenAt, expiresAt }) => ({ given_at: givenAt, expires_at: expiresAt }),
    }),
    viewTable({
      name: "tenants",
      topic: tenantStatus,
      columns: { tenant_id: "text", status: "text", settings: "text", decided_at: "integer" },
      derived: { org },
      indexes: [["org"]],
      row: ({ tenantId, status, settings, decidedAt }) => ({
        tenant_id: tenantId,
        status,
        settings: JSON.stringify(settings),
        decided_at: decidedAt,
      }),
    }),
    viewTable({
      name: "sources",
      topic: peopleSync,
      columns: { body: "text" },
      derived: { org },
      indexes: [["org"]],
      row: (sync) => ({ body: JSON.stringify(sync) }),
    }),
    viewTable({
      name: "prerequisites",
      topic: groupPrerequisites,
      columns: { body: "text" },
      derived: { org },
      indexes: [["org"]],
      row: (found) => ({ body: JSON.stringify(found) }),
    }),
    viewTable({
      name: "teams",
      topic: groupStatus,
      columns: { standing: "text", body: "text" },
      derived: { org },
      indexes: [["org", "standing"]],
      row: (status) => ({
        standing: status.standing,
        body: JSON.stringify(status),
      }),
    }),
    viewTable({
      name: "connectors",
      topic: archiveStatus,
      columns: { status: "text" },
      derived: { org },
      indexes: [["org"]],
      row: (status) => ({ status: JSON.stringify(status) }),
    }),
    viewTable({
      name: "connectors",
      topic: archiveLog,
      columns: { days: "text" },
      row: ({ days }) => ({ days: JSON.stringify(days) }),
    }),
    viewTable({
      name: "organisation_modes",
      topic: organisationModes,
      columns: { mode: "text", since: "integer" },
      row: ({ mode, since }) => ({ mode, since }),
    }),
    viewTable({
      name: "rules",
      topic: meetingRules,
      columns: { version: "integer", document: "text" },
      row: ({ version, document }) => ({ version, document }),
    }),
    viewTable({
      name: "moves",
      topic: mailboxMigrations,
      columns: { direction: "text", noticed_at: "integer", completed_at: "integer", waits_for: "text" },
      derived: { org, is_over: { type: "integer", sql: "completed_at IS NOT NULL" } },
      indexes: [["org", "is_over", "key"]],
      row: ({ direction, noticedAt, completedAt, waitsFor }) => ({
        direction,
        noticed_at: noticedAt,
        completed_at: completedAt,
        waits_for: waitsFor,
      }),
    }),
    viewTable({
      name: "assignments",
      topic: connectorAssignments,
      columns: { stage: "text", cluster: "text" },
      row: ({ stage, cluster }) => ({ stage, cluster }),
    }),
    viewTable({
      name: "clusters",
      topic: connectorLoad,
      columns: { body: "text" },
      derived: { org },
      indexes: [["org"]],
      row: (load) => (load.removed ? null : { body: JSON.stringify(load) }),
    }),
    viewTable({
      name: "rooms",
      topic: roomStatus,
      columns: { body: "text" },
      derived: { org },
      indexes: [["org"]],
      row: (status) => ({ body: JSON.stringify(status) }),
    }),
    viewTable({
      name: "outcomes",
      topic: adminOutcomes,
      columns: { order_id: "text", outcome: "text", version: "integer", at: "integer" },
      row: ({ orderId, outcome, version, at }) => ({ order_id: orderId, outcome, version, at }),
    }),
  ],
});

/** What happened: rows for records, of which the latest stay. */
export const histories = defineView({
  name: "histories",
  version: 2,
  tables: [
    viewTable({
      name: "transitions",
      topic: userStatus,
      columns: { body: "text" },
      recordsKept: 20,
      row: ({ at, from, to, cause, reason, failures }) => ({
        body: JSON.stringify({ at, from, to, cause, reason, failures }),
      }),
    }),
    viewTable({
      name: "failed_items",
      topic: archiveFailures,
      columns: { body: "text" },
      recordsKept: 1_000,
      row: ({ at, itemId, sourceUserId, userPrincipalName, reason, sealedTexts }) => ({
        body: JSON.stringify({ at, itemId, sourceUserId, userPrincipalName, reason, sealedTexts }),
      }),
    }),
    viewTable({
      name: "modes",
      // Of all services that write for people this one writes what people see first. Orders of releases
      // from before there were organisation-modes are in no other topic.
      topic: controlTopic("decorator"),
      columns: { observes: "integer", at: "integer" },
      recordsKept: 500,
      row: ({ kind, on, requestedAt }) =>
        kind === "observe" ? { observes: Number(on === true), at: requestedAt } : null,
    }),
    viewTable({
      name: "batches",
      topic: migrationBatches,
      columns: { batch: "integer", body: "text" },
      recordsKept: 200,
      row: (found) => ({ batch: found.batch, body: JSON.stringify(found) }),
    }),
    viewTable({
      name: "acts",
      topic: auditLog,
      columns: { body: "text" },
      recordsKept: 10_000,
      row: (entry) => ({ body: JSON.stringify(entry) }),
    }),
  ],
});
