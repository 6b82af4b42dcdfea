import { rm } from "node:fs/promises";
import { join } from "node:path";
import { minutes } from "@hybrid/kernel";
import { Access, ChangeHub, MeetingLists, meetingLists, meetingsApi } from "@hybrid/meetings/parts";
import { systemScheduler } from "@hybrid/runtime";
import { openView, type View } from "@hybrid/view";
import fastify from "fastify";
import { quantileSorted } from "simple-statistics";
import type { Bench, Stage } from "../bench.ts";
import { Calendars } from "../meetings/calendars.ts";
import { type ClientsMessage, type ListOrder, startClients } from "../meetings/clients.ts";
import { paced } from "../meetings/paced.ts";
import {
  activate,
  listed,
  logger,
  meetingsOf,
  notify,
  openPlace,
  type Place,
  rulesOf,
  startLists,
  whenTrue,
} from "../meetings/product.ts";
import type { Peer } from "../peer.ts";
import { collectGarbage } from "../settled-memory.ts";
import { partitions } from "../subject.ts";

const changesPerSecond = 200;
const listsPerSecond = 50;
const prefix = "/api/meetings";
const key = new Uint8Array(32).fill(7);
const policy = { beforeMs: minutes(5), tentative: true, free: false };
/** The day for which calendars are made: every process of the bench has the same meetings. */
const today = (): number => Math.floor(Date.now() / 86_400_000) * 86_400_000;

const usersOf = ({ sized }: Stage): number => sized(10_000, 40);

const prepare = async (stage: Stage): Promise<void> => {
  const users = usersOf(stage);
  stage.say(`reading the calendars of ${users} users into the log`);
  const place = await openPlace(stage.folder);
  await activate(place, users);
  const service = await startLists(place, new Calendars(today(), "0"));
  await whenTrue("every list", async () => (await listed(place.log)) >= meetingsOf(users));
  await service.stop();
  await place.log.close();
};

/** A view from nothing, with what that took. */
const rebuilt = async (stage: Stage, { log, keys }: Place): Promise<View> => {
  const path = join(stage.folder, "view.sqlite");
  for (const end of ["", "-wal", "-shm"]) await rm(`${path}${end}`, { force: true });
  const view = openView({ definition: meetingLists, path, scheduler: systemScheduler(), logger });
  const count = await listed(log);
  const startedAt = performance.now();
  const cpuBefore = process.threadCpuUsage();
  view.follow(log, partitions, keys);
  await view.caughtUp();
  const { user, system } = process.threadCpuUsage(cpuBefore);
  stage.sample("meetings-rebuild", (1_000 * count) / (performance.now() - startedAt));
  stage.sample("meetings-rebuild-cpu", (user + system) / count);
  return view;
};

interface Product {
  readonly place: Place;
  readonly calendars: Calendars;
  readonly clients: Peer<ClientsMessage>;
  /** When the change of a user was told and has not been pushed yet, in milliseconds since 1970. */
  readonly waiting: Map<number, number>;
  readonly measured: Measured;
  readonly close: () => Promise<void>;
}

interface Measured {
  pushedAfterMs: number[];
  /** From a request's arrival to the last byte of its answer, in the process that gives it. */
  listedAfterMs: number[];
  /** The same as its client sees it. */
  receivedAfterMs: number[];
  resets: number;
  changes: number;
}

const nothingYet = (): Measured => ({
  pushedAfterMs: [],
  listedAfterMs: [],
  receivedAfterMs: [],
  resets: 0,
  changes: 0,
});

const nothing = () => Promise.reject(new Error("nothing is asked of a calendar here"));

/** What stands behind writes, of which there are none. */
const unused = {
  meetings: {
    create: nothing,
    change: nothing,
    respond: nothing,
    cancel: nothing,
    instances: nothing,
    getSchedule: nothing,
  },
  requests: {
    take: nothing,
    keep: nothing,
    forget: nothing,
    release: nothing,
    note: nothing,
    noted: nothing,
    close: nothing,
  },
  onTrouble: nothing,
};

const listen = async (view: View, users: number, listed: (ms: number) => void) => {
  const scheduler = systemScheduler();
  const app = fastify();
  app.addHook("onRequest", (request, reply, done) => {
    const arrivedAt = performance.now();
    if (request.url.startsWith(`${prefix}/v1/meetings`))
      reply.raw.once("finish", () => listed(performance.now() - arrivedAt));
    done();
  });
  const api = meetingsApi({
    access: new Access(key, scheduler),
    lists: new MeetingLists(view),
    hub: new ChangeHub(view, { scheduler, logger }),
    events: { get: nothing },
    ...unused,
    rulesOf,
    scheduler,
    policy,
    streamsMax: users,
    onListed: () => undefined,
    onStreams: () => undefined,
  });
  await app.register(api, { prefix });
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  return { app, port: Number(port) };
};

const openProduct = async (stage: Stage, place: Place, view: View): Promise<Product> => {
  const users = usersOf(stage);
  const calendars = new Calendars(today(), String(Date.now()));
  const measured = nothingYet();
  const { app, port } = await listen(view, users, (ms) => measured.listedAfterMs.push(ms));
  const clients = await startClients({ port, prefix, users, key: Buffer.from(key).toString("hex") });
  const service = await startLists(place, calendars);
  return {
    place,
    calendars,
    clients,
    waiting: new Map(),
    measured,
    close: async () => {
      await clients.close();
      await service.stop();
      await app.close();
    },
  };
};

