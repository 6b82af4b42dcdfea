import type { Command, Option } from "commander";
import type { RoomsFlags } from "./commands/rooms.ts";

const rooms = () => import("./commands/rooms.ts");

const common = (command: Command, logOption: () => Option): Command =>
  command
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--json", "print JSON", false);

/** `hybrid rooms`: meeting rooms, and what their devices show. */
export const addRooms = (root: Command, logOption: () => Option): void => {
  const parent = root.command("rooms").description("meeting rooms, and the meetings that their devices show");
  common(parent.command("list"), logOption)
    .description("every room, what its devices show, and what seems wrong with its mailbox")
    .addHelpText("after", "\nExample:\n  pnpm hybrid rooms list --org acme")
    .action(async (flags: RoomsFlags) => (await rooms()).roomsListCommand(flags));
  common(parent.command("follow"), logOption)
    .description(
      "let devices of workspaces with a Microsoft calendar show their meetings, with a button to join",
    )
    .requiredOption("--tenant <id>", "the Entra tenant of the rooms' mailboxes")
    .addHelpText(
      "after",
      "\nExample:\n  pnpm hybrid rooms follow --org acme --tenant 6f9619ff-8b86-4011-b42d-00c04fc964ff",
    )
    .action(async (flags: RoomsFlags & { readonly tenant: string }) =>
      (await rooms()).roomsFollowCommand(flags),
    );
  common(parent.command("stop"), logOption)
    .description("take all of it off the devices again")
    .addHelpText("after", "\nExample:\n  pnpm hybrid rooms stop --org acme")
    .action(async (flags: RoomsFlags) => (await rooms()).roomsStopCommand(flags));
};
