import type { JoinSettings } from "@hybrid/contracts";
import { JoinWanted } from "@hybrid/control-hub-page/api";
import { isPattern } from "@hybrid/meeting-links";
import { jsonOf } from "./explaining/given-event.ts";
import { fileGiven, refused } from "./given.ts";

const Settings = JoinWanted.refine(
  ({ excluded: { subjectPattern } }) => subjectPattern === null || isPattern(subjectPattern),
  { error: "is no regular expression in RE2's syntax", path: ["excluded", "subjectPattern"] },
);

/**
 * What an organisation wants of its join details, from a JSON file; what the file leaves out is as if nobody
 * had said anything. Throws ConfigError that names the place of every fault.
 */
export const joinSettingsGiven = async (path: string): Promise<JoinSettings> => {
  const read = Settings.safeParse(jsonOf(await fileGiven(path, "--join-settings"), path));
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path: at, message }) => `${at.join(".") || "the file"} ${message}`);
  throw refused("--join-settings", `${path}: ${faults.join("; ")}`);
};
