import { type Command, Option } from "commander";
import type { NoticesListFlags, NoticesTestFlags } from "./commands/notices.ts";

const notices = () => import("./commands/notices.ts");

/** `hybrid notices`: what users are told by e-mail. */
export const addNotices = (root: Command, logOption: () => Option): void => {
  const parent = root.command("notices").description("what users are told by e-mail");
  parent
    .command("list")
    .description("what users were told, and what became of it")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .addOption(
      new Option("--outcome <word>", "those with this outcome alone").choices([
        "sent",
        "failed",
        "tooLate",
        "suppressed",
      ]),
    )
    .option("--json", "print JSON, one array", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid notices list --org acme --outcome failed")
    .action(async (flags: NoticesListFlags) => (await notices()).noticesListCommand(flags));
  parent
    .command("test")
    .description("send one mail by the settings of notices")
    .requiredOption("--to <address>", "who gets it")
    .option("--language <tag>", "its language: en or sv", "en")
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\nExample:\n  pnpm hybrid --env-file hybrid.env notices test --to ada@acme.example",
    )
    .action(async (flags: NoticesTestFlags) => (await notices()).noticesTestCommand(flags));
};
