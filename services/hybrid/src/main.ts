import { ConfigError } from "@hybrid/kernel";
import { program } from "./program.ts";

/** An error of the person's own making needs no stack; anything else does. */
const explain = (error: unknown): string =>
  error instanceof ConfigError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);

// A reader such as `head` that has seen enough closes the pipe: that is no fault, only a reason to end in
// order.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.kill(process.pid, "SIGTERM");
});

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
