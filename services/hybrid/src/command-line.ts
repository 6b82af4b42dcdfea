export { runProgram } from "./run-program.ts";
export { wholeNumber } from "./whole-number.ts";
