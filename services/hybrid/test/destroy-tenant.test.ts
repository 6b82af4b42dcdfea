import {
  organisationKeys,
  schemas,
  tenantStatus,
  topicSettings,
  userDirectory,
  userKeys,
  userStatus,
} from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  instant,
  orgIdOf,
  partitionOf,
  sealedFor,
  tenantActor,
} from "@hybrid/kernel";
import { sealValue, withKeys } from "@hybrid/sealing";
import { expect, test } from "vitest";
import { destroyKeysOf } from "../src/keys/destroy-tenant.ts";
import { keyPlaceBeside, openKeys } from "../src/keys/open-keys.ts";
import { type LogPlace, openLog } from "../src/log-place.ts";
import { logPathIn } from "../src/with-log.ts";
import { folder } from "./clouds.ts";

const org = orgIdOf("acme");
const [leaves, stays] = ["11111111-2222-4333-a444-555555555555", "11111111-2222-4333-a444-666666666666"];
const owners = [actorIdOf("acme/u-1"), actorIdOf("acme/u-2"), actorIdOf("acme/o")];
const clock = { now: () => instant(Date.now()) };
const partitions = 2;

const settings = { webexKeyword: "personalRoom", meetKeyword: "space", language: null, join: null } as const;

/** A log with a user of each tenant and something of the organisation's, and its keys as they stand. */
const organisation = async (statusOfOther: "active" | "deactivated") => {
  const data = await folder();
  const place: LogPlace = { kind: "embedded", path: logPathIn(data) };
  const opened = async () => {
    const log = await openLog(place, { clock });
    return { log, keys: openKeys(log, { partitions, clock, place: keyPlaceBeside(place) }) };
  };
  const withVault = async <Result>(use: (all: Awaited<ReturnType<typeof opened>>) => Promise<Result>) => {
    const all = await opened();
    try {
      return await use(all);
    } finally {
      await all.keys.close();
      await all.log.close();
    }
  };
  const tenants = { [leaves]: "deactivated", [stays]: statusOfOther } as const;
  await withVault(async ({ log, keys }) => {
    const topics = [organisationKeys, userKeys, tenantStatus, userDirectory, userStatus, schemas];
    await log.createTopics(topics.map((topic) => topicSettings(topic, partitions)));
    const session = keys.ring.session();
    const put = (topic: string, key: ActorId, partition: number, value: Uint8Array) =>
      log.append([{ topic, partition, key, value, timestamp: clock.now() }]);
    for (const [tenantId, status] of Object.entries(tenants))
      for (let partition = 0; partition < partitions; partition++) {
        const decided = { tenantId, status, generation: 1, settings, decidedAt: clock.now() };
        await put(tenantStatus.name, tenantActor(org, tenantId), partition, tenantStatus.encode(decided));
      }
    for (const [n, tenantId] of [leaves, stays].entries()) {
      const user = owners[n] as ActorId;
      const entry = {
        version: 1,
        removed: false,
        enabled: true,
        attemptGeneration: 1,
        tenantId,
        objectId: `00000000-0000-4000-a000-00000000000${n}`,
        mailAddress: "",
        sealedMailAddress: sealedFor(user, `user${n}@acme.example`),
        connector: null,
        wanted: true,
        obstacles: [],
        webex: null,
      };
      const sealed = (await withKeys(session, () => sealValue(entry, session))) as typeof entry;
      await put(userDirectory.name, user, partitionOf(user, partitions), userDirectory.encode(sealed));
    }
    await withKeys(session, () => sealValue(sealedFor(owners[2] as ActorId, "Room 5"), session));
  });
  const left = () => withVault(async ({ keys }) => (await keys.vault.status()).organisations[0]);
  return { data, left };
};

test("off-boarding one of several tenants destroys the keys of its users, and nobody else's", async () => {
  const { data, left } = await organisation("active");
  expect(await left()).toMatchObject({ owners: 3 });
  expect(await destroyKeysOf(data, org, leaves)).toEqual({ users: 1, keys: 1, isLast: false });
  expect(await left()).toMatchObject({ owners: 2, keys: [{}] });
});

test("with the last tenant all keys of the organisation go, and it gets no new ones", async () => {
  const { data, left } = await organisation("deactivated");
  expect(await destroyKeysOf(data, org, leaves)).toMatchObject({ users: 1, isLast: true });
  expect(await left()).toMatchObject({ owners: 0, ownerKeys: 0, keys: [] });
});
