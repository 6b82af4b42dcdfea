import { randomUUID } from "node:crypto";
import { access, constants, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { tryMailbox } from "@hybrid/consent";
import { schemas, tenantStatus } from "@hybrid/contracts";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import { systemScheduler } from "@hybrid/runtime";
import { lookAtConsent, presentTenants, type TenantRow } from "../commands/tenants.ts";
import { partitionsByDefault, readPartitions } from "../config.ts";
import { type Finding, failed, ok, waits, warning } from "../finding.ts";
import { type LogPlace, openLog, placeText } from "../log-place.ts";
import { type BesideLook, besideLooks, type Registrations } from "../registration-looks.ts";
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

/** With what the tenants are looked at. */
export interface TenantLook {
  /** Null: Entra is not asked. */
  readonly registrations: Registrations | null;
  /** Tried where a consent is half, because Exchange may grant the rest; null: none. */
  readonly mailbox: string | null;
}

/** A consent that lacks what is required, judged by whether a mailbox works all the same. */
const halfFinding = async (
  what: string,
  { tenantId, remark }: { readonly tenantId: string; readonly remark: string },
  { registrations, mailbox }: TenantLook,
): Promise<Finding> => {
  const graph = registrations?.calendar ?? null;
  const found = `active, but the consent is half: ${remark}`;
  if (graph === null || mailbox === null)
    return failed(
      what,
      found,
      "With --mailbox and an address in the scope it is tried whether Exchange grants it.",
    );
  const trial = { tenantId, mailbox, trialId: randomUUID(), signal: AbortSignal.timeout(60_000) };
  for await (const { step, isDone, trouble } of tryMailbox({ graph, clock: systemScheduler() }, trial))
    if (!isDone)
      return failed(
        what,
        `${found}; ${step}: ${trouble ?? ""}`,
        "Let the administrator accept the permissions again.",
      );
  return ok(what, `active; the consent is half, and the mailbox works: Exchange grants the rest`);
};

/** What the calendars' consent in an active tenant comes to. */
const calendarFinding = async (
  what: string,
  { graph, tenantId }: { readonly graph: MicrosoftGraph; readonly tenantId: string },
  tenantLook: TenantLook,
): Promise<Finding> => {
  const { consent, remark } = await lookAtConsent(graph, tenantId);
  if (consent === "complete") return ok(what, "active, consent complete");
  if (consent === "partly") return warning(what, `active, ${remark ?? ""}`, "Nothing, if you do without.");
  if (consent === "half") return await halfFinding(what, { tenantId, remark: remark ?? "" }, tenantLook);
  return failed(what, `active, but there is no consent (${consent})`, remark ?? "");
};

/** What the consent for groups or the archive comes to, by whether something in the tenant needs it. */
const besideFinding = async (
  registrations: Registrations,
  { org, tenantId }: TenantRow,
  { app, isUsed }: BesideLook,
): Promise<Finding> => {
  const what = `${app} in tenant ${tenantId} of ${org}`;
  const link = `hybrid tenants authorize --org ${org} --link --app ${app}`;
  const todo = `"${link}" prints a link for its administrator.`;
  const { consent, remark } = await lookAtConsent(registrations[app], tenantId, app);
  if (consent === "complete") return ok(what, "consent complete");
  if (consent === "partly") return warning(what, remark ?? "", "Nothing, if you do without.");
  if (consent === "half") return failed(what, `the consent is half: ${remark ?? ""}`, todo);
  if (isUsed) return failed(what, `there is no consent (${consent}), and it is needed`, todo);
  return ok(what, `no consent (${consent}); nothing in the tenant needs it yet`);
};

/** What a tenant's status and consents come to. */
const checkTenants = async (opened: OpenedLog, tenantLook: TenantLook): Promise<readonly Finding[]> => {
  const { registrations } = tenantLook;
  if (!(await opened.log.topics()).some(({ name }) => name === tenantStatus.name)) return [];
  const rows = await presentTenants(opened);
  if (rows.length === 0)
    return [waits("tenants", "none is authorised", '"hybrid connect" takes you to the first one.')];
  const besideOf = await besideLooks(opened);
  const found = rows.map(async (row): Promise<readonly Finding[]> => {
    const { org, tenantId, status } = row;
    const what = `tenant ${tenantId} of ${org}`;
    const beside =
      registrations === null
        ? []
        : besideOf(org, tenantId).map((one) => besideFinding(registrations, row, one));
    const calendar =
      status === "suspended"
        ? failed(
            what,
            "suspended: its consent was lost",
            '"hybrid tenants authorize --link" prints a link for its administrator.',
          )
        : status === "deactivated" || registrations === null
          ? ok(what, status)
          : calendarFinding(what, { graph: registrations.calendar, tenantId }, tenantLook);
    return await Promise.all([calendar, ...beside]);
  });
  return (await Promise.all(found)).flat();
};

/** The log, its topics, and the tenants in it. */
export const checkLog = async (place: LogPlace, tenantLook: TenantLook): Promise<readonly Finding[]> => {
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
        checkTenants(opened, tenantLook),
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
