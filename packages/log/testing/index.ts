import type { Clock, Scheduler } from "@hybrid/kernel";
import { describe, vi } from "vitest";
import { type Log, openEmbeddedLog } from "../src/index.ts";
import { cleaningContract } from "./contract/cleaning.ts";
import { fencingProperty } from "./contract/fencing-property.ts";
import type { LogDriver } from "./contract/fixture.ts";
import { groupsContract } from "./contract/groups.ts";
import { ownershipContract } from "./contract/ownership.ts";
import { recordsContract } from "./contract/records.ts";
import { sentencesContract } from "./contract/sentences.ts";
import { versionsContract } from "./contract/versions.ts";

export type { LogDriver, OpenedLog } from "./contract/fixture.ts";

/** A log in memory for tests of other packages: the embedded driver without a file. Nothing outlives it. */
export const openMemoryLog = (clock: Clock | Scheduler): Promise<Log> =>
  openEmbeddedLog({ path: ":memory:", clock });

/** Declares the tests that every driver of the log port must pass. */
export const logContract = (name: string, driver: LogDriver): void => {
  vi.setConfig({ testTimeout: driver.timeoutMs ?? 10_000 });
  describe(`${name}: records`, () => {
    recordsContract(driver);
  });
  describe(`${name}: ownership`, () => {
    ownershipContract(driver);
  });
  describe(`${name}: groups`, () => {
    groupsContract(driver);
  });
  describe(`${name}: versions of workers`, () => {
    versionsContract(driver);
  });
  describe(`${name}: sentences of the port`, () => {
    sentencesContract(driver);
  });
  if (driver.cleanNow)
    describe(`${name}: cleaning`, () => {
      cleaningContract(driver);
    });
  describe(`${name}: fencing property`, () => {
    fencingProperty(driver);
  });
};
