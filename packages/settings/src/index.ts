export { durationText } from "./duration-text.ts";
export { Faults } from "./faults.ts";
export { mistypedFaults } from "./mistyped.ts";
export { nearestHint, nearestOf } from "./nearest.ts";
export {
  givenName,
  isGiven,
  namesOf,
  readSettings,
  settingsOrThrow,
  type ValuesOf,
  type Variables,
  type Vocabulary,
} from "./read-settings.ts";
export { pem, renewedSecret, secret } from "./secrets.ts";
export { type Read, Setting, type SettingParts } from "./setting.ts";
export { exampleFile, settingsTable } from "./settings-text.ts";
export {
  choice,
  commaList,
  decimal,
  duration,
  flag,
  port,
  readList,
  readUrl,
  text,
  type UrlOptions,
  url,
  whole,
} from "./shapes.ts";
export { logPartitions, redisUrl } from "./shared-settings.ts";
