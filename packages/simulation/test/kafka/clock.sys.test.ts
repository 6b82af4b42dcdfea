import { hours } from "@hybrid/kernel";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { apiKeys, last, until } from "../../src/kafka/index.ts";
import { expectFailover, expectSound, isLong, openStage } from "./faults.ts";

test.for(isLong ? [1, -1] : [-1])(
  "a clock that jumps by %i hours stops its worker until it is right, and harms neither it nor its heir",
  async (jump, context) => {
    // Goal: nothing is committed under a wrong time, and sessions and heartbeats are measured monotonically.
    // Method: the clock of one of two workers is set while orders come; the brokers' time tells it that it is
    // wrong, so that it stops; the clock is set right, and calls go on from it; then it is killed.
    const stage = await openStage(context, { broker: await sharedKafka() });
    stage.feed.start({ noTimers: true });
    const [odd] = await stage.startAll({}, {});
    odd?.order({ kind: "jumpClock", ms: hours(jump) });
    const calls = (): number => stage.outside.calls.filter(({ owner }) => owner === odd?.owner).length;
    await until({ what: "a stop for the wrong clock", ms: 30_000 }, () => odd?.status?.owned.length === 0);
    odd?.order({ kind: "jumpClock", ms: -hours(jump) });
    const before = calls();
    await until({ what: "calls under the right time", ms: 60_000 }, () => calls() > before + 20);
    await stage.recovered();
    await odd?.kill();
    await expectFailover(stage, `kill -9 after a jump of ${jump} h`);
    await expectSound(stage);
  },
);

test.runIf(isLong)(
  "a worker that the group does not hear starts no calls, whatever its clock says",
  async (context) => {
    // Goal: no call starts on a heartbeat that is older than half a session. Method: the line of one worker
    // carries everything but heartbeats, while its clock is set back and forth, until the other one has all.
    const stage = await openStage(context, { broker: await sharedKafka(), times: { sessionMs: 4_000 } });
    const wire = await stage.openWire();
    stage.feed.start({ noTimers: true });
    const [unheard, other] = await stage.startAll({ wirePort: wire.port }, {});
    wire.fate = ({ apiKey }) => (apiKey === apiKeys.heartbeat ? "drop" : "pass");
    const from = stage.history.mark() + (stage.times.sessionMs / 2 + 250) * 1_000;
    unheard?.order({ kind: "jumpClock", ms: -hours(1) });
    await last(stage.times.sessionMs / 2);
    unheard?.order({ kind: "jumpClock", ms: hours(2) });
    await until({ what: "the takeover", ms: 30_000 }, () => other?.status?.owned.length === stage.partitions);
    const to = stage.history.mark();
    wire.fate = null;
    // A worker whose clock is wrong runs nothing of what the group gives it again.
    unheard?.order({ kind: "jumpClock", ms: -hours(1) });
    expect(to).toBeGreaterThan(from);
    await expectSound(stage);
    const started =
      unheard?.events.filter(({ kind }) => kind === "callStarted").map(({ order }) => order) ?? [];
    expect(started.filter((order) => order < from).length).toBeGreaterThan(0);
    expect(started.filter((order) => order > from && order < to)).toEqual([]);
  },
);
