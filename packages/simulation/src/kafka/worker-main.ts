// A worker process for the fault tests on Kafka. Its configuration is its only argument, as JSON; it writes
// what it sees to its history file at once, so that a kill loses at most the line being written.
import { openSync, writeFileSync, writeSync } from "node:fs";
import { instant } from "@hybrid/kernel";
import {
  type Logger,
  type Observer,
  type RunningService,
  shutdownOnEnd,
  shutdownOnSignal,
} from "@hybrid/runtime";
import type { Account } from "../bank/topology.ts";
import { eventLine, History } from "../history.ts";
import { openBankLog, runBank } from "./bank-worker.ts";
import { machineOrder } from "./machine-order.ts";
import {
  blownFile,
  statusFreshMs,
  type WorkerConfig,
  type WorkerFuse,
  type WorkerOrder,
  type WorkerStatus,
} from "./worker-orders.ts";

const config = JSON.parse(process.argv[2] ?? "{}") as WorkerConfig;

/** The machine's clock is set: everything of this process that asks for the time is told another one. */
const realNow = Date.now;
let offsetMs = 0;
Date.now = () => realNow() + offsetMs;

const line = (level: string) => (fields: object, message: string) => {
  process.stderr.write(`${JSON.stringify({ owner: config.owner, level, message, ...fields })}\n`);
};

const logger: Logger = {
  debug: () => undefined,
  info: process.env["HYBRID_LOG_LEVEL"] === "info" ? line("info") : () => undefined,
  warn: line("warn"),
  error: line("error"),
};

/** Blocks the event loop, as a long computation does. */
const stall = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

const blow = ({ deed, phase, stallMs = 0 }: WorkerFuse): void => {
  writeFileSync(blownFile(config.historyFile), phase);
  if (deed === "kill") process.kill(process.pid, "SIGKILL");
  else if (deed === "freeze") process.kill(process.pid, "SIGSTOP");
  else stall(stallMs);
};

const fuseObserver = (fuse: WorkerFuse | null): Observer => {
  let left = fuse?.times ?? 0;
  return {
    at: (phase) => {
      if (phase === fuse?.phase && --left === 0) blow(fuse);
    },
  };
};

const statusOf = (service: RunningService<Account>): WorkerStatus => {
  const { busy, callsHeld, nextTimerAt } = service.activity();
  return { owned: service.partitionsOwned(), busy, callsHeld, waits: nextTimerAt !== null };
};

/** How often it looks whether it has something new to say. */
const statusEveryMs = 20;

const reportStatus = (service: RunningService<Account>): void => {
  let said = "";
  let saidAt = 0;
  const look = (): void => {
    const status = statusOf(service);
    const text = JSON.stringify(status);
    const now = performance.now();
    if (text === said && now - saidAt < statusFreshMs / 5) return;
    said = text;
    saidAt = now;
    process.send?.(status);
  };
  setInterval(look, statusEveryMs).unref();
};

const follow = (order: WorkerOrder): void => {
  if (order.kind === "jumpClock") offsetMs += order.ms;
  else stall(order.ms);
};

const main = async (): Promise<void> => {
  const file = openSync(config.historyFile, "a");
  const history = new History({
    order: machineOrder(),
    sink: (event) => {
      writeSync(file, `${eventLine(event)}\n`);
    },
  });
  const clock = { now: () => instant(Date.now()) };
  const log = await openBankLog(config, clock, logger);
  const observer = fuseObserver(config.fuse);
  const service = await runBank(config, { log, history, logger, observer });
  const stop = async (): Promise<void> => {
    await service.stop();
    await log.close();
  };
  shutdownOnSignal({ stop, logger });
  shutdownOnEnd(service.ended, { stop, logger });
  process.on("message", (order: WorkerOrder) => follow(order));
  process.on("disconnect", () => process.exit(0));
  reportStatus(service);
};

await main();
