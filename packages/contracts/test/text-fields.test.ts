import { expect, test } from "vitest";
import { type AvroSchema, defineTopic, schemaFamilies, sealedType } from "../src/index.ts";

/*
 * Goal: no text about a person gets into a topic unsealed because nobody thought of it. Every field of every
 * topic that can hold a text says here what it holds. A new one fails until it does.
 */

/** Ids, which stay readable: they are keys. The names of such fields say it. */
const isId = (name: string): boolean => /(?:^|[a-z])(?:Id|Uuid)$|^etag$/.test(name);

/** Words of a list, codes and figures, by record and field. */
const codes: ReadonlySet<string> = new Set([
  "ArchiveDay.day",
  "ArchiveFailure.reason",
  "ArchiveStatus.problem",
  "AuditEntry.act",
  "AuditEntry.role",
  "CalendarHealth.code",
  "ConnectorAssignment.reason",
  "GroupCommand.prerequisite",
  "GroupStatus.reason",
  "GroupStatus.step",
  "JoinSettings.textsForOthers",
  "JoinTexts.language",
  "GroupOptions.language",
  "Meeting.allDayDate",
  "Meeting.response",
  "Meeting.showAs",
  "MeetingJoin.service",
  "MailboxMigration.waitsFor",
  "OrganisationSettings.language",
  "PeopleFinding.codes",
  "PeopleSync.trouble",
  "PrerequisiteCheck.found",
  "PrerequisiteCheck.name",
  "Presence.webexReason",
  "Refusal.reason",
  "RoomDevice.code",
  "RoomStatus.findings",
  "RoomStatus.unreadable",
  "UnlinkedUser.reason",
  "UserDirectoryEntry.obstacles",
  "UserNotice.code",
  "UserStatus.cause",
  "UserStatus.reason",
  "WebexHint.event",
  "WebexHint.resource",
]);

/** Ids whose fields are called otherwise. */
const ids: ReadonlySet<string> = new Set([
  "ArchiveFailure.connector",
  "ArchiveImport.connector",
  "ArchiveLog.connector",
  "ArchiveStatus.name",
  "ArchiveTerms.groups",
  "ArchiveTerms.spaces",
  "ArchiveTerms.tenants",
  "ArchivedItem.run",
  "AuditEntry.byUser",
  "Connector.resourceGroup",
  "ConnectorAssignment.cluster",
  "ConnectorAssignment.resourceGroup",
  "ConnectorCluster.resourceGroup",
  "ConnectorLoad.resourceGroup",
  "ErasureOrder.ids",
  "Refusal.person",
  "UserErasure.ids",
  "UserKey.organisationKey",
  "WebexHint.occurrence",
]);

/** What `sealedTexts` of the record has, or that of the record around it. */
const sealedTogether: ReadonlySet<string> = new Set([
  "ArchiveCommand.by",
  "ArchiveFailure.userPrincipalName",
  "ArchiveStatus.createdBy",
  "ArchiveTerms.catchAll",
  "ArchiveTerms.people",
  "AuditEntry.about",
  "AuditEntry.details",
  "GroupCommand.name",
  "GroupStatus.libraryUrl",
  "GroupStatus.teamName",
  "Meeting.location",
  "Meeting.organizerAddress",
  "Meeting.organizerName",
  "Meeting.subject",
  "MeetingJoin.passcode",
  "MeetingJoin.url",
  "MeetingJoin.video",
  "RoomDevice.name",
  "RoomStatus.mailAddress",
  "RoomStatus.name",
  "UnlinkedUser.person",
]);

/** What is in clear although a person may have written it, and why. */
const inClear: Readonly<Record<string, string>> = {
  "ArchiveCommand.byDigest":
    "a digest, as actors of addresses are named by; checked before the order is taken",
  "ExcludedMeetings.categories": "names of Outlook categories of a whole organisation",
  "ExcludedMeetings.subjectPattern": "a rule of a whole organisation",
  "GroupCommand.value": "what an administrator confirms of a tenant",
  "GroupOptions.namePrefix": "a naming policy of a whole tenant",
  "GroupOptions.nameSuffix": "a naming policy of a whole tenant",
  "JoinSettings.site": "a host name",
  "JoinTexts.footer": "a text for everybody's invitations",
  "JoinTexts.header": "a text for everybody's invitations",
  "MeetingRuleOrder.document": "rules for addresses of services",
  "MeetingRules.document": "rules for addresses of services",
  "OrganisationKey.wrapped": "a wrapped key",
  "OrganisationKey.wrappedBy": "names a key",
  "OwnKeyword.word": "a keyword of a whole organisation",
  "UserKey.salt": "a salt, which says nothing",
};

