import type {
  ConnectorAssignment,
  MailboxMigration,
  UserDirectoryEntry,
  UserStatus,
} from "@hybrid/contracts";
import { minuteText, type Rule } from "./rule.ts";

/** What the topics know of a user; undefined: nothing. */
export interface MigrationFacts {
  readonly entry: Pick<UserDirectoryEntry, "removed" | "enabled" | "connector"> | undefined;
  readonly status: Pick<UserStatus, "to" | "reason"> | undefined;
  readonly assignment: ConnectorAssignment | undefined;
  readonly migration: MailboxMigration | undefined;
}

const wanted = ({ entry }: MigrationFacts): Rule => {
  const holds = entry !== undefined && !entry.removed && entry.enabled;
  const because =
    entry === undefined ? "the directory does not know the user" : entry.removed ? "removed" : "disabled";
  return { rule: "the user is wanted", holds, because: holds ? "enabled in the directory" : because };
};

const pinned = ({ entry }: MigrationFacts): Rule => {
  const group = entry?.connector?.resourceGroup ?? null;
  const floating = "the user came with a connector and in no group: the cloud takes over within a day";
  const none = entry?.connector ? floating : "in no resource group";
  return {
    rule: "a resource group keeps the user with its connectors",
    holds: group !== null,
    because: group === null ? none : `resource group ${group}`,
  };
};

const directions = { toCloud: "to the cloud", toOnPremises: "on premises" };

/** The latest move says it; else what was found of a mailbox that has not moved since it is known. */
const onPremises = ({ migration, assignment, status }: MigrationFacts): Rule => {
  const rule = "the mailbox is on premises";
  if (migration !== undefined) {
    const { direction, noticedAt } = migration;
    const because = `the latest move went ${directions[direction]}, noticed ${minuteText(noticedAt)}`;
    return { rule, holds: direction === "toOnPremises", because };
  }
  if (assignment?.reason === "mailboxOnPremises") return { rule, holds: true, because: "it was found there" };
  const isMissing = status?.to === "error" && status.reason === "mailboxMissing";
  const because = isMissing ? "the cloud finds no mailbox" : "it has not moved since it is known";
  return { rule, holds: isMissing, because };
};

const byCloud = ({ status }: MigrationFacts): Rule => ({
  rule: "the cloud serves the user",
  holds: status?.to === "active",
  because: status === undefined ? "nothing was said" : `${status.to} ${status.reason ?? ""}`.trim(),
});

const byConnector = ({ assignment }: MigrationFacts): Rule => ({
  rule: "a connector serves the user",
  holds: assignment?.stage === "serving",
  because:
    assignment === undefined
      ? "no connector was ever given to the user"
      : `${assignment.stage} ${assignment.cluster ?? ""}`.trim() +
        `, ${assignment.reason}, since ${minuteText(assignment.at)}`,
});

/** Rule by rule why the cloud or a connector serves a user. */
export const migrationWhy = (facts: MigrationFacts): readonly Rule[] => [
  wanted(facts),
  pinned(facts),
  onPremises(facts),
  byCloud(facts),
  byConnector(facts),
];
