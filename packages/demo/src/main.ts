import { runProgram } from "@hybrid/hybrid/command-line";
import { program } from "./program.ts";

await runProgram(program());
