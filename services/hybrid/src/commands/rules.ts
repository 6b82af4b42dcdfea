import { randomUUID } from "node:crypto";
import {
  type AdminOutcome,
  adminOutcomes,
  meetingRuleOrders,
  meetingRules,
  meetingRulesCharactersMax,
  meetingRulesKey,
} from "@hybrid/contracts";
import { ConfigError, type OrgId, partitionOf } from "@hybrid/kernel";
import { listedRules, readOwnRules } from "@hybrid/meeting-links";
import { systemScheduler } from "@hybrid/runtime";
import { jsonOf } from "../explaining/given-event.ts";
import { rulesInForce } from "../explaining/where-given.ts";
import { fileGiven, orgGiven } from "../given.ts";
import { mustKnowOrg } from "../known.ts";
import { table } from "../tables.ts";
import { newRecords } from "../users/new-records.ts";
import { withLog } from "../with-log.ts";

/** The flags of all of `hybrid rules`. */
export interface RulesFlags {
  readonly org: string;
  readonly data: string;
  readonly json: boolean;
}

/** The flags of orders about rules. */
export interface RulesOrderFlags extends RulesFlags {
  readonly ifMatch?: number;
  /** Seconds. */
  readonly wait: number;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** The organisation's rules as they are in force. */
const inForce = async (flags: RulesFlags) => {
  const org = orgGiven(flags.org);
  const found = await withLog(flags.data, meetingRules.name, async (opened) => {
    await mustKnowOrg(opened, org);
    return rulesInForce(opened, org);
  });
  return { org, version: found?.version ?? 0, document: found?.document ?? null };
};

/** `hybrid rules list`: every rule in the order in which rules are tried. */
export const rulesListCommand = async (flags: RulesFlags): Promise<void> => {
  const { org, version, document } = await inForce(flags);
  const own = readOwnRules(document);
  const rules = listedRules(own);
  if (flags.json) return print(JSON.stringify({ org, version, rules, faults: own.faults }));
  print(
    table(
      ["rule", "kind", "service", "organiser", "used", "from", "for"],
      rules.map(({ name, kind, service, organizer, enabled, from, matches }) => [
        name,
        kind,
        service,
        organizer,
        enabled ? "yes" : "no",
        from,
        matches.join(" "),
      ]),
    ),
  );
  for (const { at, message } of own.faults) print(`left out: ${at} ${message}`);
  print(version === 0 ? `${org} has no rules of its own` : `version ${version}`);
};

/** `hybrid rules show`: the organisation's own rules as a document. */
export const rulesShowCommand = async (flags: RulesFlags): Promise<void> => {
  const { org, version, document } = await inForce(flags);
  const rules: unknown = document === null ? {} : JSON.parse(document);
  print(flags.json ? JSON.stringify({ org, version, rules }) : JSON.stringify(rules, null, 2));
};

/** Writes an order down and waits for what becomes of it; null: nobody answered in time. */
const order = async (
  org: OrgId,
  document: string | null,
  { data, ifMatch, wait }: RulesOrderFlags,
): Promise<AdminOutcome | null> =>
  await withLog(data, meetingRuleOrders.name, async (opened) => {
    await mustKnowOrg(opened, org);
    const { log, partitions } = opened;
    const key = meetingRulesKey(org);
    const partition = partitionOf(key, partitions);
    const orderId = randomUUID();
    const timestamp = systemScheduler().now();
    const value = meetingRuleOrders.encode({
      document,
      requestedAt: timestamp,
      ifMatch: ifMatch ?? null,
      orderId,
    });
    const outcomes = await newRecords(log, adminOutcomes, [partition]);
    await log.append([{ topic: meetingRuleOrders.name, partition, key, value, timestamp }]);
    let answer: AdminOutcome | null = null;
    await outcomes.until(wait * 1_000, (record) => {
      if (record.value?.orderId === orderId) answer = record.value;
      return answer !== null;
    });
    return answer;
  });

const said: Readonly<Record<AdminOutcome["outcome"], string>> = {
  applied: "done",
  unchanged: "they were so already",
  versionConflict: "refused: the rules have another version by now; look at them again",
  unknownUser: "refused",
};

const tell = (org: OrgId, answer: AdminOutcome | null, json: boolean): void => {
  const outcome = answer?.outcome ?? null;
  const version = answer?.version ?? null;
  if (json) print(JSON.stringify({ org, outcome, version }));
  else if (outcome !== null) print(`rules of ${org}: ${said[outcome]} (version ${version})`);
  if (outcome === null)
    process.stderr.write("not answered: the order is kept and carried out when directory runs\n");
  if (outcome === "versionConflict" || outcome === "unknownUser") process.exitCode = 1;
};

/** A document of rules from a file, as short as it can be; every fault of every rule is told at once. */
const documentGiven = async (file: string): Promise<string> => {
  const document = JSON.stringify(jsonOf(await fileGiven(file), file));
  const { faults } = readOwnRules(document);
  if (faults.length > 0)
    throw new ConfigError(
      `${file} cannot be set`,
      faults.map(({ at, message }) => `${at} ${message}`),
    );
  if (document.length > meetingRulesCharactersMax)
    throw new ConfigError(`${file} cannot be set`, [
      `it has ${document.length} characters; an organisation's rules may have ${meetingRulesCharactersMax}`,
    ]);
  return document;
};

/** `hybrid rules set`: exit code 1 when the rules have another version than `--if-match`. */
export const rulesSetCommand = async (file: string, flags: RulesOrderFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const document = await documentGiven(file);
  tell(org, await order(org, document, flags), flags.json);
};

/** `hybrid rules reset`: the shipped rules alone. */
export const rulesResetCommand = async (flags: RulesOrderFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  tell(org, await order(org, null, flags), flags.json);
};
