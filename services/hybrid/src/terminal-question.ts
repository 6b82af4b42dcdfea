import { createInterface } from "node:readline/promises";

/** Where a person reads and types; streams of a terminal know that they are one. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** The terminal of this process, or the pipes in its place. */
export const ownTerminal: Terminal = { input: process.stdin, output: process.stdout };

/** Whether somebody is there who can read a question and type an answer. */
export const canBeAsked = ({ input, output }: Terminal): boolean =>
  input.isTTY === true && output.isTTY === true;

/** Asks, and is told yes or no. Any other answer is no; so are Ctrl-C and Ctrl-D, which end the question. */
export const isAgreed = async ({ input, output }: Terminal, question: string): Promise<boolean> => {
  const asking = createInterface({ input, output, terminal: output.isTTY === true });
  const ended = new Promise<string>((resolve) => void asking.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([asking.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
};
