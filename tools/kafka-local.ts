// A Kafka broker for this machine: node tools/kafka-local.ts --help
import { runCommandLine } from "./src/kafka-local/command.ts";

process.exitCode = await runCommandLine(process.argv.slice(2));