const now = (): number => performance.timeOrigin + performance.now();

/** Takes what the clients have heard so far. */
const hear = ({ clients, waiting, measured }: Product): void => {
  for (const { changed, resets } of clients.taken("heard")) {
    measured.resets += resets;
    for (const [user, at] of changed) {
      const toldAt = waiting.get(user);
      if (toldAt === undefined) continue;
      waiting.delete(user);
      measured.pushedAfterMs.push(at - toldAt);
    }
  }
};

/** One round of changes and of lists; `from` numbers the users, so that nobody changes twice in a moment. */
const round = async (product: Product, stage: Stage, from: number): Promise<void> => {
  const { place, calendars, clients, waiting, measured } = product;
  const users = usersOf(stage);
  const seconds = stage.roundSeconds;
  clients.send({ from, perSecond: listsPerSecond, seconds } satisfies ListOrder);
  const changes = paced(changesPerSecond, seconds, async (nth) => {
    hear(product);
    const user = (from + nth) % users;
    if (waiting.has(user)) return;
    calendars.change(user);
    waiting.set(user, now());
    measured.changes += 1;
    await notify(place, user);
  });
  const [{ afterMs }] = await Promise.all([clients.next("listed"), changes]);
  measured.receivedAfterMs.push(...afterMs);
  await whenTrue("every change", () => {
    hear(product);
    return waiting.size === 0;
  });
};

const p99 = (values: readonly number[]): number =>
  quantileSorted(
    values.toSorted((a, b) => a - b),
    0.99,
  );

const heldMegabytes = async (): Promise<number> => {
  await collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_000_000;
};

const measure = async (stage: Stage): Promise<void> => {
  const place = await openPlace(stage.folder);
  const view = await rebuilt(stage, place);
  const product = await openProduct(stage, place, view);
  const each = Math.ceil(stage.roundSeconds * changesPerSecond);
  await round(product, stage, 0);
  const { measured } = product;
  Object.assign(measured, nothingYet());
  const heldBefore = await heldMegabytes();
  const [cpuBefore, loopBefore] = [process.threadCpuUsage(), performance.eventLoopUtilization()];
  await round(product, stage, each);
  await round(product, stage, 2 * each);
  const { user, system } = process.threadCpuUsage(cpuBefore);
  stage.sample("meetings-busy", 100 * performance.eventLoopUtilization(loopBefore).utilization);
  stage.sample("meetings-change-cpu", (user + system) / 1_000 / measured.changes);
  stage.sample("meetings-list-p99", p99(measured.listedAfterMs));
  stage.sample("meetings-list-client-p99", p99(measured.receivedAfterMs));
  stage.sample("meetings-push-p99", p99(measured.pushedAfterMs));
  stage.sample("meetings-resets", measured.resets);
  Object.assign(measured, nothingYet());
  stage.sample("meetings-memory-growth", (await heldMegabytes()) - heldBefore);
  await product.close();
  await view.close();
  await place.log.close();
};

/** The lists of an organisation of ten thousand. */
export const meetingsBench: Bench = {
  name: "meetings",
  summary: "10,000 users with 40 meetings each, 200 changes and 50 lists a second, all of them listening",
  processes: 3,
  prepare,
  measure,
  figures: [
    {
      name: "meetings-rebuild",
      unit: "meetings/s",
      goal: { kind: "atLeast", value: 50_000 },
      meaning: "the view of all lists, made from the log from nothing",
    },
    {
      name: "meetings-rebuild-cpu",
      unit: "us",
      goal: null,
      meaning: "processor time of the main thread for each of these meetings",
    },
    {
      name: "meetings-list-p99",
      unit: "ms",
      goal: { kind: "atMost", value: 20 },
      meaning:
        "a page of 50 meetings while 200 changes a second come: from the request's arrival to the last byte",
    },
    {
      name: "meetings-list-client-p99",
      unit: "ms",
      goal: null,
      meaning: "the same as its client sees it, with its waiting for the server's thread",
    },
    {
      name: "meetings-push-p99",
      unit: "ms",
      goal: { kind: "atMost", value: 2_000 },
      meaning:
        "from the notification in the log to the event in the stream, with 250 to 500 ms of waiting for more",
    },
    {
      name: "meetings-resets",
      unit: "resets",
      goal: { kind: "atMost", value: 0 },
      meaning: "clients that were told to read everything again while they listened",
    },
    {
      name: "meetings-busy",
      unit: "%",
      goal: null,
      meaning: "how much of the time the server's thread was busy in these rounds",
    },
    {
      name: "meetings-change-cpu",
      unit: "ms",
      goal: null,
      meaning: "processor time of the server's thread in these rounds, lists included, for each change",
    },
    {
      name: "meetings-memory-growth",
      unit: "MB",
      goal: { kind: "atMost", value: 10 },
      meaning: "what the process holds more after two rounds than before, after garbage was collected",
    },
  ],
};
