import {
  type GroupCommand,
  type GroupOptions,
  type GroupPrerequisites,
  type GroupStatus,
  groupCommands,
  groupCommandValue,
  groupPrerequisites,
  groupStatus,
} from "@hybrid/contracts";
import {
  authorisedText,
  confirmable,
  groupPermissions,
  groupTexts,
  type Language,
  languageOf,
  permissionNote,
  prerequisiteNames,
  prerequisiteTexts,
  reasonTexts,
  switchText,
} from "@hybrid/group-provisioner";
import {
  type ActorId,
  actorIdOf,
  ConfigError,
  type ErrorCode,
  entityOf,
  errorCatalog,
  type OrgId,
  partitionOf,
} from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { sealTogether } from "@hybrid/sealing";
import { orgGiven, tenantGiven, wordGiven } from "../given.ts";
import { closedOpener } from "../keys/opener.ts";
import { mustBeMeant } from "../known.ts";
import { table } from "../tables.ts";
import { recordsOf } from "../users-view.ts";
import { mustConsentAsAWhole } from "../whole-tenants.ts";
import { withLog } from "../with-log.ts";

/** The flags that all of `hybrid groups` have. */
export interface GroupsFlags {
  readonly org: string;
  readonly data: string;
  readonly json: boolean;
}

