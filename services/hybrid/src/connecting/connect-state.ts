import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "@hybrid/kernel";
import { z } from "zod";

const shape = z.strictObject({
  version: z.literal(1),
  org: z.string(),
  publicUrl: z.string().nullable(),
  consentUrl: z.string().nullable(),
  clientId: z.string().nullable(),
  /** Of registrations of their own; null: these use that of the calendars. */
  groupsClientId: z.string().nullable().default(null),
  archiveClientId: z.string().nullable().default(null),
  mailbox: z.string().nullable(),
  /** Steps that are not repeated, by name: when each was done. */
  done: z.record(z.string(), z.string()),
});

/** What an operator has answered so far, and what has been done. */
export type ConnectState = z.infer<typeof shape>;

const fileIn = (folder: string): string => join(folder, "connect.json");

/** The state in a folder; a new one where there is none. Throws ConfigError when it is no state. */
export const readConnectState = async (folder: string, org: string): Promise<ConnectState> => {
  let text: string;
  try {
    text = await readFile(fileIn(folder), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const nothing = { publicUrl: null, consentUrl: null, clientId: null, mailbox: null };
    return { version: 1, org, ...nothing, groupsClientId: null, archiveClientId: null, done: {} };
  }
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    given = undefined;
  }
  const read = shape.safeParse(given);
  if (!read.success)
    throw new ConfigError("what was done so far cannot be read", [
      `${fileIn(folder)} is damaged: correct it, or take it away and begin again`,
    ]);
  if (read.data.org !== org)
    throw new ConfigError("another organisation is being connected there", [
      `${fileIn(folder)} is of ${read.data.org}: name another --folder for ${org}`,
    ]);
  return read.data;
};

/** Keeps the state; a crash leaves the old one or the new one, never half of it. */
export const writeConnectState = async (folder: string, state: ConnectState): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const beside = `${fileIn(folder)}.new`;
  await writeFile(beside, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(beside, fileIn(folder));
};
