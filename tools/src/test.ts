// `pnpm test` and, with --quick, `pnpm check`: runs the suite part by part and ends with the count.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { kafkaForSuite } from "./suite/kafka-for-suite.ts";
import { partsOf, suiteEnvironment } from "./suite/parts.ts";
import { runPart } from "./suite/run-part.ts";
import {
  completenessOf,
  type Outcome,
  omissionsOf,
  type Surroundings,
  succeeded,
  summaryLines,
} from "./suite/verdict.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const contractsFolder = process.env["HYBRID_CONTRACTS_DIR"];
const around: Omit<Surroundings, "noKafka"> = {
  ci: process.env["CI"] === "true",
  quick: values.quick,
  contractsGiven: contractsFolder !== undefined && existsSync(contractsFolder),
  needsContracts: (file) => readFileSync(file, "utf8").includes("HYBRID_CONTRACTS_DIR"),
};

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    console.error(`${signal}: ending what was started`);
    stopped.abort();
  });

const settings = {
  root: join(import.meta.dirname, "../.."),
  environment: suiteEnvironment(process.env),
  signal: stopped.signal,
};
const parts = partsOf(around);
const outcomes: Outcome[] = [];
await using kafka = kafkaForSuite(process.env);
for (const [index, part] of parts.entries()) {
  if (stopped.signal.aborted) break;
  console.log(`\n== ${part.name} (${index + 1} of ${parts.length})`);
  const more = part.wantsKafka === true ? await kafka.environment() : {};
  const environment = { ...settings.environment, ...more, ...part.environment };
  const outcome = await runPart(part, { ...settings, environment });
  outcomes.push(outcome);
  console.log(
    `== ${part.name}: ${outcome.failed === 0 ? "ok" : "FAILED"} after ${outcome.seconds.toFixed(1)} s`,
  );
}

const omissions = stopped.signal.aborted
  ? [{ sentence: "everything after the interruption", excused: false }]
  : omissionsOf(outcomes, { ...around, ...kafka.omission() });
const all = [...outcomes, ...completenessOf(omissions, around)];
console.log(`\n${summaryLines(all, omissions).join("\n")}`);
process.exitCode = !stopped.signal.aborted && succeeded(all) ? 0 : 1;
