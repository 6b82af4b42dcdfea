import { wholeNumber } from "@hybrid/hybrid/command-line";
import { Command, InvalidArgumentError, Option } from "commander";
import { chapterNames, day } from "./chapters/list.ts";

/** The flags of `pnpm demo`. */
interface Flags {
  readonly once: boolean;
  readonly mailboxes?: number;
  readonly seed: number;
  readonly chapter?: readonly string[];
  readonly killAt?: number;
  readonly keep: boolean;
  readonly json: boolean;
  readonly plant?: string;
  readonly log: "embedded" | "kafka";
}

/** Few people do when only chapters are played. */
const mailboxesOf = ({ mailboxes }: Flags, chapters: readonly string[]): number =>
  mailboxes ?? (chapters.includes(day) ? 200 : 30);

/** The exit code is 1 when an expectation was broken. */
const play = async (flags: Flags): Promise<void> => {
  // Help and slips are answered at once, without loading the services.
  const { runDemo } = await import("./run-demo.ts");
  const chapters = flags.chapter ?? chapterNames;
  const held = await runDemo({
    mailboxes: mailboxesOf(flags, chapters),
    seed: flags.seed,
    chapters,
    killAtRequests: flags.killAt ?? null,
    once: flags.once,
    keepLog: flags.keep,
    json: flags.json,
    plantedFault: flags.plant ?? null,
    log: flags.log,
  });
  if (!held) process.exitCode = 1;
};

const addChapter = (name: string, before: readonly string[] = []): readonly string[] => {
  if (!chapterNames.includes(name))
    throw new InvalidArgumentError(`must be one of ${chapterNames.join(", ")}`);
  return [...before, name];
};

/** The command line of the demo. */
export const program = (): Command =>
  new Command("demo")
    .description("play a working day and its chapters against the simulators, then serve until Ctrl-C")
    .option("--once", "end after the day; exit code 0 only if every expectation held", false)
    .option(
      "--chapter <name>",
      `play only this, can be given several times; all when left out: ${chapterNames.join(", ")}`,
      addChapter,
    )
    .option(
      "--mailboxes <n>",
      "how many mailboxes the organisation has, at least 30; 200, or 30 without the day, when left out",
      wholeNumber,
    )
    .option("--seed <n>", "which day is played; the same seed plays the same day", wholeNumber, 1)
    .option(
      "--kill-at <n>",
      "kill -9 of the services when the simulators have seen n requests; 0: never; one in the day and one " +
        "in each chapter when left out",
      wholeNumber,
    )
    .option("--keep", "keep the log file and say where it is", false)
    .option("--json", "print the end as JSON instead of tables", false)
    .addOption(
      new Option("--log <kind>", "what carries the records; kafka starts a broker for the play")
        .choices(["embedded", "kafka"])
        .default("embedded"),
    )
    .addOption(
      new Option("--plant <fault>", "make a mistake on purpose, to see the expectations fail").hideHelp(),
    )
    .exitOverride()
    .showHelpAfterError("(see --help)")
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm demo\n  pnpm demo --once --seed 7\n  pnpm demo --once --kill-at 900 --keep" +
        "\n  pnpm demo --once --log kafka\n  pnpm demo --once --chapter groups",
    )
    .action(play);
