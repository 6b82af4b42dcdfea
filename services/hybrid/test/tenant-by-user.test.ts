import { tenantStatus, topicSettings } from "@hybrid/contracts";
import { actorIdOf, type EpochMs, instant, orgIdOf } from "@hybrid/kernel";
import { openEmbeddedLog } from "@hybrid/log";
import { expect, onTestFinished, test, vi } from "vitest";
import { presentTenants } from "../src/commands/tenants.ts";
import { presenceWhy } from "../src/explaining/presence-why.ts";
import { mustConsentAsAWhole } from "../src/whole-tenants.ts";
import { logPathIn } from "../src/with-log.ts";
import { folder, tenantId } from "./clouds.ts";

const org = orgIdOf("acme");
const other = "99999999-2222-4333-a444-555555555555";
const settings = { webexKeyword: "personalRoom", meetKeyword: "space", language: null } as const;

/** A log in which one tenant is connected user by user, and another by its organisation. */
const opened = async () => {
  const clock = { now: () => instant(1_767_513_600_000) };
  const log = await openEmbeddedLog({ path: logPathIn(await folder()), clock });
  onTestFinished(() => log.close());
  await log.createTopics([topicSettings(tenantStatus, 1)]);
  const decide = (tenant: string, consent: "organisation" | "user", generation: number) =>
    log.append([
      {
        topic: tenantStatus.name,
        partition: 0,
        key: actorIdOf(`acme/t-${tenant}`),
        value: tenantStatus.encode({
          tenantId: tenant,
          status: "active",
          generation,
          settings: { ...settings, consent },
          decidedAt: 0,
        }),
        timestamp: 0 as EpochMs,
      },
    ]);
  await decide(tenantId, "user", 1);
  await decide(other, "organisation", 1);
  return { log, partitions: 1, decide };
};

test("what concerns a tenant as a whole is refused where users consent, with what to run", async () => {
  const log = await opened();
  const asked = { org, tenants: [other, tenantId] };
  for (const app of ["groups", "archive"] as const)
    await expect(mustConsentAsAWhole(log, { ...asked, app })).rejects.toMatchObject({
      faults: [
        expect.stringContaining(`hybrid tenants authorize ${tenantId} --org acme --consent organisation`),
      ],
    });
  await mustConsentAsAWhole(log, { org, tenants: [other], app: "groups" });
  // A registration of its own has a consent of its own.
  vi.stubEnv("GROUPS_GRAPH_CLIENT_ID", "5d1a0b2c-0000-4000-a000-0000000000bb");
  onTestFinished(() => void vi.unstubAllEnvs());
  await mustConsentAsAWhole(log, { ...asked, app: "groups" });
  await expect(mustConsentAsAWhole(log, { ...asked, app: "archive" })).rejects.toThrow();
  await log.decide(tenantId, "organisation", 2);
  await mustConsentAsAWhole(log, { ...asked, app: "archive" });
});

test("a list of tenants knows by whom each is connected", async () => {
  const tenants = await presentTenants(await opened());
  expect(Object.fromEntries(tenants.map(({ tenantId: id, model }) => [id, model]))).toEqual({
    [tenantId]: "user",
    [other]: "organisation",
  });
});

test("why nobody is out of the office there is said too", () => {
  const status = { to: "active", reason: null, settings: { ...settings, consent: "user" } } as const;
  const [served] = presenceWhy({ now: 0, status, entry: undefined, said: undefined });
  expect(served).toMatchObject({ holds: false });
  expect(served?.because).toContain("organisationConsentMissing");
});
