import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { settingsDocument, settingsExample } from "../settings-document.ts";

/** The flags of `hybrid settings`. */
export interface SettingsFlags {
  readonly example: boolean;
  /** The repository in which the documents are written again instead. */
  readonly write?: string;
}

/** `hybrid settings`: every setting as a document, or as a commented example file. */
export const settingsCommand = ({ example, write }: SettingsFlags): void => {
  if (write === undefined) {
    process.stdout.write(example ? settingsExample() : settingsDocument());
    return;
  }
  writeFileSync(join(write, "docs/SETTINGS.md"), settingsDocument());
  writeFileSync(join(write, "docs/examples/hybrid.env"), settingsExample());
};
