import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openLog, placeText } from "@hybrid/hybrid";
import { instant } from "@hybrid/kernel";
import { day, loadChapters } from "./chapters/list.ts";
import { organisationOf } from "./organisation.ts";
import { Progress } from "./progress.ts";
import { jsonReport, type Played, report } from "./report.ts";
import { type DemoOptions, partitions, type Run } from "./run.ts";
import { activateEverybody, playChapters } from "./run-chapters.ts";
import { playDay } from "./run-day.ts";
import { openStage, type SettingsPlace } from "./stage.ts";

/** Keeps serving at real pace until the person has had enough. */
const serve = async ({ stage, ending }: Run): Promise<void> => {
  const look =
    stage.log.kind === "embedded"
      ? `\n  people    pnpm hybrid users list --data ${dirname(stage.log.path)}`
      : "";
  process.stdout.write(
    `\nStill serving, at real pace; end with Ctrl-C.` +
      `\nThe administrator's page, by a link that signs in once within 15 minutes:` +
      `\n  ${stage.hubLink()}\n  metrics   ${stage.addresses.healthUrl}/metrics` +
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

/** Shows what happened; whether every expectation held. */
const finish = (run: Run, played: Played): boolean => {
  const { progress, options } = run;
  const figures = { realSeconds: progress.seconds(), steps: run.stepsBefore + run.steps };
  progress.end();
  const expectations = [
    ...(played.day?.expectations ?? []),
    ...played.chapters.flatMap((chapter) => chapter.expectations),
  ];
  const held = expectations.every((each) => each.broken.length === 0);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ held, ...jsonReport(run.stage, played) })}\n`);
    return held;
  }
  process.stdout.write(`${report(run.stage, played, figures)}\n`);
  process.stdout.write(held ? "\nEvery expectation held.\n" : "\nNot every expectation held.\n");
  return held;
};

type Chapters = Awaited<ReturnType<typeof loadChapters>>;

const prepare = async (options: DemoOptions, chapters: Chapters, ending: AbortSignal): Promise<Run> => {
  const progress = new Progress(!options.json);
  const { mailboxes, seed, plantedFault } = options;
  const organisation = organisationOf(mailboxes, seed);
  progress.act(`an organisation of ${mailboxes} mailboxes, seed ${seed}`);
  const settings = (place: SettingsPlace) =>
    Object.assign({}, ...chapters.map((chapter) => chapter.settings?.(place)));
  const stage = await openStage({ organisation, seed, partitions, plantedFault, log: options.log, settings });
  const log = await openLog(stage.log, { clock: stage.clock });
  progress.act("both clouds are simulated, the services run in a process of their own");
  return {
    options,
    organisation,
    stage,
    progress,
    log,
    nextKillAt: options.killAtRequests === 0 ? null : options.killAtRequests,
    cutOffCalls: 0,
    steps: 0,
    stepsBefore: 0,
    errands: new Set(),
    ending,
  };
};

/** Plays the day and its chapters and shows what happened; resolves with whether every expectation held. */
export const runDemo = async (options: DemoOptions): Promise<boolean> => {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  const chapters = await loadChapters(options.chapters);
  const run = await prepare(options, chapters, ending.signal);
  try {
    const ended = options.chapters.includes(day) ? await playDay(run) : null;
    if (!ended) await activateEverybody(run);
    const held = finish(run, { day: ended, chapters: await playChapters(run, chapters) });
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
