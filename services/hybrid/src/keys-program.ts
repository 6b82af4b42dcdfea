import type { Command, Option } from "commander";
import type { KeysDestroyFlags, KeysRotateFlags, KeysStatusFlags } from "./commands/keys.ts";

const keys = () => import("./commands/keys.ts");

/** `hybrid keys`: what protects names, addresses and subjects. */
export const addKeys = (parent: Command, logOption: () => Option): void => {
  const group = parent
    .command("keys")
    .description("the keys that seal what people must be able to take back");
  group
    .command("status")
    .description("which keys there are, and by which key-encryption key they are wrapped")
    .addOption(logOption())
    .option("--clear", "say also what an earlier release has left in clear: reads the whole log", false)
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExamples:\n  pnpm hybrid keys status\n  pnpm hybrid keys status --clear")
    .action(async (flags: KeysStatusFlags) => (await keys()).keysStatusCommand(flags));
  group
    .command("rotate")
    .description("wrap keys of organisations by the newest key-encryption key, or give somebody a new key")
    .addOption(logOption())
    .option("--new", "make a new key-encryption key first, in the file beside an embedded log", false)
    .option("--org <id>", "give this organisation a new key instead")
    .option("--user <id>", "give this user or tenant a new key instead: <org>/u-<user>")
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid keys rotate --new\n  pnpm hybrid keys rotate --org acme" +
        "\n  pnpm hybrid keys rotate --user acme/u-4711",
    )
    .action(async (flags: KeysRotateFlags) => (await keys()).keysRotateCommand(flags));
  group
    .command("destroy <org>")
    .description("destroy all keys of an organisation: nothing that is sealed for its users opens again")
    .addOption(logOption())
    .option("--yes", "it is meant", false)
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid keys destroy acme --yes")
    .action(async (org: string, flags: KeysDestroyFlags) => (await keys()).keysDestroyCommand(org, flags));
};
