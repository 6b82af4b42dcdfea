import type { Command, Option } from "commander";
import type { PresenceListFlags, PresenceShowFlags } from "./commands/presence.ts";

const presence = () => import("./commands/presence.ts");

const common = (command: Command, logOption: () => Option): Command =>
  command
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--json", "print JSON", false);

/** `hybrid presence`: who is out of the office. */
export const addPresence = (root: Command, logOption: () => Option): void => {
  const parent = root.command("presence").description("who is out of the office");
  common(parent.command("list"), logOption)
    .description("who is out of the office, since when and until when, by what, and whether Webex shows it")
    .option("--all", "everybody of whom something was ever said", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid presence list --org acme")
    .action(async (flags: PresenceListFlags) => (await presence()).presenceListCommand(flags));
  common(parent.command("show <user>"), logOption)
    .description("what is said of one user")
    .option("--why", "rule by rule why the user is or is not out of office", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid presence show 4711 --org acme --why")
    .action(async (user: string, flags: PresenceShowFlags) =>
      (await presence()).presenceShowCommand(user, flags),
    );
};
