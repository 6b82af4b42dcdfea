import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { currentEntries, syncPeopleCommand, toggleUserCommand } from "@hybrid/directory";
import { activateTenant, openLog, placeText, presentUsers, type UserRow } from "@hybrid/hybrid";
import { entityOf, instant, orgIdOf } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import { checkEnd, checkUsers, invitationFault } from "./checks.ts";
import type { Expectation } from "./expectation.ts";
import { type Moment, moments } from "./model.ts";
import { type DemoOrganisation, organisationOf, timeline } from "./organisation.ts";
import { type Play, rehearse, throttle } from "./play.ts";
import { Progress } from "./progress.ts";
import { expectationLines, report } from "./report.ts";
import { openStage, type Stage } from "./stage.ts";
import { type DrivenWorld, runUntil } from "./time-driver.ts";
import type { PlantedFault } from "./worker-protocol.ts";

/** How the day is played. */
export interface DemoOptions {
  readonly mailboxes: number;
  readonly seed: number;
  /** `kill -9` when the simulators have seen this many requests; null: never. */
  readonly killAtRequests: number | null;
  /** Ends after the day instead of serving on. */
  readonly once: boolean;
  readonly keepLog: boolean;
  /** Prints the end as JSON instead of tables. */
  readonly json: boolean;
  readonly plantedFault: PlantedFault | null;
  /** What carries the records: a file, or a Kafka broker started for the play. */
  readonly log: "embedded" | "kafka";
}

const partitions = 8;

/** Everything of one run. */
interface Run {
  readonly options: DemoOptions;
  readonly organisation: DemoOrganisation;
  readonly stage: Stage;
  readonly play: Play;
  readonly progress: Progress;
  /** The administrator's own connection to the log, in another process than the services. */
  readonly log: Log;
  readonly expectations: Expectation[];
  killed: boolean;
  /** Calls that the kill may have cut off before their outcome was durable. */
  cutOffCalls: number;
  /** Steps of the services that run now, and of those that were killed. */
  steps: number;
  stepsBefore: number;
  /** Aborted when the person, or a closed pipe, wants no more. */
  readonly ending: AbortSignal;
  /** Writes of the administrator that are still under way. */
  readonly errands: Set<Promise<unknown>>;
}

const virtualTime = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

const totalOf = (stage: Stage) => {
  const [graph, webex] = [stage.graph.activity(), stage.webex.activity()];
  return { inFlight: graph.inFlight + webex.inFlight, total: graph.total + webex.total };
};

/** Notes when each invitation came to hold what it must, for the latencies of the report. */
const noteSettled = ({ stage, play }: Run): void => {
  for (const played of play.meetings)
    if (played.settledAt === null && invitationFault(stage, played) === null)
      played.settledAt = stage.clock.now();
};

const worldOf = (run: Run): DrivenWorld => {
  const { stage, progress, options } = run;
  let killing: Promise<void> | null = null;
  return {
    clock: stage.clock,
    simulators: () => {
      const { inFlight, total } = totalOf(stage);
      return { inFlight: inFlight + run.errands.size, total };
    },
    worker: async () => {
      await killing;
      return stage.worker();
    },
    rested: () => noteSettled(run),
    watched: (activity, startedMeanwhile) => {
      run.ending.throwIfAborted();
      if (activity.steps < run.steps) run.stepsBefore += run.steps;
      run.steps = activity.steps;
      progress.tick(() => `${virtualTime(stage.clock.now())}   ${totalOf(stage).total} requests`);
      const due = options.killAtRequests !== null && totalOf(stage).total >= options.killAtRequests;
      if (!due || run.killed) return;
      run.killed = true;
      run.cutOffCalls = activity.callsInFlight + startedMeanwhile;
      progress.act(
        `kill -9 of the services at ${virtualTime(stage.clock.now())}, in the middle of their work`,
      );
      killing = stage.kill();
    },
  };
};

/**
 * People come from both clouds; an administrator enables all whom the directory has found. Their tenants are
 * authorised only afterwards, so that everybody is tried at the same moment.
 */
const synchronise = async (run: Run): Promise<number> => {
  const { organisation, log, stage } = run;
  const target = { org: orgIdOf(organisation.org), log, clock: stage.clock, partitions };
  const tenants = organisation.tenants.map(({ tenantId }) => ({ kind: "graph", tenantId }) as const);
  const order = { full: false, go: true };
  await log.append(
    [{ kind: "webex" } as const, ...tenants].map((source) => syncPeopleCommand(source, order, target)),
  );
  await runUntil(worldOf(run), stage.clock.now());
  const users = [...(await currentEntries(target)).keys()];
  await log.append(users.map((user) => toggleUserCommand(entityOf(user).slice("u-".length), true, target)));
  return users.length;
};

