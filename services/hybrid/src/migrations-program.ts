import type { Command, Option } from "commander";
import type {
  ClusterFlags,
  MigrationsFlags,
  MigrationsListFlags,
  MigrationsShowFlags,
} from "./commands/migrations.ts";
import { wholeNumber } from "./whole-number.ts";

const migrations = () => import("./commands/migrations.ts");

const common = (command: Command, logOption: () => Option): Command =>
  command
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--json", "print JSON", false);

const addLooks = (parent: Command, logOption: () => Option): void => {
  common(parent.command("list"), logOption)
    .description("mailboxes that move and what they wait for, and the latest batches")
    .option("--all", "every mailbox that ever moved", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid migrations list --org acme")
    .action(async (flags: MigrationsListFlags) => (await migrations()).migrationsListCommand(flags));
  common(parent.command("show <user>"), logOption)
    .description("one user: who serves it, its latest move, what it waits for, explained")
    .option("--why", "rule by rule why the cloud or a connector serves the user", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid migrations show 4711 --org acme --why")
    .action(async (user: string, flags: MigrationsShowFlags) =>
      (await migrations()).migrationsShowCommand(user, flags),
    );
  common(parent.command("clusters"), logOption)
    .description("clusters of on-premises connectors, how full they are and in which colour")
    .addHelpText("after", "\nExample:\n  pnpm hybrid migrations clusters --org acme")
    .action(async (flags: MigrationsFlags) => (await migrations()).migrationsClustersCommand(flags));
};

/** `hybrid migrations`: mailboxes that move between Exchange on premises and the cloud. */
export const addMigrations = (root: Command, logOption: () => Option): void => {
  const parent = root
    .command("migrations")
    .description("mailboxes that move between Exchange on premises and the cloud");
  addLooks(parent, logOption);
  common(parent.command("force <user>"), logOption)
    .description("look at a user's mailbox now; one finding is enough")
    .addHelpText("after", "\nExample:\n  pnpm hybrid migrations force 4711 --org acme")
    .action(async (user: string, flags: MigrationsFlags) =>
      (await migrations()).migrationsForceCommand(user, flags),
    );
  common(parent.command("cluster <name>"), logOption)
    .description("describe a cluster of on-premises connectors, or take it away")
    .option("--resource-group <name>", "only users of this resource group; those of none when left out")
    .option("--office-users <n>", "room for users with a mailbox in Exchange Online", wholeNumber, 1_000)
    .option("--exchange-users <n>", "room for users with a mailbox on premises", wholeNumber, 5_000)
    .option("--down", "it is out of service and takes nobody", false)
    .option("--remove", "take it away", false)
    .addHelpText(
      "after",
      "\nExample:\n  pnpm hybrid migrations cluster north --org acme --exchange-users 10000",
    )
    .action(async (name: string, flags: ClusterFlags) =>
      (await migrations()).migrationsClusterCommand(name, flags),
    );
};
