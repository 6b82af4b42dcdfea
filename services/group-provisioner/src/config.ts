import { minutes, seconds } from "@hybrid/kernel";
import { duration, settingsOrThrow, type Variables } from "@hybrid/settings";
import { designNumbers, type Numbers } from "#domain/numbers";

/** The settings of the service. */
export const groupSettings = {
  GROUPS_FOLLOW_EVERY_MS: duration({
    min: minutes(1),
    max: minutes(24 * 60),
    meaning: "How often a team asks who came into its group or left it.",
  }).orElse(designNumbers.followEveryMs),
  GROUPS_FEED_EVERY_MS: duration({
    min: seconds(5),
    max: minutes(60),
    meaning: "How often the events of an organisation are read for new teams.",
  }).orElse(designNumbers.feedEveryMs),
};

/** What the service is configured with. */
export interface GroupConfig {
  readonly numbers: Numbers;
  readonly isGlobalInstance: boolean;
}

/** Reads the settings. Throws ConfigError that names every fault at once. */
export const readGroupConfig = (environment: Variables): GroupConfig => {
  const read = settingsOrThrow(
    "group-provisioner cannot start with this configuration",
    groupSettings,
    environment,
  );
  const { GROUPS_FOLLOW_EVERY_MS: followEveryMs, GROUPS_FEED_EVERY_MS: feedEveryMs } = read;
  return {
    numbers: { ...designNumbers, followEveryMs, feedEveryMs },
    isGlobalInstance: (environment["GRAPH_CLOUD"] ?? "worldwide") === "worldwide",
  };
};
