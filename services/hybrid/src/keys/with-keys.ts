import { organisationKeys } from "@hybrid/contracts";
import { systemScheduler } from "@hybrid/runtime";
import { type OpenedLog, placeOf, withLog } from "../with-log.ts";
import type { KeyPlace } from "./key-settings.ts";
import { keyPlaceGiven, type OpenedKeys, openKeys } from "./open-keys.ts";

/** What a command about keys works with. */
export interface OpenedVault extends OpenedLog, OpenedKeys {
  readonly place: KeyPlace;
}

/** Opens log and vault, runs `use`, and closes them. Rejects with ConfigError where there are none. */
export const withVault = async <Result>(
  folder: string,
  use: (opened: OpenedVault) => Promise<Result>,
): Promise<Result> => {
  const place = keyPlaceGiven(process.env, placeOf(folder));
  return withLog(folder, organisationKeys.name, async (opened) => {
    const keys = openKeys(opened.log, { partitions: opened.partitions, clock: systemScheduler(), place });
    try {
      return await use({ ...opened, ...keys, place });
    } finally {
      await keys.close();
    }
  });
};
