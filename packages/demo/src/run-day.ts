import { currentEntries, syncPeopleCommand, toggleUserCommand } from "@hybrid/directory";
import { activateTenant, presentUsers, type UserRow } from "@hybrid/hybrid";
import { entityOf } from "@hybrid/kernel";
import { checkEnd, checkUsers, invitationFault } from "./checks.ts";
import type { Expectation } from "./expectation.ts";
import { type Moment, moments } from "./model.ts";
import { timeline } from "./organisation.ts";
import { type Play, rehearse, throttle } from "./play.ts";
import { administratorOf, partitions, type Run, runErrand, worldOf } from "./run.ts";
import { runUntil } from "./time-driver.ts";

/** What the day came to. */
export interface EndedDay {
  readonly play: Play;
  readonly rows: readonly UserRow[];
  readonly expectations: readonly Expectation[];
}

/**
 * People come from both clouds; an administrator enables all whom the directory has found. Their tenants are
 * authorised only afterwards, so that everybody is tried at the same moment.
 */
export const enableEverybody = async (run: Run): Promise<void> => {
  const { organisation, log, stage, progress } = run;
  const target = administratorOf(run, organisation.org);
  const tenants = organisation.tenants.map(({ tenantId }) => ({ kind: "graph", tenantId }) as const);
  const order = { full: false, go: true };
  await log.append(
    [{ kind: "webex" } as const, ...tenants].map((source) => syncPeopleCommand(source, order, target)),
  );
  await runUntil(worldOf(run), stage.clock.now());
  const users = [...(await currentEntries(target)).keys()];
  await log.append(users.map((user) => toggleUserCommand(entityOf(user).slice("u-".length), true, target)));
  progress.act(`synchronised and enabled ${users.length} people from Webex and Microsoft Entra`);
};

/** The tenants of the organisation are authorised: everybody is tried. */
export const authoriseTenants = async (run: Run): Promise<void> => {
  const target = administratorOf(run, run.organisation.org);
  for (const tenant of run.organisation.tenants) await activateTenant(target, tenant.tenantId);
};

const acts: readonly (readonly [untilMs: number, text: string])[] = [
  [moments.throttled, "everybody is tried; mailboxes with a fault fail"],
  [timeline.changesFromMs, "people plan meetings, with and without keywords"],
  [
    timeline.consentRevokedMs,
    "locations and texts change; notifications get lost; subscriptions are removed",
  ],
  [moments.revoked, "one tenant takes its consent back"],
  [8 * 3_600_000, "the tenant consents again; licences were given, the scope was widened"],
  [moments.end, "a night passes; what failed is tried after 24 hours"],
];

const statesOf = (rows: readonly UserRow[]): string => {
  const counts = new Map<string, number>();
  for (const { to, reason } of rows) {
    const name = to === "error" ? `error (${reason ?? "?"})` : to;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
};

const momentAt = (ms: number): Moment | undefined =>
  (Object.keys(moments) as Moment[]).find((moment) => moments[moment] === ms && moment !== "end");

/** Notes when each invitation came to hold what it must, for the latencies of the report. */
const noteSettled = ({ stage }: Run, play: Play): void => {
  for (const played of play.meetings)
    if (played.settledAt === null && invitationFault(stage, played) === null)
      played.settledAt = stage.clock.now();
};

/** Plays the working day. */
export const playDay = async (run: Run): Promise<EndedDay> => {
  const { stage, progress, organisation, options } = run;
  const target = administratorOf(run, organisation.org);
  const play = rehearse(stage, organisation, {
    authorise: (tenantId) => runErrand(run, activateTenant(target, tenantId)),
  });
  // Somewhere in the middle of the busiest hour.
  if (options.killAtRequests === null) run.nextKillAt = Math.round(options.mailboxes * 5.2);
  await enableEverybody(run);
  throttle(stage, organisation);
  await authoriseTenants(run);
  progress.act(`authorised ${organisation.tenants.length} tenants; one of them throttles`);
  const world = worldOf(run, () => noteSettled(run, play));
  const expectations: Expectation[] = [];
  let rows: readonly UserRow[] = [];
  for (const [untilMs, text] of acts) {
    progress.act(text);
    await runUntil(world, stage.startedAt + untilMs);
    rows = await presentUsers({ log: run.log, partitions });
    progress.note(statesOf(rows));
    const moment = momentAt(untilMs);
    if (moment) expectations.push(checkUsers(stage, organisation, rows, moment));
  }
  expectations.push(...checkEnd({ stage, organisation, play, cutOffCalls: run.cutOffCalls }, rows));
  return { play, rows, expectations };
};
