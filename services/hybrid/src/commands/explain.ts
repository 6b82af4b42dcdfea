import {
  compiledShippedRules,
  compileRules,
  findMeetings,
  readRuleBook,
  shippedRules,
  withShippedRules,
} from "@hybrid/meeting-links";
import { linksText } from "../explaining/explain-links.ts";
import { fieldsOf, jsonOf, readGiven } from "../explaining/given-event.ts";
import { fileGiven } from "../given.ts";

/** The flags of `hybrid explain links`. */
export interface ExplainLinksFlags {
  /** A document of rules that come before the shipped ones. */
  readonly rules?: string;
  readonly external: boolean;
  readonly json: boolean;
}

/** `hybrid explain links`: which meeting a file tells how to join, address by address. */
export const explainLinksCommand = async (file: string, flags: ExplainLinksFlags): Promise<void> => {
  const given = await readGiven(file);
  const own =
    flags.rules === undefined ? null : readRuleBook(jsonOf(await fileGiven(flags.rules), flags.rules));
  const rules = own ? compileRules(withShippedRules(own.book, shippedRules)) : compiledShippedRules;
  const faults = own?.faults ?? [];
  const found = findMeetings(fieldsOf(given), rules, flags.external ? "external" : "internal");
  process.stdout.write(
    flags.json ? `${JSON.stringify({ ...found, faults }, null, 2)}\n` : `${linksText(found, faults)}\n`,
  );
};
