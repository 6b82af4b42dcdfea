import { Argument, Command, InvalidArgumentError, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addArchive } from "./archive-program.ts";
import type { OwnersFlags } from "./commands/journal.ts";
import type { LogCopyFlags } from "./commands/log.ts";
import type { LookFlags, OrderFlags } from "./commands/operate.ts";
import type { SettingsFlags } from "./commands/settings.ts";
import type { SimulateFlags } from "./commands/simulate.ts";
import type { TopicsFlags } from "./commands/topics.ts";
import { completionScript, type Shell, shells } from "./completion.ts";
import type { UpFlags } from "./config.ts";
import { addConnecting } from "./connect-program.ts";
import { addControlHub } from "./control-hub-program.ts";
import { loadEnvironmentFile } from "./environment-file.ts";
import { addExplain } from "./explain-program.ts";
import { addGroups } from "./groups-program.ts";
import { addKeys } from "./keys-program.ts";
import { addMeetings } from "./meetings-program.ts";
import { addMigrations } from "./migrations-program.ts";
import { addNotices } from "./notices-program.ts";
import { addPresence } from "./people-presence-program.ts";
import { addRooms } from "./rooms-program.ts";
import { addRules } from "./rules-program.ts";
import { services } from "./service-list.ts";
import { logSettingsHelp, settingsHelp } from "./settings.ts";
import { addTenants } from "./tenants-program.ts";
import { addUsers } from "./users-program.ts";
import { wholeNumber } from "./whole-number.ts";

// Each command loads what it needs when it runs: a look at the users need not load both simulators.

const logOption = (): Option =>
  new Option("--data <folder>", "folder of the embedded log; not used when KAFKA_BROKERS is set")
    .env("HYBRID_DATA_DIR")
    .default(".hybrid");

const latency = (text: string): readonly [number, number] => {
  const [shortest = Number.NaN, longest = shortest] = text.split("-").map(Number);
  if (!(shortest >= 0 && longest >= shortest))
    throw new InvalidArgumentError("must be milliseconds, or two with a hyphen between, for example 20-80");
  return [shortest, longest];
};

const momentOf = (text: string): number => {
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new InvalidArgumentError("must be a date and time, for example 2026-01-05T07:00:00Z");
  return at;
};

const simulateExamples = `
Examples:
  pnpm hybrid simulate
  pnpm hybrid simulate --users 50 --seed 7 --out /tmp/clouds
  pnpm hybrid simulate --scenario scenario.json --clock held --start-at 2026-01-05T07:00:00Z
  pnpm hybrid simulate --host 0.0.0.0 --name simulator.test --name 192.0.2.7
  curl http://localhost:9545/                                   what the control port does
  curl -X PUT http://localhost:9545/faults/graph -H content-type:application/json -d '{"errors":{"GET":0.1}}'
  curl -X POST http://localhost:9545/clock -H content-type:application/json -d '{"advanceMs":3600000}'
  HTTPS_PROXY=http://localhost:9546 NODE_USE_ENV_PROXY=1 NODE_EXTRA_CA_CERTS=.hybrid/simulators/ca.pem node app.js

packages/graph-simulator/README.md says how to point each SDK at it.`;

const addSimulate = (parent: Command): void => {
  parent
    .command("simulate")
    .description(
      "run a Microsoft Graph, an Entra and a Webex of your own, to test programs against, until Ctrl-C",
    )
    .option(
      "--out <folder>",
      "where certificate authority, keys and variables are written",
      ".hybrid/simulators",
    )
    .option("--scenario <file>", "who and what is there at first (JSON); one tenant when left out")
    .option("--users <n>", "how many users the tenant has when there is no scenario", wholeNumber, 5)
    .option("--fresh", "nobody has consented to anything, and hybrid.env names no application", false)
    .addOption(
      new Option("--cloud <name>", "the national cloud that tokens are for")
        .choices(["worldwide", "gccHigh"])
        .default("worldwide"),
    )
    .option("--seed <n>", "same seed, same ids and same chance", wholeNumber, 1)
    .option("--host <address>", "listen on this address", "127.0.0.1")
    .option(
      "--name <name>",
      "name or address that certificates hold, besides localhost; may be given again, the first one is shown",
      (name: string, names: readonly string[] | undefined) => [...(names ?? []), name],
    )
    .option("--graph-port <n>", "of Graph and Entra (HTTPS); 0: any free one", wholeNumber, 9543)
    .option("--webex-port <n>", "of Webex (HTTPS); 0: any free one", wholeNumber, 9544)
    .option("--control-port <n>", "of the control port (HTTP); 0: any free one", wholeNumber, 9545)
    .option("--proxy-port <n>", "of the proxy for HTTPS_PROXY; 0: any free one", wholeNumber, 9546)
    .addOption(
      new Option("--clock <kind>", "whether time runs, or stands still and is moved at the control port")
        .choices(["running", "held"])
        .default("running"),
    )
    .option("--start-at <time>", "what the clock shows at first; now when left out", momentOf)
    .option("--latency <ms>", "real time that a Graph request takes, at least and at most", latency, [
      20, 80,
    ] as const)
    .option("--webex-rate <n>", "Webex requests of one token in a minute; 0: any number", wholeNumber, 300)
    .option("--trust <file>", "further authorities (PEM) that your notification endpoints are trusted by")
    .option("--json", "print addresses, files and people as JSON", false)
    .addHelpText("after", simulateExamples)
    .action(async ({ name, ...flags }: Omit<SimulateFlags, "name"> & { readonly name?: readonly string[] }) =>
      (await import("./commands/simulate.ts")).simulateCommand({ ...flags, name: name ?? ["localhost"] }),
    );
};

