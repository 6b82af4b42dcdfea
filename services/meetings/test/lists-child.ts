// A process of a fleet that has the lists in Redis: node lists-child.ts <broker> <redis>. It says "writes"
// when it writes some partitions, and goes on until it is killed.
import { openKafkaLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { KeyRing } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { RedisMeetingView } from "../src/adapters/redis-view/redis-meeting-view.ts";
import { fleetTimes, partitions, silentEvents } from "./lists-fleet.ts";
import { quiet } from "./quiet.ts";

const [broker = "", url = ""] = process.argv.slice(2);
const scheduler = systemScheduler();
const log = await openKafkaLog({ brokers: [broker], clientId: "lists-child", clock: scheduler });
const view = await RedisMeetingView.open({
  url,
  partitions,
  scheduler,
  logger: quiet,
  events: silentEvents,
  ...fleetTimes,
});
view.follow(log, partitions, new KeyRing({ vault: new TestVault(), clock: scheduler }));
const looking = setInterval(() => {
  if (view.standing().partitions === 0) return;
  clearInterval(looking);
  process.stdout.write("writes\n");
}, 20);