const begin = async (run: Run): Promise<void> => {
  const { organisation, progress, log, stage } = run;
  const target = { org: orgIdOf(organisation.org), log, clock: stage.clock, partitions };
  const found = await synchronise(run);
  progress.act(`synchronised and enabled ${found} people from Webex and Microsoft Entra`);
  throttle(stage, organisation);
  for (const tenant of organisation.tenants) await activateTenant(target, tenant.tenantId);
  progress.act(`authorised ${organisation.tenants.length} tenants; one of them throttles`);
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

const playDay = async (run: Run): Promise<void> => {
  const { stage, progress, organisation } = run;
  const world = worldOf(run);
  for (const [untilMs, text] of acts) {
    progress.act(text);
    await runUntil(world, stage.startedAt + untilMs);
    const rows = await presentUsers(run.log, partitions);
    progress.note(statesOf(rows));
    const moment = momentAt(untilMs);
    if (moment) run.expectations.push(checkUsers(stage, organisation, rows, moment));
  }
};

/** Keeps serving at real pace until the person has had enough. */
const serve = async ({ stage, ending }: Run): Promise<void> => {
  const look =
    stage.log.kind === "embedded"
      ? `\n  people    pnpm hybrid users list --data ${dirname(stage.log.path)}`
      : "";
  process.stdout.write(
    `\nStill serving, at real pace; end with Ctrl-C.\n  metrics   ${stage.addresses.healthUrl}/metrics` +
      `\n  Graph     ${stage.graph.baseUrl}/v1.0\n  log       ${placeText(stage.log)}${look}\n`,
  );
  const [virtualStart, realStart] = [stage.clock.now(), performance.now()];
  while (!ending.aborted) {
    const at = Math.round(virtualStart + performance.now() - realStart);
    const worker = await stage.worker();
    await worker.ask({ kind: "advanceTo", at });
    stage.clock.advanceTo(instant(at));
    await wait(100);
  }
};

const finish = async (run: Run): Promise<boolean> => {
  const { stage, play, progress, options } = run;
  const rows = await presentUsers(run.log, partitions);
  run.expectations.push(...checkEnd(run, rows));
  const held = run.expectations.every((each) => each.broken.length === 0);
  const steps = run.stepsBefore + run.steps;
  const realSeconds = progress.seconds();
  progress.end();
  if (options.json) {
    const users = rows.map(({ user, to, reason, failures }) => ({ user, to, reason, failures }));
    const bodies = play.meetings.map(({ meeting, eventId }) => ({
      meeting: meeting.name,
      body: stage.graph.readEvent(meeting.organiser.objectId, eventId).body.content,
    }));
    process.stdout.write(
      `${JSON.stringify({ held, starts: stage.starts, users, bodies, expectations: run.expectations })}\n`,
    );
    return held;
  }
  process.stdout.write(`${report(stage, play, rows, { realSeconds, steps, starts: stage.starts })}\n`);
  process.stdout.write(`${expectationLines(run.expectations)}\n`);
  process.stdout.write(held ? "\nEvery expectation held.\n" : "\nNot every expectation held.\n");
  return held;
};

const prepare = async (options: DemoOptions, ending: AbortSignal): Promise<Run> => {
  const progress = new Progress(!options.json);
  const organisation = organisationOf(options.mailboxes, options.seed);
  progress.act(`an organisation of ${options.mailboxes} mailboxes, seed ${options.seed}`);
  const { seed, plantedFault } = options;
  const stage = await openStage({ organisation, seed, partitions, plantedFault, log: options.log });
  const log = await openLog(stage.log, { clock: stage.clock });
  progress.act("both clouds are simulated, the services run in a process of their own");
  const errands = new Set<Promise<unknown>>();
  const target = { org: orgIdOf(organisation.org), log, clock: stage.clock, partitions };
  const play = rehearse(stage, organisation, {
    authorise: (tenantId) => {
      const errand: Promise<unknown> = activateTenant(target, tenantId).finally(() => errands.delete(errand));
      errands.add(errand);
    },
  });
  const expectations: Expectation[] = [];
  return {
    options,
    organisation,
    stage,
    play,
    progress,
    log,
    expectations,
    killed: false,
    cutOffCalls: 0,
    steps: 0,
    stepsBefore: 0,
    errands,
    ending,
  };
};

/** Plays the day and shows what happened; resolves with whether every expectation held. */
export const runDemo = async (options: DemoOptions): Promise<boolean> => {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  const run = await prepare(options, ending.signal);
  try {
    await begin(run);
    await playDay(run);
    const held = await finish(run);
    if (!options.once) await serve(run);
    return held;
  } catch (error) {
    // What was broken off has not held.
    if (error === ending.signal.reason) return false;
    throw error;
  } finally {
    await run.log.close();
    await run.stage.close(options.keepLog);
    if (options.keepLog) process.stdout.write(`The log is kept: ${placeText(run.stage.log)}\n`);
  }
};
