import type { CommandWriting } from "@hybrid/directory";
import type { Expectation } from "../expectation.ts";
import type { DemoOrganisation } from "../organisation.ts";
import type { PlantedFault } from "../planted-fault.ts";
import type { SettingsPlace, Stage } from "../stage.ts";

/** What a chapter plays on: the stage as the day left it, or with everybody freshly activated. */
export interface Scenery {
  readonly stage: Stage;
  /** Who is there already; a chapter may bring people, teams and a tenant of its own. */
  readonly organisation: DemoOrganisation;
  /** When the chapter began, on the virtual clock. */
  readonly startedAt: number;
  /** Numbers in [0, 1) from the seed and the chapter's name. The chapter must not depend on other chance. */
  readonly dice: () => number;
  /** The administrator's own connection to the log, in another process than the services. */
  readonly administrator: CommandWriting;
  /** Lets somebody act `ms` after the chapter's start. Time waits for what the act promises. */
  after(ms: number, act: () => unknown): void;
}

/** What people do at a moment of a chapter. */
export interface Scene<Cast> {
  /** Virtual time after the chapter's start. */
  readonly afterMs: number;
  /** A sentence for the progress. */
  readonly text: string;
  readonly play: (cast: Cast, scenery: Scenery) => unknown;
}

/** A story that is played on the stage, and what must have come of it. */
export interface Chapter<Cast> {
  /** What `--chapter` calls it, in lower case. */
  readonly name: string;
  readonly title: string;
  /** Settings of the services, as environment variables. */
  readonly settings?: (place: SettingsPlace) => Readonly<Record<string, string>>;
  /** Services that the day leaves out and the chapter needs; they run from its beginning on. */
  readonly services?: readonly string[];
  /** Puts people, teams, mail and whatever else is needed into the simulators. */
  readonly prepare: (scenery: Scenery) => Cast | Promise<Cast>;
  /** In the order of time. */
  readonly scenes: readonly Scene<Cast>[];
  /** When the chapter ends, after its start. */
  readonly endsAfterMs: number;
  /** `kill -9` of the services when the simulators have seen this many requests of the chapter. */
  readonly killAfterRequests: number;
  /** What had to be true, by a model that shares no code with the services. */
  readonly judge: (cast: Cast, scenery: Scenery) => readonly Expectation[] | Promise<readonly Expectation[]>;
  /** Tables of the chapter's section in the report. */
  readonly report: (cast: Cast, scenery: Scenery) => string;
  /** Mistakes made on purpose, so that tests see the expectations fail; by name. */
  readonly plantedFaults: Readonly<Record<string, PlantedFault>>;
}

/** A chapter that has begun; its cast is its own affair. */
export interface BegunChapter {
  /** Plays a scene by its number. */
  play(scene: number): Promise<void>;
  judge(): Promise<readonly Expectation[]>;
  report(): string;
}

/** A chapter as the demo plays it, whatever its cast. */
export interface PlayableChapter extends Omit<Chapter<unknown>, "prepare" | "scenes" | "judge" | "report"> {
  readonly scenes: readonly Pick<Scene<unknown>, "afterMs" | "text">[];
  begin(scenery: Scenery): Promise<BegunChapter>;
}

/** A chapter as one value. */
export const defineChapter = <Cast>(chapter: Chapter<Cast>): PlayableChapter => {
  const { prepare, scenes, judge, report, ...rest } = chapter;
  return {
    ...rest,
    scenes,
    begin: async (scenery) => {
      const cast = await prepare(scenery);
      return {
        play: async (scene) => void (await scenes[scene]?.play(cast, scenery)),
        judge: async () => judge(cast, scenery),
        report: () => report(cast, scenery),
      };
    },
  };
};