const healthOption = (): Option =>
  new Option("--health <url>", "address of the running services")
    .env("HYBRID_HEALTH_URL")
    .default("http://127.0.0.1:9400");

const operate = () => import("./commands/operate.ts");

const addParked = (parent: Command): void => {
  const parked = parent
    .command("parked")
    .description("actors that stand still because an input of theirs cannot be applied");
  parked
    .command("list")
    .description("every parked actor with the reason")
    .addOption(healthOption())
    .option("--json", "print JSON, one array", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid parked list")
    .action(async (flags: LookFlags) => (await operate()).listParkedCommand(flags));
  parked
    .command("retry <service> <actor>")
    .description("apply the kept inputs in order")
    .addOption(logOption())
    .addOption(healthOption())
    .addHelpText("after", "\nExample:\n  pnpm hybrid parked retry user-state acme/u-4711")
    .action(async (service: string, actor: string, flags: OrderFlags) =>
      (await operate()).retryParkedCommand(service, actor, flags),
    );
  parked
    .command("drop <service> <actor>")
    .description("move the first kept input to the dead letters, and retry the rest")
    .addOption(logOption())
    .addOption(healthOption())
    .option("--all", "all kept inputs", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid parked drop user-state acme/u-4711")
    .action(async (service: string, actor: string, flags: OrderFlags) =>
      (await operate()).dropParkedCommand(service, actor, flags),
    );
};

const addCalls = (parent: Command): void => {
  const calls = parent.command("calls").description("calls to the outside");
  for (const turn of ["pause", "resume"] as const)
    calls
      .command(`${turn} <service>`)
      .description(
        turn === "pause" ? "keep calls back; nothing is lost" : "take a pause of the same scope back",
      )
      .addOption(logOption())
      .option("--org <id>", "of this organisation only")
      .option("--kind <call>", "of this kind only, for example decorateEvent")
      .addHelpText("after", `\nExample:\n  pnpm hybrid calls ${turn} decorator --org acme`)
      .action(async (service: string, flags: OrderFlags) =>
        (await operate()).callsCommand(turn, service, flags),
      );
  parent
    .command("observe <on|off> <org>")
    .description("decide and report for an organisation, but write nothing outside")
    .addOption(logOption())
    .addHelpText("after", "\nExample:\n  pnpm hybrid observe on acme")
    .action(async (turn: string, org: string, flags: OrderFlags) =>
      (await operate()).observeCommand(turn, org, flags),
    );
  parent
    .command("observed <org>")
    .description("what observe mode keeps back")
    .addOption(healthOption())
    .option("--json", "print JSON, one array", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid observed acme")
    .action(async (org: string, flags: LookFlags) => (await operate()).observedCommand(org, flags));
};

const topicsModule = () => import("./commands/topics.ts");

const jsonOption = (): Option => new Option("--json", "print JSON").default(false);

const addTopics = (parent: Command): void => {
  const topics = parent.command("topics").description("the topics of the log, and how they should be");
  topics
    .command("create")
    .description("create what is missing; LOG_PARTITIONS says with how many partitions")
    .addOption(logOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExample:\n  KAFKA_BROKERS=kafka-1:9092 LOG_PARTITIONS=48 pnpm hybrid topics create",
    )
    .action(async (flags: TopicsFlags) => (await topicsModule()).topicsCreateCommand(flags));
  topics
    .command("check")
    .description(
      "compare partitions, retention, compaction and the rest with the contracts; 1 when they differ",
    )
    .addOption(logOption())
    .option("--apply", "create and alter what can be; a number of partitions never changes", false)
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  pnpm hybrid topics check\n  pnpm hybrid topics check --apply")
    .action(async (flags: TopicsFlags) => (await topicsModule()).topicsCheckCommand(flags));
  topics
    .command("list")
    .description("every topic that is there")
    .addOption(logOption())
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  pnpm hybrid topics list")
    .action(async (flags: TopicsFlags) => (await topicsModule()).topicsListCommand(flags));
  topics
    .command("schemas")
    .description("write the Avro schemas of all records, with their fingerprints, for other programs")
    .requiredOption("--out <folder>", "where to")
    .addHelpText("after", "\nExample:\n  pnpm hybrid topics schemas --out schemas")
    .action(async (flags: { readonly out: string }) => (await topicsModule()).topicsSchemasCommand(flags));
};

const addLog = (parent: Command): void => {
  parent
    .command("journal")
    .description("the journals of services")
    .command("owners")
    .description("who owns which partition of which service, and how far it is behind")
    .addOption(logOption())
    .addOption(
      new Option(
        "--health <urls>",
        "addresses of workers, separated by commas, for the states that they know",
      )
        .env("HYBRID_HEALTH_URL")
        .default("http://127.0.0.1:9400"),
    )
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  KAFKA_BROKERS=kafka-1:9092 pnpm hybrid journal owners")
    .action(async (flags: OwnersFlags) =>
      (await import("./commands/journal.ts")).journalOwnersCommand(flags),
    );
  parent
    .command("log")
    .description("the log as a whole")
    .command("copy")
    .description("copy an embedded log to Kafka, so that services go on there where they stopped")
    .requiredOption("--from <folder>", "folder of the embedded log, on which nothing runs")
    .requiredOption("--to <kind>", "kafka; the variables of Kafka say where")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExample:\n  KAFKA_BROKERS=kafka-1:9092 pnpm hybrid log copy --from .hybrid --to kafka",
    )
    .action(async (flags: LogCopyFlags) => (await import("./commands/log.ts")).logCopyCommand(flags));
};

const addUp = (parent: Command): void => {
  parent
    .command("up")
    .description("run services in this process, on Kafka when KAFKA_BROKERS is set, else on the embedded log")
    .addOption(logOption())
    .addOption(
      new Option("--service <names>", "run only these, separated by commas; all when left out").env(
        "HYBRID_SERVICES",
      ),
    )
    .addHelpText(
      "after",
      () =>
        "\nExamples:\n  pnpm hybrid up\n" +
        "  KAFKA_BROKERS=kafka-1:9092 pnpm hybrid up --service directory,user-state" +
        `\n\nServices:\n${services.map(({ name, purpose }) => `  ${name.padEnd(22)}${purpose}`).join("\n")}` +
        "\n\nEnvironment variables; a process needs those of what it runs. NAME[_FILE]: the value itself, " +
        `or the name of a file that holds it. docs/SETTINGS.md says more.\n\n${settingsHelp()}`,
    )
    .action(async (flags: UpFlags) => (await import("./commands/up.ts")).upCommand(flags));
};

/** The operator's command line. */
export const program = (): Command => {
  const root = new Command("hybrid")
    .description("Keeps Webex and Microsoft 365 in step for every user of an organisation.")
    .version(manifest.version, "-V, --version")
    .option("--env-file <file>", "read settings from this file too; the environment goes before it")
    .on("option:env-file", loadEnvironmentFile)
    .exitOverride()
    .showHelpAfterError("(see --help)")
    .addHelpText("after", () => `\n${logSettingsHelp()}`);
  addSimulate(root);
  addUp(root);
  addPresence(root, logOption);
  addNotices(root, logOption);
  addMigrations(root, logOption);
  addArchive(root);
  root
    .command("settings")
    .description("every setting of every service, as docs/SETTINGS.md")
    .option("--example", "as a commented file for --env-file instead", false)
    .addOption(new Option("--write <repository>", "write the documents there").hideHelp())
    .addHelpText("after", "\nExample:\n  pnpm hybrid settings --example > hybrid.env")
    .action(async (flags: SettingsFlags) => (await import("./commands/settings.ts")).settingsCommand(flags));
  root
    .command("completion")
    .description("a script that completes commands and options in your shell")
    .addArgument(new Argument("<shell>", "your shell").choices(shells))
    .addHelpText(
      "after",
      '\nExamples, for the start-up file of your shell:\n  eval "$(hybrid completion bash)"\n' +
        '  eval "$(hybrid completion zsh)"\n  hybrid completion fish | source',
    )
    .action((shell: Shell) => void process.stdout.write(completionScript(root, shell)));
  addTopics(root);
  addLog(root);
  addConnecting(root, { log: logOption, health: healthOption });
  addTenants(root, logOption);
  addUsers(root, logOption);
  addGroups(root, logOption);
  addKeys(root, logOption);
  addMeetings(root, logOption);
  addRooms(root, logOption);
  addParked(root);
  addCalls(root);
  addRules(root, logOption);
  addExplain(root, logOption);
  addControlHub(root, logOption);
  return root;
};