/** Topics of the runtime: it closes what is sealed wherever it stands, and the rest is ids and codes. */
const ofRuntime: ReadonlySet<string> = new Set([
  "journal",
  "checkpoint",
  "control",
  "post",
  "dead-letter",
  "schemas",
]);

interface TextField {
  readonly record: string;
  readonly name: string;
  /** Whether a field beside it has it sealed. */
  readonly isSealed: boolean;
  /** Whether the record, or one around it, has `sealedTexts`. */
  readonly isTogether: boolean;
}

type Named = { readonly name: string; readonly type: AvroSchema };

const isSealedType = (name: unknown): boolean => typeof name === "string" && name.startsWith("SealedFor");

const holdsText = (type: AvroSchema): boolean => {
  if (typeof type === "string") return type === "string" || type === "bytes";
  if (Array.isArray(type)) return type.some((each: AvroSchema) => holdsText(each));
  const { type: kind, items, values } = type as Readonly<Record<string, AvroSchema>>;
  if (kind === "array") return holdsText(items ?? "null");
  if (kind === "map") return holdsText(values ?? "null");
  return kind === "string" || kind === "bytes";
};

const textFieldsOf = (type: AvroSchema, isInside = false): readonly TextField[] => {
  if (typeof type === "string") return [];
  if (Array.isArray(type)) return type.flatMap((each: AvroSchema) => textFieldsOf(each, isInside));
  const { type: kind, name, items, values, fields } = type as Readonly<Record<string, AvroSchema>>;
  if (kind === "array" || kind === "map") return textFieldsOf(items ?? values ?? "null", isInside);
  if (kind !== "record") return typeof kind === "object" ? textFieldsOf(kind, isInside) : [];
  if (isSealedType(name)) return [];
  const all = fields as unknown as readonly Named[];
  const names = new Set(all.map((field) => field.name));
  const sealedName = (field: string) => `sealed${field.charAt(0).toUpperCase()}${field.slice(1)}`;
  const isTogether = isInside || names.has("sealedTexts");
  const record = typeof name === "string" ? name : "";
  return all.flatMap((field): readonly TextField[] => [
    ...(holdsText(field.type)
      ? [{ record, name: field.name, isSealed: names.has(sealedName(field.name)), isTogether }]
      : []),
    ...textFieldsOf(field.type, isTogether),
  ]);
};

const whole = ({ record, name }: TextField): string => `${record}.${name}`;
const isClosed = (field: TextField): boolean =>
  field.isSealed || (field.isTogether && sealedTogether.has(whole(field)));
const isKnown = (field: TextField): boolean =>
  isId(field.name) ||
  codes.has(whole(field)) ||
  ids.has(whole(field)) ||
  Object.hasOwn(inClear, whole(field)) ||
  isClosed(field);

const latest = [...schemaFamilies]
  .filter(([name]) => !ofRuntime.has(name))
  .map(([name, topic]) => [name, textFieldsOf(topic.versions.at(-1) ?? "null")] as const);

test.each(latest)("%s: every text is an id, a code, sealed, or in clear for a reason", (_topic, fields) => {
  expect(fields.filter((field) => !isKnown(field)).map(whole)).toEqual([]);
});

test("what is called by a name that people have, or an address, is sealed", () => {
  const personal = /address|mail|subject$|organizer|principal|title|teamName|createdBy/i;
  const open = latest
    .flatMap(([, fields]) => fields)
    .filter((field) => personal.test(field.name) && !isClosed(field));
  expect(open.map(whole)).toEqual([]);
});

test("nothing is listed that no topic has", () => {
  const there = new Set(latest.flatMap(([, fields]) => fields.map(whole)));
  const listed = [...codes, ...ids, ...sealedTogether, ...Object.keys(inClear)];
  expect(listed.filter((name) => !there.has(name))).toEqual([]);
});

test("a new topic with a text that nobody has thought of is found", () => {
  const made = (fields: readonly AvroSchema[]) =>
    defineTopic({
      name: "notes",
      doc: "A note.",
      keyDoc: "the writer",
      partitioning: "entity",
      retention: { cleanup: "compact" },
      writers: ["tests"],
      versions: [{ type: "record", name: "Note", fields }],
    }).versions.at(-1) ?? "null";
  const text = { name: "text", type: { type: "array", items: ["null", "string"] } };
  const sealed = { name: "sealedText", type: ["null", sealedType("user")], default: null };
  expect(textFieldsOf(made([text])).filter((field) => !isKnown(field))).toMatchObject([{ name: "text" }]);
  expect(textFieldsOf(made([text, sealed])).filter((field) => !isKnown(field))).toEqual([]);
});
