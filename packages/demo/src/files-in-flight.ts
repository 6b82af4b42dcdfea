/** Counts what this process has under way with files; the log writes its own at once and never waits. */
export const filesInFlight = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "FSReqPromise").length;