/** The flags of looks that are written for people in their language. */
export interface GroupsTextFlags extends GroupsFlags {
  readonly language?: string;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** The language that is wanted, else the shell's. An empty variable says nothing. */
const shellLanguage = (wanted: string | undefined): Language =>
  languageOf([wanted, process.env["LC_ALL"], process.env["LANG"]].find((tag) => tag) ?? null);

const languageGiven = ({ language }: GroupsTextFlags): Language => shellLanguage(language);

const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A team by its UUID, or by the id that Webex shows. */
const teamGiven = (org: OrgId, text: string): ActorId => {
  const decoded = Buffer.from(text, "base64").toString("utf8");
  const [, inId] = /\/(?:TEAM|ROOM)\/([0-9a-f-]{36})\s*$/i.exec(decoded) ?? [];
  const uuid = uuidShape.test(text) ? text : inId;
  if (uuid === undefined)
    throw new ConfigError("the command cannot run", [
      `<team>: "${text}" is no team; it is a UUID as "hybrid groups list" shows it, or Webex's own id`,
    ]);
  return actorIdOf(`${org}/r-${uuid.toLowerCase()}`);
};

const organisationOf = (org: OrgId): ActorId => actorIdOf(`${org}/o`);

/** Writes an order down for the service. Durable when it resolves. */
const order = async (
  flags: Pick<GroupsFlags, "data">,
  to: ActorId,
  command: GroupCommand,
  check: (opened: Parameters<typeof mustBeMeant>[0]) => Promise<void> = async () => undefined,
): Promise<void> =>
  await withLog(flags.data, groupCommands.name, async (opened) => {
    await check(opened);
    const timestamp = systemScheduler().now();
    const { opener = closedOpener() } = opened;
    const texts = sealTogether(groupCommandValue(command, timestamp), groupTexts, { actor: to });
    const value = groupCommands.encode(texts.sealedTexts ? await opener.seal(texts) : texts);
    const partition = partitionOf(to, opened.partitions);
    await opened.log.append([{ topic: groupCommands.name, partition, key: to, value, timestamp }]);
  });

/** The present state of every team of an organisation, by id. */
const teamsOf = async (flags: GroupsFlags): Promise<ReadonlyMap<string, GroupStatus>> => {
  const org = orgGiven(flags.org);
  return await withLog(flags.data, groupStatus.name, async (opened) => {
    const latest = new Map<string, GroupStatus>();
    for await (const { key, value } of recordsOf(opened, groupStatus))
      if (key.startsWith(`${org}/`) && value !== null) latest.set(entityOf(actorIdOf(key)).slice(2), value);
    return new Map([...latest].sort(([a], [b]) => (a < b ? -1 : 1)));
  });
};

const prerequisitesOf = async (flags: GroupsFlags): Promise<GroupPrerequisites | null> => {
  const key = organisationOf(orgGiven(flags.org));
  return await withLog(flags.data, groupPrerequisites.name, async (opened) => {
    let latest: GroupPrerequisites | null = null;
    for await (const record of recordsOf(opened, groupPrerequisites))
      if (record.key === key) latest = record.value;
    return latest;
  });
};

const minute = (at: number | null): string => (at === null ? "" : new Date(at).toISOString().slice(0, 16));

/** `hybrid groups list`: every team, where it stands and why. */
export const groupsListCommand = async (flags: GroupsFlags): Promise<void> => {
  const teams = await teamsOf(flags);
  if (flags.json) return print(JSON.stringify([...teams].map(([team, state]) => ({ team, ...state }))));
  const rows = [...teams].map(([team, state]) => [
    team,
    state.teamName ?? "",
    state.standing,
    state.step ?? "",
    state.reason ?? "",
    state.spacesLinked,
    state.refusedCount,
    minute(state.nextTryAt),
  ]);
  print(table(["team", "name", "state", "step", "reason", "spaces", "refused", "next try"], rows));
};

/** Why a team stands where it stands, and what a person does about it; empty where nothing is wrong. */
const explained = (reason: string | null, language: Language): string => {
  if (reason === null) return "";
  const text = reasonTexts[reason]?.[language];
  if (text !== undefined) return text;
  const entry = Object.hasOwn(errorCatalog, reason) ? errorCatalog[reason as ErrorCode] : undefined;
  return entry === undefined ? reason : `${entry.meaning} ${entry.person}`;
};

/** `hybrid groups show`: one team, whole, and why it stands there. */
export const groupsShowCommand = async (team: string, flags: GroupsTextFlags): Promise<void> => {
  const uuid = entityOf(teamGiven(orgGiven(flags.org), team)).slice(2);
  const state = (await teamsOf(flags)).get(uuid);
  if (state === undefined)
    throw new ConfigError("there is nothing to show", [
      `team ${uuid} is not known; "hybrid groups list" shows those that are`,
    ]);
  if (flags.json) return print(JSON.stringify({ team: uuid, ...state }));
  const { refused, sealedTexts: _, ...rest } = state;
  print(
    table(
      ["", ""],
      Object.entries({ team: uuid, ...rest }).map(([name, value]) => [name, String(value ?? "")]),
    ),
  );
  if (state.reason !== null) print(explained(state.reason, languageGiven(flags)));
  if (refused.length > 0)
    print(
      table(
        ["refused", "reason"],
        refused.map(({ person, reason }) => [person, reason]),
      ),
    );
};

const signs = { met: "✔", missing: "✘", unknown: "?" } as const;

/** `hybrid groups prerequisites`: the list with its ticks; exit code 1 while something is missing. */
export const groupsPrerequisitesCommand = async (flags: GroupsTextFlags): Promise<void> => {
  await order(flags, organisationOf(orgGiven(flags.org)), { kind: "check" });
  const found = await prerequisitesOf(flags);
  const language = languageGiven(flags);
  const byName = new Map(found?.checks.map((check) => [check.name, check]));
  const list = prerequisiteNames.map((name) => {
    const check = byName.get(name);
    const { title, todo, where } = prerequisiteTexts[name][language];
    return { name, state: check?.state ?? "unknown", found: check?.found ?? null, title, todo, where };
  });
  if (list.some(({ state }) => state !== "met")) process.exitCode = 1;
  const { usersSeen = 0, usersLinked = 0, unlinked = [], checkedAt = null } = found ?? {};
  if (flags.json)
    return print(JSON.stringify({ prerequisites: list, usersSeen, usersLinked, unlinked, checkedAt }));
  for (const { name, state, found: what, title, todo, where } of list) {
    print(`${signs[state]} ${title}${what === null ? "" : ` (${what})`}  [${name}]`);
    if (state !== "met") print(`    ${todo}\n    ${where}`);
  }
  if (unlinked.length > 0)
    print(
      table(
        ["user", "reason"],
        unlinked.map(({ person, reason }) => [person, reason]),
      ),
    );
  print(checkedAt === null ? "" : `${minute(checkedAt)}Z`);
};

/** `hybrid groups permissions`: what a tenant's administrator accepts, and why. */
export const groupsPermissionsCommand = (flags: {
  readonly language?: string;
  readonly json: boolean;
}): void => {
  const language = shellLanguage(flags.language);
  const rows = groupPermissions.map(({ permission, reason }) => [permission, reason[language]] as const);
  if (flags.json)
    return print(JSON.stringify({ note: permissionNote[language], permissions: Object.fromEntries(rows) }));
  print(permissionNote[language]);
  print(
    table(
      ["", ""],
      rows.map((row) => [...row]),
    ),
  );
};

/** The flags of `hybrid groups configure`. */
export interface GroupsConfigureFlags extends GroupsFlags {
  readonly tenant: string;
  readonly webexOrg: string;
  readonly mode: string;
  readonly visibility: string;
  readonly welcomeMail: boolean;
  readonly prefix: string;
  readonly suffix: string;
  readonly language?: string;
  readonly bot?: string;
  readonly new: boolean;
}

const uuidGiven = (name: string, text: string): string => {
  if (uuidShape.test(text)) return text.toLowerCase();
  throw new ConfigError("the command cannot run", [`${name}: "${text}" is no UUID`]);
};

/** `hybrid groups configure`: how the organisation wants its groups. */
export const groupsConfigureCommand = async (flags: GroupsConfigureFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const options: GroupOptions = {
    tenantId: tenantGiven(flags.tenant),
    webexOrgUuid: uuidGiven("--webex-org", flags.webexOrg),
    mode: wordGiven("--mode", flags.mode, ["everyTeam", "optIn"]),
    visibility: wordGiven("--visibility", flags.visibility, ["private", "public"]),
    welcomeMail: flags.welcomeMail,
    namePrefix: flags.prefix,
    nameSuffix: flags.suffix,
    language: flags.language ?? null,
    botPersonUuid: flags.bot === undefined ? null : uuidGiven("--bot", flags.bot),
  };
  await order(flags, organisationOf(org), { kind: "configure", options }, async (opened) => {
    await mustBeMeant(opened, org, flags.new);
    await mustConsentAsAWhole(opened, { org, tenants: [options.tenantId], app: "groups" });
  });
  print(flags.json ? JSON.stringify({ org, options }) : `configured groups of ${org}`);
};

/** Orders about an organisation that need nothing but its name. */
export type OrganisationOrder = "authorise" | "revoke" | "enable" | "disable";

const done: Readonly<Record<OrganisationOrder, (language: Language) => string>> = {
  authorise: (language) => authorisedText[language],
  revoke: (language) =>
    language === "sv" ? "Auktoriseringen är återkallad." : "The authorisation is taken back.",
  enable: (language) => `${switchText[language]}: ${language === "sv" ? "på" : "on"}`,
  disable: (language) => `${switchText[language]}: ${language === "sv" ? "av" : "off"}`,
};

/** `hybrid groups authorise|revoke|enable|disable`. */
export const groupsOrganisationCommand = async (
  kind: OrganisationOrder,
  flags: GroupsTextFlags,
): Promise<void> => {
  const org = orgGiven(flags.org);
  await order(flags, organisationOf(org), { kind });
  print(flags.json ? JSON.stringify({ org, ordered: kind }) : done[kind](languageGiven(flags)));
};

/** The flags of `hybrid groups confirm`. */
export interface GroupsConfirmFlags extends GroupsFlags {
  readonly value: string;
  readonly undo: boolean;
}

/** `hybrid groups confirm`: what no interface tells. */
export const groupsConfirmCommand = async (name: string, flags: GroupsConfirmFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const prerequisite = wordGiven("<prerequisite>", name, confirmable);
  if (prerequisite === "tenantName" && !flags.undo && !/^[^\s.]+(?:\.[^\s.]+)+$/.test(flags.value))
    throw new ConfigError("the command cannot run", [
      "--value: the tenant's name is one of its verified domains, for example contoso.example",
    ]);
  const value = flags.undo ? null : flags.value;
  await order(flags, organisationOf(org), { kind: "confirm", prerequisite, value });
  print(flags.json ? JSON.stringify({ org, prerequisite, value }) : `${prerequisite}: ${value ?? "-"}`);
};

/** `hybrid groups connect|disconnect|retry`: orders about one team. */
export const groupsTeamCommand = async (
  kind: "connect" | "disconnect" | "retry",
  team: string,
  flags: GroupsFlags & { readonly name?: string },
): Promise<void> => {
  const org = orgGiven(flags.org);
  const to = teamGiven(org, team);
  await order(flags, to, kind === "connect" ? { kind, name: flags.name ?? null } : { kind });
  const uuid = entityOf(to).slice(2);
  print(flags.json ? JSON.stringify({ org, team: uuid, ordered: kind }) : `ordered ${kind} of team ${uuid}`);
};
