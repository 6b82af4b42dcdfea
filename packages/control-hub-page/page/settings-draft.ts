import { useEffect } from "react";
import type { Settings, SettingsWanted } from "../src/api/index.ts";
import { useKeptDraft } from "./kept-draft.ts";
import { changedSettings, mergedSettings } from "./settings-changes.ts";

type Tenant = Settings["tenants"][number];

/** Changes that are not saved yet, and what they are changes of. */
interface SettingsDraft {
  readonly base: SettingsWanted;
  readonly wanted: SettingsWanted;
}

/** The settings of a tenant as somebody edits them; kept in this browser until they are saved. */
export const useSettingsDraft = (org: string, tenant: Tenant) => {
  const { draft, change, forget } = useKeptDraft<SettingsDraft | null>(
    `settings ${org} ${tenant.tenantId}`,
    null,
  );
  const { settings } = tenant;
  const wanted = draft?.wanted ?? settings;
  const changed = changedSettings(settings, wanted);
  const base = draft?.base ?? settings;
  // Somebody else's change counts only while there is something of ours that it could meet.
  const hasConflict = changed.length > 0 && changedSettings(base, settings).length > 0;
  const isOver = draft !== null && changed.length === 0;
  useEffect(() => {
    // What was saved, or typed back, is no draft any more.
    if (isOver) forget();
  });
  return {
    wanted,
    changed,
    base,
    hasConflict,
    change: (next: SettingsWanted): void => change({ base, wanted: next }),
    forget,
    /** Goes on from what is set now: with both changes, or with ours alone. */
    merge: (): void => change({ base: settings, wanted: mergedSettings(base, wanted, settings) }),
    keepMine: (): void => change({ base: settings, wanted }),
  };
};

/** {@link useSettingsDraft} as parts of the page have it. */
export type SettingsEditing = ReturnType<typeof useSettingsDraft>;
