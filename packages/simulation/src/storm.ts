import { actorIdOf, orgIdOf, seconds } from "@hybrid/kernel";
import type { Stage } from "./stage.ts";
import { violation } from "./violation.ts";

const stormy = orgIdOf("acme");
const callMs = seconds(9);
/** Some turns of calls as slow as these, and much less than the storm takes on one slot. */
const startsWithinMs = seconds(40);

/**
 * One organisation orders many slow calls, then a calm one has one order that changes a state and one for a
 * call. The state must change at once and the call start in its turn (I5), in any worker. Takes every
 * fault away before; false when the system did not come to rest then.
 */
export const storm = async (stage: Stage, name: string): Promise<boolean> => {
  const calm = actorIdOf(`globex/u-${name}`);
  // Its partition may find only at its next record that the clock was set back, and pause; not in the storm.
  await stage.order([calm, { kind: "deposit", id: `${name} before`, cents: 3 }]);
  if ((await stage.rest()) !== null) return false;
  stage.world.manners = { slowMsMax: 0, failures: 0, slow: { org: stormy, ms: callMs } };
  await stage.order(
    ...Array.from(
      { length: 120 },
      (_, n) =>
        [actorIdOf(`${stormy}/u-storm-${n % 12}`), { kind: "pay", id: `${name} ${n}`, cents: 1 }] as const,
    ),
  );
  await stage.settle();
  await stage.order(
    [calm, { kind: "pay", id: name, cents: 1 }],
    [calm, { kind: "deposit", id: name, cents: 7 }],
  );
  await stage.settle();
  const account = await stage.accountOf(calm);
  if (account?.cents !== 10) stage.accuse(starved(calm, "its order was not applied"));
  await stage.pass(startsWithinMs);
  const started = stage.history.events.some(
    (event) => event.kind === "callStarted" && event.callId.startsWith(`${calm}/`),
  );
  if (!started) stage.accuse(starved(calm, `its call was not started within ${startsWithinMs} ms`));
  return true;
};

const starved = (actor: string, what: string) =>
  violation("starved", { actor }, `${what} while calls of ${stormy} wait`);
