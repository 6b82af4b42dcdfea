import { organisationKeys } from "@hybrid/contracts";
import { systemScheduler } from "@hybrid/runtime";
import { Faults } from "@hybrid/settings";
import { type OpenedLog, placeOf, withLog } from "../with-log.ts";
import { type KeyPlace, readKeyPlace } from "./key-settings.ts";
import { keyPlaceBeside, type OpenedKeys, openKeys } from "./open-keys.ts";

/** Where a command finds the keys: by the setting, else beside the log. Throws ConfigError. */
export const keyPlaceOf = (folder: string): KeyPlace => {
  const faults = new Faults();
  const given = readKeyPlace(process.env, faults);
  faults.raise("the keys cannot be used");
  return given ?? keyPlaceBeside(placeOf(folder));
};

/** What a command about keys works with. */
export interface OpenedVault extends OpenedLog, OpenedKeys {
  readonly place: KeyPlace;
}

/** Opens log and vault, runs `use`, and closes them. Rejects with ConfigError where there are none. */
export const withVault = async <Result>(
  folder: string,
  use: (opened: OpenedVault) => Promise<Result>,
): Promise<Result> => {
  const place = keyPlaceOf(folder);
  return withLog(folder, organisationKeys.name, async (opened) => {
    const keys = openKeys(opened.log, { partitions: opened.partitions, clock: systemScheduler(), place });
    try {
      return await use({ ...opened, ...keys, place });
    } finally {
      await keys.close();
    }
  });
};
