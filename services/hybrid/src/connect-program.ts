import type { Command, Option } from "commander";
import type { ConnectFlags } from "./commands/connect.ts";
import type { DoctorFlags } from "./commands/doctor.ts";
import { wholeNumber } from "./whole-number.ts";

/** The options that commands share. */
export interface SharedOptions {
  readonly log: () => Option;
  readonly health: () => Option;
}

const addConnect = (parent: Command, { log, health }: SharedOptions): void => {
  parent
    .command("connect")
    .description("from nothing to the first real mailbox, step by step; run it again, and it goes on")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -), which you choose")
    .addOption(log())
    .addOption(health())
    .option(
      "--folder <folder>",
      "where keys, manifests, settings and what was done are kept",
      ".hybrid/connect",
    )
    .option("--public-url <url>", "where Microsoft and Webex reach notification-ingest, https")
    .option("--consent-url <url>", "where administrators' browsers reach consent; --public-url when left out")
    .option("--client-id <id>", "appId of the registration in Microsoft Entra")
    .option("--groups-client-id <id>", "that of groups, where they get a registration of their own")
    .option("--archive-client-id <id>", "that of the archive, where it gets a registration of its own")
    .option("--mailbox <address>", "the first mailbox: an address, or a user's object id")
    .option("--wait <seconds>", "how long to wait for the tenant's administrator", wholeNumber, 0)
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\n0: connected; 1: a person has to do something first, which the last line says (docs/CONNECT.md).\n" +
        "\nExamples:\n  pnpm hybrid connect --org acme --public-url https://hybrid.acme.example" +
        "\n  pnpm hybrid connect --org acme --client-id 5d1a0b2c-1111-4222-a333-000000000000" +
        "\n  pnpm hybrid --env-file webex.env connect --org acme --mailbox ada@acme.example --wait 600",
    )
    .action(async (flags: ConnectFlags) => (await import("./commands/connect.ts")).connectCommand(flags));
};

/** Adds `hybrid connect` and `hybrid doctor`. */
export const addConnecting = (parent: Command, shared: SharedOptions): void => {
  addConnect(parent, shared);
  parent
    .command("doctor")
    .description("look at everything that a person would look at first; 1 when something does not work")
    .addOption(shared.log())
    .addOption(shared.health())
    .option("--mailbox <address>", "tried where a consent is half, because Exchange may grant the rest")
    .option("--json", "print JSON, one array", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid --env-file hybrid.env doctor")
    .action(async (flags: DoctorFlags) => (await import("./commands/doctor.ts")).doctorCommand(flags));
};
