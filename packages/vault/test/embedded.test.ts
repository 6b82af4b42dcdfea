import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openEmbeddedLog } from "@hybrid/log";
import { onTestFinished } from "vitest";
import { vaultContract } from "./vault-contract.ts";

vaultContract(
  "the embedded log",
  async () => {
    const clock = new VirtualClock(instant(Date.UTC(2026, 0, 5, 8)));
    const log = await openEmbeddedLog({ path: ":memory:", clock });
    onTestFinished(() => log.close());
    return log;
  },
  20_000,
);
