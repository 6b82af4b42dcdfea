import { access, constants, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { schemas, tenantStatus } from "@hybrid/contracts";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import { systemScheduler } from "@hybrid/runtime";
import { lookAtConsent, presentTenants } from "../commands/tenants.ts";
import { partitionsByDefault, readPartitions } from "../config.ts";
import { type Finding, failed, ok, waits, warning } from "../finding.ts";
import { type LogPlace, openLog, placeText } from "../log-place.ts";
import { withTopicKeeper } from "../topics/topic-keeper.ts";
import type { OpenedLog } from "../with-log.ts";

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Runs a look, and takes what it rejects with for a finding. */
export const look = async (
  what: string,
  todo: string,
  run: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> => {
  try {
    const found = await run();
    return Array.isArray(found) ? (found as readonly Finding[]) : [found as Finding];
  } catch (error) {
    return [failed(what, reasonOf(error), todo)];
  }
};

/** The file of the embedded log, before it is opened: opening would make it. */
const checkFile = async (path: string): Promise<Finding | null> => {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT"
      ? waits(
          "log",
          `there is none at ${path}`,
          'Start the services there once: "hybrid up"; or name another --data.',
        )
      : failed(
          "log",
          `${path} cannot be read and written (${code ?? ""})`,
          "Correct the file's owner or rights.",
        );
  }
};

const checkTopics = async (opened: OpenedLog, place: LogPlace): Promise<readonly Finding[]> => {
  const partitions = readPartitions(process.env);
  const options = {
    place,
    log: opened.log,
    partitions,
    partitionsByDefault: partitionsByDefault(place.kind),
  };
  const differences = await withTopicKeeper(options, (keeper) => keeper.differences());
  const topics = differences.map(({ topic, what }) => `${topic} ${what}`);
  const topicFinding =
    differences.length === 0
      ? ok("topics", "all are as the contracts want them")
      : failed(
          "topics",
          `${differences.length} differ: ${topics.slice(0, 5).join(", ")}`,
          '"hybrid topics check" says what to do about each.',
        );
  const isThere = (await opened.log.topics()).some(({ name }) => name === schemas.name);
  const schemaFinding = isThere
    ? ok("schemas", "the topic is there; each writer publishes what it writes")
    : waits("schemas", "no record was ever written", 'Start the services: "hybrid up".');
  return [topicFinding, schemaFinding];
};

/** What a tenant's status and consent come to. */
const checkTenants = async (opened: OpenedLog, graph: MicrosoftGraph | null): Promise<readonly Finding[]> => {
  if (!(await opened.log.topics()).some(({ name }) => name === tenantStatus.name)) return [];
  const rows = await presentTenants(opened);
  if (rows.length === 0)
    return [waits("tenants", "none is authorised", '"hybrid connect" takes you to the first one.')];
  return await Promise.all(
    rows.map(async ({ org, tenantId, status }): Promise<Finding> => {
      const what = `tenant ${tenantId} of ${org}`;
      if (status === "suspended")
        return failed(
          what,
          "suspended: its consent was lost",
          '"hybrid tenants authorize --link" prints a link for its administrator.',
        );
      if (status === "deactivated" || graph === null) return ok(what, status);
      const { consent, remark } = await lookAtConsent(graph, tenantId);
      if (consent === "complete") return ok(what, "active, consent complete");
      if (consent === "partly")
        return warning(what, `active, ${remark ?? ""}`, "Nothing, if you do without.");
      return failed(what, `active, but the consent is ${consent}`, remark ?? "");
    }),
  );
};

/** The log, its topics, and the tenants in it. */
export const checkLog = async (
  place: LogPlace,
  graph: MicrosoftGraph | null,
): Promise<readonly Finding[]> => {
  const missing = place.kind === "embedded" ? await checkFile(place.path) : null;
  if (missing) return [missing];
  const log = await openLog(place, { clock: systemScheduler() });
  try {
    const topics = await log.topics();
    const opened = {
      log,
      partitions: topics.find(({ name }) => name === tenantStatus.name)?.partitions ?? 1,
    };
    return [
      ok("log", `${placeText(place)}, ${topics.length} topics`),
      ...(await look("topics", "Look at the rights of this user: docs/ACCESS.md.", () =>
        checkTopics(opened, place),
      )),
      ...(await look("tenants", "Look at the rights of this user: docs/ACCESS.md.", () =>
        checkTenants(opened, graph),
      )),
    ];
  } finally {
    await log.close();
  }
};

const gigabyte = 1_000_000_000;

/** Free space where the embedded log and the views are. */
export const checkDisk = async (path: string): Promise<Finding> => {
  const { bavail, bsize } = await statfs(dirname(path));
  const free = bavail * bsize;
  const told = `${(free / gigabyte).toFixed(1)} GB free`;
  if (free < 0.2 * gigabyte) return failed("disk", told, "Make room: a full disk stops every partition.");
  if (free < 2 * gigabyte) return warning("disk", told, "Make room soon; LOG_BYTES_MAX bounds the log.");
  return ok("disk", told);
};
