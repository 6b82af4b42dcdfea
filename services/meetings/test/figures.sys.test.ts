import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Meeting, meetings, schemas, topicSettings, userStatus } from "@hybrid/contracts";
import { type ActorId, actorIdOf, hours, minutes, partitionOf } from "@hybrid/kernel";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { openView, type View } from "@hybrid/view";
import { EventSourceParserStream } from "eventsource-parser/stream";
import fastify from "fastify";
import { expect, test } from "vitest";
import { meetingIdOf, meetingKey } from "#domain/after-page";
import { makeToken } from "../src/access-token.ts";
import { Access } from "../src/api/access.ts";
import { ChangeHub } from "../src/api/change-hub.ts";
import { MeetingLists } from "../src/api/lists.ts";
import { meetingsApi } from "../src/api/routes.ts";
import { meetingLists } from "../src/meeting-list.ts";
import { meeting } from "./meeting.ts";

const users = 10_000;
const each = 40;
const partitions = 8;
const listsAsked = 3_000;
const streams = 200;
const changesPerSecond = 200;
const changedForMs = 10_000;

const key = new Uint8Array(32).fill(7);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const scheduler = systemScheduler();
const userOf = (n: number): ActorId => actorIdOf(`acme/u-${n}`);

const recordOf = (n: number, m: number, changes: Partial<Meeting> = {}) => {
  const startAt = scheduler.now() + hours(24) + minutes(30 * m);
  const id = `event-${n}-${m}`;
  const at = meetingKey(userOf(n), meetingIdOf(id));
  const value = meetings.encode(meeting(id, { startAt, ...changes }));
  return {
    topic: meetings.name,
    partition: partitionOf(at, partitions),
    key: at,
    value,
    timestamp: scheduler.now(),
  };
};

const fill = async (log: Log): Promise<void> => {
  for (let n = 0; n < users; n += 25) {
    const records = Array.from({ length: 25 * each }, (_, i) => recordOf(n + Math.floor(i / each), i % each));
    await log.append(records);
  }
};

const p = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN;

const serve = async (view: View) => {
  const hub = new ChangeHub(view, { scheduler, logger: quiet });
  const app = fastify();
  const parts = {
    access: new Access(key, scheduler),
    lists: new MeetingLists(view),
    hub,
    events: { get: () => Promise.reject(new Error("not asked here")) },
    scheduler,
    policy: { beforeMs: minutes(5), tentative: true, free: false },
    streamsMax: users,
    onListed: () => undefined,
    onStreams: () => undefined,
  };
  await app.register(meetingsApi(parts), { prefix: "/api/meetings" });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, url: `${address}/api/meetings/v1` };
};

const headersOf = async (n: number): Promise<{ readonly authorization: string }> => ({
  authorization: `Bearer ${await makeToken({ user: userOf(n), now: scheduler.now(), forMs: minutes(60) }, key)}`,
});

/** Milliseconds from the append of each change to its event at a client that waits. */
const pushTimes = async (log: Log, url: string): Promise<readonly number[]> => {
  const leaving = new AbortController();
  const sent = new Map<string, number>();
  const times: number[] = [];
  const listen = async (n: number, ready: () => void): Promise<void> => {
    const response = await fetch(`${url}/changes`, { headers: await headersOf(n), signal: leaving.signal });
    const events = response
      .body!.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { event, data } of events) {
      if (event === "join") ready();
      if (event !== "change") continue;
      const { meeting: found } = JSON.parse(data) as { readonly meeting: { readonly subject: string } };
      const at = sent.get(found.subject);
      if (at !== undefined) times.push(performance.now() - at);
    }
  };
  const listening: Promise<unknown>[] = [];
  await Promise.all(
    Array.from(
      { length: streams },
      (_, n) =>
        new Promise<void>((ready) => {
          listening.push(
            listen(n, ready).catch((error: unknown) =>
              leaving.signal.aborted ? null : Promise.reject(error),
            ),
          );
          return undefined;
        }),
    ),
  );
  const total = (changesPerSecond * changedForMs) / 1_000;
  const beganAt = performance.now();
  for (let change = 0; change < total; change++) {
    const dueIn = beganAt + (change * 1_000) / changesPerSecond - performance.now();
    if (dueIn > 0) await new Promise((resolve) => void setTimeout(resolve, dueIn));
    const subject = `change ${change}`;
    sent.set(subject, performance.now());
    await log.append([recordOf(change % streams, 0, { subject })]);
  }
  while (times.length < total) await new Promise((resolve) => void setTimeout(resolve, 20));
  leaving.abort();
  await Promise.all(listening);
  return times;
};

test.skipIf(process.env["HYBRID_SCALE"] !== "1")(
  "figures of 10,000 users with 40 meetings each",
  { timeout: 900_000 },
  async () => {
    /*
     * Goal: figures for services/meetings/README.md.
     * Method: the topic on the embedded log in a file, the view beside it, the API over loopback in this process.
     * What comes before the topic (Graph's notification, 250 to 500 ms of quiet, one read) is not measured.
     */
    const folder = await mkdtemp(join(tmpdir(), "hybrid-figures-"));
    const log = await openEmbeddedLog({ path: join(folder, "log.sqlite"), clock: scheduler });
    await log.createTopics([meetings, userStatus, schemas].map((topic) => topicSettings(topic, partitions)));
    await fill(log);
    const view = openView({
      definition: meetingLists,
      path: join(folder, "view.sqlite"),
      scheduler,
      logger: quiet,
    });
    const beganAt = performance.now();
    view.follow(log, partitions);
    await view.caughtUp();
    const rebuiltPerSecond = (users * each * 1_000) / (performance.now() - beganAt);

    const { app, url } = await serve(view);
    const asked: number[] = [];
    for (let n = 0; n < listsAsked; n++) {
      const headers = await headersOf((n * 7_919) % users);
      const at = performance.now();
      const answer = await app.inject({ url: "/api/meetings/v1/meetings", headers });
      asked.push(performance.now() - at);
      if (answer.json().meetings.length !== each) throw new Error(`a list of ${answer.body.length} bytes`);
    }
    const heapBefore = process.memoryUsage().heapUsed;
    const pushed = await pushTimes(log, url);
    const figures = {
      rebuiltPerSecond: Math.round(rebuiltPerSecond),
      listMs: { p50: p(asked, 0.5), p99: p(asked, 0.99) },
      pushMs: { p50: p(pushed, 0.5), p99: p(pushed, 0.99) },
      heapGrownBytes: process.memoryUsage().heapUsed - heapBefore,
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    await app.close();
    await view.close();
    await log.close();
    await rm(folder, { recursive: true, force: true });
    expect(figures.listMs.p99).toBeLessThan(20);
    expect(figures.pushMs.p99).toBeLessThan(2_000);
  },
);
