import { wholeNumber } from "@hybrid/hybrid/command-line";
import { Command, Option } from "commander";
import { type PlantedFault, plantedFaults } from "./worker-protocol.ts";

/** The flags of `pnpm demo`. */
interface Flags {
  readonly once: boolean;
  readonly mailboxes: number;
  readonly seed: number;
  readonly killAt?: number;
  readonly keep: boolean;
  readonly json: boolean;
  readonly plant?: PlantedFault;
  readonly log: "embedded" | "kafka";
}

/** The exit code is 1 when an expectation was broken. */
const play = async (flags: Flags): Promise<void> => {
  // Help and slips are answered at once, without loading the services.
  const { runDemo } = await import("./run-demo.ts");
  const held = await runDemo({
    mailboxes: flags.mailboxes,
    seed: flags.seed,
    // Somewhere in the middle of the busiest hour.
    killAtRequests: flags.killAt === 0 ? null : (flags.killAt ?? Math.round(flags.mailboxes * 5.2)),
    once: flags.once,
    keepLog: flags.keep,
    json: flags.json,
    plantedFault: flags.plant ?? null,
    log: flags.log,
  });
  if (!held) process.exitCode = 1;
};

/** The command line of the demo. */
export const program = (): Command =>
  new Command("demo")
    .description("play a working day of an organisation against the simulators, then serve until Ctrl-C")
    .option("--once", "end after the day; exit code 0 only if every expectation held", false)
    .option("--mailboxes <n>", "how many mailboxes the organisation has, at least 30", wholeNumber, 200)
    .option("--seed <n>", "which day is played; the same seed plays the same day", wholeNumber, 1)
    .option(
      "--kill-at <n>",
      "kill -9 of the services when the simulators have seen n requests; 0: never",
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
      new Option("--plant <fault>", "make a mistake on purpose, to see the expectations fail")
        .choices(plantedFaults)
        .hideHelp(),
    )
    .exitOverride()
    .showHelpAfterError("(see --help)")
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm demo\n  pnpm demo --once --seed 7\n  pnpm demo --once --kill-at 900 --keep" +
        "\n  pnpm demo --once --log kafka",
    )
    .action(play);
