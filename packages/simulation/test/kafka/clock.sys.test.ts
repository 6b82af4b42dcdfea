import { hours } from "@hybrid/kernel";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { apiKeys, last, until } from "../../src/kafka/index.ts";
import { expectFailover, expectSound, isLong, openStage } from "./faults.ts";

test.for(isLong ? [1, -1] : [-1])(
  "a clock that jumps by %i hours does not stop its worker, nor the heir with the true time",
  async (jump, context) => {
    // Goal: sessions and heartbeats are measured monotonically. Method: the clock of one of two workers is
    // set while orders come; calls go on from it; then it is killed. Timers are left out: what is due by a
    // clock that is an hour ahead stays due then.
    const stage = await openStage(context, { broker: await sharedKafka() });
    stage.feed.start({ noTimers: true });
    const [odd] = await stage.startAll({}, {});
    odd?.order({ kind: "jumpClock", ms: hours(jump) });
    const calls = (): number => stage.outside.calls.filter(({ owner }) => owner === odd?.owner).length;
    const before = calls();
    await until({ what: "calls after the jump", ms: 30_000 }, () => calls() > before + 20);
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
    expect(to).toBeGreaterThan(from);
    await expectSound(stage);
    const started =
      unheard?.events.filter(({ kind }) => kind === "callStarted").map(({ order }) => order) ?? [];
    expect(started.filter((order) => order < from).length).toBeGreaterThan(0);
    expect(started.filter((order) => order > from && order < to)).toEqual([]);
  },
);
