import { ConfigError } from "@hybrid/kernel";
import { program } from "./program.ts";

/** An error of the person's own making needs no stack; anything else does. */
const explain = (error: unknown): string =>
  error instanceof ConfigError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
