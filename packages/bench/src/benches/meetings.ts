import { rm } from "node:fs/promises";
import { join } from "node:path";
import { instant, minutes } from "@hybrid/kernel";
import { makeToken } from "@hybrid/meetings";
import {
  Access,
  ChangeHub,
  ChangeStream,
  MeetingLists,
  meetingLists,
  meetingsApi,
} from "@hybrid/meetings/parts";
import { systemScheduler } from "@hybrid/runtime";
import { openView, type View } from "@hybrid/view";
import fastify, { type FastifyInstance } from "fastify";
import { quantileSorted } from "simple-statistics";
import type { Bench, Stage } from "../bench.ts";
import { Calendars } from "../meetings/calendars.ts";
import { readingClient } from "../meetings/listeners.ts";
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
import { collectGarbage } from "../settled-memory.ts";
import { partitions, subjectActor } from "../subject.ts";

const changesPerSecond = 200;
const listsPerSecond = 50;
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
  const service = await startLists(place, new Calendars(today()));
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
  readonly app: FastifyInstance;
  /** When the change of a user was told and has not been pushed yet. */
  readonly waiting: Map<number, number>;
  readonly pushedAfterMs: number[];
  readonly close: () => Promise<void>;
}

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
  rooms: { of: nothing },
  onTrouble: nothing,
};

const openProduct = async (stage: Stage, place: Place, view: View): Promise<Product> => {
  const users = usersOf(stage);
  const scheduler = systemScheduler();
  const calendars = new Calendars(today());
  const lists = new MeetingLists(view);
  const hub = new ChangeHub(view, { scheduler, logger });
  const app = fastify();
  const api = meetingsApi({
    access: new Access(key, scheduler),
    lists,
    hub,
    events: { get: nothing },
    ...unused,
    rulesOf,
    scheduler,
    policy,
    streamsMax: 1,
    onListed: () => undefined,
    onStreams: () => undefined,
  });
  await app.register(api, { prefix: "/api/meetings" });
  const waiting = new Map<number, number>();
  const pushedAfterMs: number[] = [];
  const streams: ChangeStream[] = [];
  for (let user = 0; user < users; user++) {
    const onChange = (): void => {
      const toldAt = waiting.get(user);
      if (toldAt === undefined) return;
      waiting.delete(user);
      pushedAfterMs.push(performance.now() - toldAt);
    };
    const order = { user: subjectActor(user), after: view.token(), endsAt: Number.MAX_SAFE_INTEGER };
    const onBroken = (error: unknown): void => logger.error({ err: String(error) }, "a stream broke off");
    const stream = new ChangeStream(
      { lists, hub, scheduler, policy, onBroken },
      order,
      readingClient(onChange),
    );
    await stream.open();
    streams.push(stream);
  }
  const service = await startLists(place, calendars);
  return {
    place,
    calendars,
    app,
    waiting,
    pushedAfterMs,
    close: async () => {
      for (const stream of streams) stream.close();
      await service.stop();
      await app.close();
    },
  };
};

/** Calls `act` evenly, `perSecond` times a second, with the number of the call, until the time is over. */
const paced = (perSecond: number, seconds: number, act: (nth: number) => Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const acts: Promise<void>[] = [];
    const tick = setInterval(() => {
      const elapsed = Math.min((performance.now() - startedAt) / 1_000, seconds);
      while (acts.length < Math.floor(elapsed * perSecond)) {
        const made = act(acts.length);
        made.catch(reject);
        acts.push(made);
      }
      if (elapsed < seconds) return;
      clearInterval(tick);
      Promise.all(acts).then(() => resolve(), reject);
    }, 5);
  });

/** One round of changes and of lists; `from` numbers the users, so that nobody changes twice in a moment. */
const round = async (product: Product, stage: Stage, from: number): Promise<readonly number[]> => {
  const { place, calendars, app, waiting } = product;
  const users = usersOf(stage);
  const now = systemScheduler().now();
  const listedAfterMs: number[] = [];
  const changes = paced(changesPerSecond, stage.roundSeconds, async (nth) => {
    const user = (from + nth) % users;
    if (waiting.has(user)) return;
    calendars.change(user);
    waiting.set(user, performance.now());
    await notify(place, user);
  });
  const lists = paced(listsPerSecond, stage.roundSeconds, async (nth) => {
    const user = subjectActor((from + nth * 7_919) % users);
    const token = await makeToken({ user, now: instant(now), forMs: minutes(60) }, key);
    const headers = { authorization: `Bearer ${token}` };
    const startedAt = performance.now();
    const { statusCode } = await app.inject({ url: "/api/meetings/v1/meetings?limit=50", headers });
    listedAfterMs.push(performance.now() - startedAt);
    if (statusCode !== 200) throw new Error(`a list was answered with ${statusCode}`);
  });
  await Promise.all([changes, lists]);
  await whenTrue("every change", () => waiting.size === 0);
  return listedAfterMs;
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
  product.pushedAfterMs.length = 0;
  const before = await heldMegabytes();
  const listedAfterMs = [...(await round(product, stage, each)), ...(await round(product, stage, 2 * each))];
  stage.sample("meetings-list-p99", p99(listedAfterMs));
  stage.sample("meetings-push-p99", p99(product.pushedAfterMs));
  product.pushedAfterMs.length = 0;
  stage.sample("meetings-memory-growth", (await heldMegabytes()) - before);
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
      meaning: "a page of 50 meetings at the server, token and all, while 200 changes a second come",
    },
    {
      name: "meetings-push-p99",
      unit: "ms",
      goal: { kind: "atMost", value: 2_000 },
      meaning:
        "from the notification in the log to the event in the stream, with 250 to 500 ms of waiting for more",
    },
    {
      name: "meetings-memory-growth",
      unit: "MB",
      goal: { kind: "atMost", value: 10 },
      meaning: "what the process holds more after two rounds than before, after garbage was collected",
    },
  ],
};
