import { type Command, CommanderError } from "commander";
import { exitCodeOf, explain } from "./explain.ts";

/**
 * Carries out what this process was called with. A failure is told in words on standard error; the exit code
 * is then 2 when what was given cannot be used, else 1. The program must have `exitOverride()`.
 */
export const runProgram = async (program: Command): Promise<void> => {
  // A reader such as `head` that has seen enough closes the pipe: that is no fault, only a reason to end in
  // order.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.kill(process.pid, "SIGTERM");
  });
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    // The command line has said already what is wrong with it; 0 ends help and version.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      process.stderr.write(`${explain(error)}\n`);
      process.exitCode = exitCodeOf(error);
    }
  }
};
