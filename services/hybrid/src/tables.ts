import Table from "cli-table3";
import colours from "picocolors";

/** Whether a person looks at the output; a pipe gets plain text. */
export const forPeople = (): boolean => process.stdout.isTTY;

/** A table for a terminal, or tab-separated lines for a pipe. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  if (!forPeople()) return [head, ...rows].map((row) => row.join("\t")).join("\n");
  const drawn = new Table({
    head: head.map((text) => colours.bold(text)),
    style: { head: [], border: ["gray"], compact: true },
    colAligns: head.map((_, column) =>
      rows.every((row) => typeof row[column] === "number") ? "right" : "left",
    ),
  });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
};

/** A heading over what follows. */
export const heading = (text: string): string => `\n${colours.bold(text)}`;
