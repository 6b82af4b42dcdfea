/** Parts of the settings of a tenant, each with an address. */
export const settingsParts = ["keywords", "texts", "details", "excluded"] as const;

/** A part of the settings. */
export type SettingsPart = (typeof settingsParts)[number];
