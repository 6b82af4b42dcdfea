import {
  type PeopleSource,
  type PeopleSync,
  peopleSync,
  sourceOfKey,
  syncKey,
  syncOrders,
  tenantStatus,
} from "@hybrid/contracts";
import { type Foreseen, syncPeopleCommand } from "@hybrid/directory";
import { actorIdOf, ConfigError, entityOf, type OrgId, orgOf, partitionOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { orgGiven, tenantGiven, wordGiven } from "../given.ts";
import { mustBeMeant } from "../known.ts";
import { forPeople, table } from "../tables.ts";
import { foreseeSync } from "../users/foresee-sync.ts";
import { newRecords } from "../users/new-records.ts";
import { recordsOf } from "../users-view.ts";
import { type OpenedLog, withLog } from "../with-log.ts";

/** The flags of `hybrid users sync`. */
export interface UsersSyncFlags {
  readonly org: string;
  readonly data: string;
  readonly from: string;
  readonly tenant?: string;
  readonly full: boolean;
  readonly stop: boolean;
  readonly new: boolean;
  readonly dryRun: boolean;
  readonly wait: number;
  readonly json: boolean;
}

/** The tenants of an organisation that were authorised, and by whom each is connected. */
const tenantsOf = async (
  opened: OpenedLog,
  org: OrgId,
): Promise<ReadonlyMap<string, "organisation" | "user">> => {
  const found = new Map<string, "organisation" | "user">();
  for await (const { key, value } of recordsOf(opened, tenantStatus)) {
    if (orgOf(actorIdOf(key)) !== org) continue;
    const tenant = entityOf(actorIdOf(key)).slice("t-".length);
    if (value?.status === "active") found.set(tenant, value.settings.consent ?? "organisation");
    else found.delete(tenant);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const byUser = (org: OrgId, tenants: readonly string[]): string =>
  `tenant ${tenants.join(", ")} is connected user by user; reading its people needs the organisation's ` +
  `consent: run "hybrid tenants authorize ${tenants[0] ?? ""} --org ${org} --consent organisation", ` +
  "or import a list";

const sourcesGiven = async (
  opened: OpenedLog,
  org: OrgId,
  flags: UsersSyncFlags,
): Promise<readonly PeopleSource[]> => {
  const words = flags.from.split(",").map((word) => wordGiven("--from", word.trim(), ["webex", "graph"]));
  const isGraph = words.includes("graph");
  const models = isGraph ? await tenantsOf(opened, org) : new Map<string, "organisation" | "user">();
  const named = flags.tenant === undefined ? [...models.keys()] : [tenantGiven(flags.tenant)];
  const refused = flags.stop ? [] : named.filter((tenant) => models.get(tenant) === "user");
  const tenants = isGraph ? named.filter((tenant) => !refused.includes(tenant)) : [];
  if (isGraph && refused.length > 0 && tenants.length === 0)
    throw new ConfigError("nothing is synchronised from Microsoft Graph", [byUser(org, refused)]);
  if (refused.length > 0) process.stderr.write(`${byUser(org, refused)}\n`);
  if (isGraph && tenants.length === 0)
    throw new ConfigError("nothing is synchronised", [
      `no tenant of ${org} is authorised: run "hybrid tenants authorize <tenantId> --org ${org}", ` +
        "or name a --tenant",
    ]);
  return [
    ...(words.includes("webex") ? [{ kind: "webex" } as const] : []),
    ...(isGraph ? tenants.map((tenantId) => ({ kind: "graph", tenantId }) as const) : []),
  ];
};

const nameOf = (source: PeopleSource): string =>
  source.kind === "webex" ? "webex" : `graph ${source.tenantId}`;

const lineOf = (key: string, { phase, read, trouble }: PeopleSync): string => {
  const source = sourceOfKey(key);
  const what = source ? nameOf(source) : key;
  return `${what}: ${phase}, ${read} read${trouble === null ? "" : `, ${trouble}`}`;
};

/** Waits until every source has ended a run that began after the order, or waits for its next attempt. */
const follow = async (
  opened: OpenedLog,
  keys: readonly string[],
  options: { readonly waitMs: number; readonly order: () => Promise<void> },
): Promise<ReadonlyMap<string, PeopleSync>> => {
  const partitions = [...new Set(keys.map((key) => partitionOf(actorIdOf(key), opened.partitions)))];
  const reports = await newRecords(opened.log, peopleSync, partitions);
  await options.order();
  const latest = new Map<string, PeopleSync>();
  const rests = (key: string): boolean => {
    const report = latest.get(key);
    return report !== undefined && (report.phase === "done" || report.nextAt !== null);
  };
  await reports.until(options.waitMs, ({ key, value }) => {
    if (key === null || value === null || !keys.includes(key)) return false;
    latest.set(key, value);
    if (forPeople()) process.stderr.write(`\r\u001b[2K${lineOf(key, value)}`);
    return keys.every(rests);
  });
  if (forPeople()) process.stderr.write("\r\u001b[2K");
  return latest;
};

const time = (ms: number | null): string => (ms === null ? "" : new Date(ms).toISOString().slice(0, 16));

const print = (keys: readonly string[], latest: ReadonlyMap<string, PeopleSync>): void => {
  const lines = keys.map((key) => {
    const report = latest.get(key);
    if (!report) return [key, "ordered, not begun yet", "", "", "", ""];
    const { phase, full, read, unusable, nextAt, trouble } = report;
    return [key, `${phase}${full ? " (full)" : ""}`, read, unusable, time(nextAt), trouble ?? ""];
  });
  process.stdout.write(`${table(["source", "phase", "read", "unusable", "next", "trouble"], lines)}\n`);
};

const printForeseen = (foreseen: readonly Foreseen[], json: boolean): void => {
  if (json) {
    process.stdout.write(`${JSON.stringify(foreseen)}\n`);
    return;
  }
  const count = (change: Foreseen["change"]): number =>
    foreseen.filter((each) => each.change === change).length;
  process.stdout.write(
    `would have created ${count("created")}, changed ${count("changed")}, removed ${count("gone")}\n`,
  );
  const lines = foreseen.map(({ userId, mailAddress, change, fields, obstacles }) => [
    userId,
    mailAddress,
    change,
    fields.join(", "),
    obstacles.join(", "),
  ]);
  if (lines.length > 0)
    process.stdout.write(`${table(["user", "mail address", "change", "fields", "obstacles"], lines)}\n`);
};

/** `hybrid users sync`: exit code 1 when a source cannot be read. */
export const usersSyncCommand = async (flags: UsersSyncFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  await withLog(flags.data, syncOrders.name, async (opened) => {
    await mustBeMeant(opened, org, flags.new);
    const sources = await sourcesGiven(opened, org, flags);
    if (flags.dryRun) {
      printForeseen(await foreseeSync(opened, org, sources), flags.json);
      return;
    }
    const keys = sources.map((source) => syncKey(org, source));
    const writing = { org, partitions: opened.partitions, clock: systemScheduler() };
    const order = async (): Promise<void> => {
      await opened.log.append(
        sources.map((source) => syncPeopleCommand(source, { full: flags.full, go: !flags.stop }, writing)),
      );
    };
    const latest = await follow(opened, keys, { waitMs: flags.wait * 1_000, order });
    if (flags.json)
      process.stdout.write(`${JSON.stringify(keys.map((key) => ({ source: key, ...latest.get(key) })))}\n`);
    else print(keys, latest);
    if ([...latest.values()].some(({ phase, trouble }) => phase !== "done" && trouble !== null))
      process.exitCode = 1;
  });
};
