import { logContract, openMemoryLog } from "../testing/index.ts";
import { manualClock, openOnFile } from "./embedded-fixture.ts";

logContract("embedded log in a file", { open: () => openOnFile(), cleanNow: true, durable: true });

logContract("embedded log in memory", {
  async open() {
    const log = await openMemoryLog(manualClock());
    // Memory cannot be opened a second time: the second worker is a second member on the same log.
    return {
      log,
      second: () => Promise.resolve(log),
      reopen: () => Promise.resolve(log),
      destroy: () => log.close(),
    };
  },
  cleanNow: true,
  durable: false,
});
