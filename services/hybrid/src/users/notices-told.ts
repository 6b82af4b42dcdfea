import { type UserNotice, userNotices } from "@hybrid/contracts";
import { recordsOf } from "../users-view.ts";
import type { OpenedLog } from "../with-log.ts";

/** What users were told last, by user; none in a log of before that was told. */
export const latestNotices = async (
  opened: OpenedLog,
): Promise<ReadonlyMap<string, readonly UserNotice[]>> => {
  const latest = new Map<string, readonly UserNotice[]>();
  if (!(await opened.log.topics()).some(({ name }) => name === userNotices.name)) return latest;
  for await (const { key, value } of recordsOf(opened, userNotices)) {
    if (value === null) latest.delete(key);
    else latest.set(key, value.notices);
  }
  return latest;
};
