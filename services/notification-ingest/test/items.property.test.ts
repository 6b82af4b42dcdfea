import { type ActorId, orgIdOf, userActor } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { change, decoded, lifecycle, startHarness } from "./harness.ts";

const users = ["nora", "omar", "pia"].map((user) => userActor(orgIdOf("acme"), user));

type Given = { readonly item: unknown; readonly to: ActorId | null; readonly eventId: string | null };

const user = fc.constantFrom(...users);
const eventId = fc.uuid();
const goodChange = fc
  .record({ to: user, eventId })
  .map((given): Given => ({ ...given, item: change(given.to, given.eventId) }));
const goodLifecycle = fc
  .record({ to: user, event: fc.constantFrom("missed", "subscriptionRemoved", "reauthorizationRequired") })
  .map(({ to, event }): Given => ({ to, eventId: null, item: lifecycle(to, event) }));
const foreign = fc
  .record({ to: user, clientState: fc.string() })
  .map(({ to, clientState }): Given => ({ to: null, eventId: null, item: change(to, "x", { clientState }) }));
const broken = user.map(
  (to): Given => ({ to: null, eventId: null, item: change(to, "x", { changeType: [] }) }),
);
const nonsense = fc.jsonValue().map((item): Given => ({ to: null, eventId: null, item }));

test("property: for any mix of items, each has one record, and each user's order is kept", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(goodChange, goodLifecycle, foreign, broken, nonsense)),
      async (given) => {
        const ingest = startHarness();
        const { statusCode } = await ingest.post({ value: given.map(({ item }) => item) });
        await ingest.app.close();
        const seen = ingest.log.records.map(decoded);
        const accepted = seen.filter(({ topic }) => topic !== "dead");
        expect(statusCode).toBe(202);
        expect(seen).toHaveLength(given.length);
        expect(accepted).toHaveLength(given.filter(({ to }) => to !== null).length);
        for (const to of users) {
          const wanted = given.filter((one) => one.to === to).map((one) => one.eventId);
          const got = accepted.filter((one) => one.key === to);
          expect(got.map(({ value }) => ("eventId" in value ? value.eventId : null))).toEqual(wanted);
        }
      },
    ),
    { numRuns: 60 },
  );
});
