import { topicSettings } from "@hybrid/contracts";
import { ConfigError, orgIdOf } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openEmbeddedLog } from "@hybrid/log";
import { expect, onTestFinished, test } from "vitest";
import { activateTenant } from "../src/administration.ts";
import { mustBeMeant, mustKnowOrg, mustKnowTenant } from "../src/known.ts";
import { catalog } from "../src/service-list.ts";
import type { OpenedLog } from "../src/with-log.ts";

const partitions = 4;
const tenant = "11111111-2222-4333-a444-555555555555";
const acme = orgIdOf("acme");

const opened = async (orgs: readonly string[] = ["acme", "globex"]): Promise<OpenedLog> => {
  const clock = new VirtualClock();
  const log = await openEmbeddedLog({ path: ":memory:", clock });
  onTestFinished(() => log.close());
  await log.createTopics(catalog.allTopics.map((topic) => topicSettings(topic, partitions)));
  for (const org of orgs) await activateTenant({ org: orgIdOf(org), log, partitions, clock }, tenant);
  return { log, partitions };
};

const faultOf = (refused: Promise<void>): Promise<string> =>
  refused.then(
    () => "nothing refused",
    (error: unknown) => (error instanceof ConfigError ? error.faults.join() : String(error)),
  );

test("an organisation that nobody has spoken of is refused with the nearest one", async () => {
  const log = await opened();
  expect(await faultOf(mustKnowOrg(log, acme))).toBe("nothing refused");
  expect(await faultOf(mustKnowOrg(log, orgIdOf("amce")))).toBe(
    'organisation "amce" is not known (there are acme, globex); did you mean "acme"?',
  );
  expect(await faultOf(mustKnowOrg(log, orgIdOf("initech")))).toBe(
    'organisation "initech" is not known (there are acme, globex).',
  );
  expect(await faultOf(mustKnowOrg(await opened([]), acme))).toBe(
    'organisation "acme" is not known (there is none yet).',
  );
});

test("a new organisation is made by its first order, unless its id looks like a slip in another's", async () => {
  const log = await opened();
  expect(await faultOf(mustBeMeant(log, acme, false))).toBe("nothing refused");
  expect(await faultOf(mustBeMeant(log, orgIdOf("initech"), false))).toBe("nothing refused");
  expect(await faultOf(mustBeMeant(log, orgIdOf("acmee"), false))).toContain(
    'did you mean "acme"? If it is a new one, add --new',
  );
  expect(await faultOf(mustBeMeant(log, orgIdOf("acmee"), true))).toBe("nothing refused");
});

test("a tenant that the organisation does not have is refused with the nearest one", async () => {
  const log = await opened();
  expect(await faultOf(mustKnowTenant(log, acme, tenant))).toBe("nothing refused");
  const slip = tenant.replace("4333", "4332");
  expect(await faultOf(mustKnowTenant(log, acme, slip))).toBe(
    `organisation "acme" has no tenant ${slip} (it has ${tenant}); did you mean "${tenant}"?`,
  );
});
