import type { LogRecord } from "@hybrid/log";
import { expect, test } from "vitest";
import {
  bankOrders,
  bankStatements,
  bankTopology,
  checkFrame,
  checkHistory,
  eventLine,
  eventOfLine,
  mergeEvents,
  Stage,
  type Stamped,
} from "../src/index.ts";
import { kindsOf, partitions, publishWork } from "./accounts.ts";

const frame = checkFrame({ topology: bankTopology, partitions });

/** The history of a sound run with a crash in it. */
const soundRun = async (): Promise<readonly Stamped[]> => {
  const stage = await Stage.open({ partitions });
  stage.start({ fuse: { phase: "afterAppend", times: 3, blow: (self) => self.kill() } });
  await publishWork(stage);
  await stage.conclude();
  return stage.history.events;
};

/** The same history with other records in one topic. */
const withRecords = (
  events: readonly Stamped[],
  topic: string,
  change: (records: readonly LogRecord[]) => readonly LogRecord[],
): readonly Stamped[] =>
  events.map((event) =>
    event.kind === "partitionRead" && event.topic === topic
      ? { ...event, records: change(event.records) }
      : event,
  );

test("a sound history has no violation, also when it was written to lines by several processes", async () => {
  const events = await soundRun();
  expect(checkHistory(frame, events)).toEqual([]);
  const lines = events.map((event) => eventOfLine(eventLine(event)));
  const halves = [lines.filter(({ order }) => order % 2 === 0), lines.filter(({ order }) => order % 2 === 1)];
  expect(mergeEvents(halves)).toEqual(lines);
  expect(checkHistory(frame, mergeEvents(halves))).toEqual([]);
});

test("an accepted record that its topic has lost is named", async () => {
  const events = withRecords(await soundRun(), bankOrders.name, (records) => records.slice(0, -1));
  const violations = checkHistory(frame, events);
  expect(kindsOf(violations)).toEqual(["lost"]);
  expect(violations[0]?.message).toContain("an accepted record of bank-orders is not there");
});

test("outputs out of order are named, and so is one that nobody wrote", async () => {
  const events = await soundRun();
  const reversed = withRecords(events, bankStatements.name, (records) => records.toReversed());
  expect(kindsOf(checkHistory(frame, reversed))).toEqual(["reordered"]);
  const value = bankStatements.encode({ value: "forged" });
  const forged = withRecords(events, bankStatements.name, (records) =>
    records.map((record, index) => (index === 0 ? { ...record, value } : record)),
  );
  expect(kindsOf(checkHistory(frame, forged))).toEqual(["outputExtra", "tornBatch"]);
});

test("posts that stand twice, out of order, or nowhere are named", async () => {
  const events = await soundRun();
  const post = frame.post.name;
  const count = events.reduce(
    (sum, e) => sum + (e.kind === "partitionRead" && e.topic === post ? e.records.length : 0),
    0,
  );
  expect(count).toBe(3);
  const doubled = withRecords(events, post, (records) => [
    ...records,
    ...records.slice(-1).map((record) => ({ ...record, offset: record.offset + 100 })),
  ]);
  expect(kindsOf(checkHistory(frame, doubled))).toEqual(expect.arrayContaining(["doubled", "outputExtra"]));
  const reversed = withRecords(events, post, (records) => records.toReversed());
  expect(kindsOf(checkHistory(frame, reversed))).toContain("reordered");
  const gone = withRecords(events, post, (records) => records.slice(0, -1));
  expect(kindsOf(checkHistory(frame, gone))).toContain("tornBatch");
});

test("a call that starts before the answer to its commit is named", async () => {
  const events = await soundRun();
  const early = events.map((event) => (event.kind === "callStarted" ? { ...event, order: 0 } : event));
  expect(kindsOf(checkHistory(frame, early))).toEqual(["callBeforeRecord"]);
});

test("a call that starts again after its outcome is named", async () => {
  const events = await soundRun();
  const calls = events.filter((event) => event.kind === "callStarted");
  const last = calls.at(-1)!;
  const again = [...events, { ...last, order: events.length + 100 }];
  expect(kindsOf(checkHistory(frame, again))).toEqual(["callRepeated"]);
});

test("a machine that does other things than the journal says is named", async () => {
  const events = await soundRun();
  const generous = checkFrame({
    topology: {
      ...bankTopology,
      machine: (state, input, now, self) => {
        const step = bankTopology.machine(state, input, now, self);
        return input.kind === "notice" ? { ...step, effects: [] } : step;
      },
    },
    partitions,
  });
  expect(kindsOf(checkHistory(generous, events))).toEqual(["replayDiffers"]);
});

test("a run that did not come to rest is named with what is missing", async () => {
  const events = (await soundRun()).map((event) =>
    event.kind === "ended" ? { ...event, stuck: "3 records were not taken" } : event,
  );
  expect(checkHistory(frame, events).map(({ message }) => message)).toEqual([
    "I5 stuck: 3 records were not taken",
  ]);
});

test("of two attempts with the same bytes the refused one is not taken for the one that is there", async () => {
  // Goal: after a jump of the clock backwards a batch that was refused is made again byte by byte; when the
  // second attempt stays unanswered, its records are its own. Method: turns the only commit of a partition
  // into an unanswered one and puts a refused one with the same batch before it.
  const stage = await Stage.open({ partitions });
  await publishWork(stage);
  stage.start();
  await stage.conclude();
  const { events } = stage.history;
  const started = events.find((event) => event.kind === "commitStarted")!;
  const refusedId = "w1:refused";
  const told = events
    .filter((event) => event.kind !== "commitAcknowledged" || event.commitId !== started.commitId)
    .flatMap((event): readonly Stamped[] =>
      event === started
        ? [
            { ...started, commitId: refusedId, order: started.order - 0.2 },
            {
              kind: "commitRejected",
              commitId: refusedId,
              error: "LogFullError",
              order: started.order - 0.1,
            },
            started,
          ]
        : [event],
    );
  expect(kindsOf(checkHistory(frame, told))).toEqual([]);
});

test("a history without an end is no evidence", () => {
  expect(() => checkHistory(frame, [])).toThrow("call readEnd");
});
