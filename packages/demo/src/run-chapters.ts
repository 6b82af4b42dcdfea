import { instant, minutes } from "@hybrid/kernel";
import type { PlayableChapter, Scenery } from "./chapters/chapter.ts";
import type { Expectation } from "./expectation.ts";
import { diceOf } from "./organisation.ts";
import { administratorOf, type Run, requestsOf, runErrand, worldOf } from "./run.ts";
import { authoriseTenants, enableEverybody } from "./run-day.ts";
import { runUntil } from "./time-driver.ts";

/** What a chapter came to. */
export interface EndedChapter {
  readonly name: string;
  readonly title: string;
  /** Tables of its section in the report. */
  readonly report: string;
  readonly expectations: readonly Expectation[];
}

/** Each chapter draws numbers of its own, whichever are played before it. */
const seedOf = (name: string, seed: number): number =>
  Buffer.from(name).reduce((sum, byte) => Math.imul(sum, 31) + byte, seed);

const sceneryOf = (run: Run, { name }: PlayableChapter): Scenery => {
  const { stage, organisation, options } = run;
  const startedAt = stage.clock.now();
  return {
    stage,
    organisation,
    startedAt,
    dice: diceOf(seedOf(name, options.seed)),
    administrator: administratorOf(run, organisation.org),
    after: (ms, act) =>
      void stage.clock.at(instant(startedAt + ms), () => {
        const work = act();
        if (work instanceof Promise) runErrand(run, work);
      }),
  };
};

/** A kill that never came proves nothing. */
const checkKill = (requests: number, seen: number, starts: number): Expectation => ({
  name: "a kill -9 in the middle of the work",
  checked: 1,
  broken: starts > 0 ? [] : [`it was to come after ${requests} requests of the chapter, which made ${seen}`],
});

const playChapter = async (run: Run, chapter: PlayableChapter): Promise<EndedChapter> => {
  const { stage, progress, options } = run;
  const { name, title, scenes, endsAfterMs, killAfterRequests } = chapter;
  progress.act(`chapter ${name}: ${title}`);
  await stage.alsoRun(chapter.services ?? []);
  // The moves of the clock below wait for them; started here, they are no restart after a kill.
  await stage.worker();
  const scenery = sceneryOf(run, chapter);
  const [requestsBefore, startsBefore] = [requestsOf(stage).total, stage.starts];
  const hasOwnKill = options.killAtRequests === null;
  if (hasOwnKill) run.nextKillAt = requestsBefore + killAfterRequests;
  const begun = await chapter.begin(scenery);
  const world = worldOf(run);
  for (const [index, { afterMs, text }] of scenes.entries()) {
    await runUntil(world, scenery.startedAt + afterMs);
    progress.act(text);
    await begun.play(index);
  }
  await runUntil(world, scenery.startedAt + endsAfterMs);
  const kill = hasOwnKill
    ? [checkKill(killAfterRequests, requestsOf(stage).total - requestsBefore, stage.starts - startsBefore)]
    : [];
  if (hasOwnKill) run.nextKillAt = null;
  const expectations = [...(await begun.judge()), ...kill];
  return { name, title, report: begun.report(), expectations };
};

/** Everybody of the organisation is activated, as the day leaves them behind. */
export const activateEverybody = async (run: Run): Promise<void> => {
  await enableEverybody(run);
  await authoriseTenants(run);
  await runUntil(worldOf(run), run.stage.startedAt + minutes(15));
};

/** Plays chapters one after another. */
export const playChapters = async (
  run: Run,
  chapters: readonly PlayableChapter[],
): Promise<readonly EndedChapter[]> => {
  const ended: EndedChapter[] = [];
  for (const chapter of chapters) ended.push(await playChapter(run, chapter));
  return ended;
};
