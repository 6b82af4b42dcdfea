import {
  type TenantStatus,
  tenantStatus,
  type UserDirectoryEntry,
  type UserStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { actorIdOf, days, hours, minutes, orgIdOf, plus, type Topology, userActor } from "@hybrid/kernel";
import { readNoticesConfig } from "@hybrid/notices";
import { service as notices } from "@hybrid/notices/service";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { sealValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { type AnyService, actorsOf } from "@hybrid/service";
import { service as userState } from "@hybrid/user-state/service";
import { expect, test } from "vitest";

interface Order {
  readonly kind: string;
  readonly number: number;
  readonly notice?: { readonly kind: string };
}
type Driver = TopologyDriver<unknown, unknown, Order>;

const vault = new TestVault();
const ada = userActor(orgIdOf("acme"), "ada");
const tenantId = "10000000-0000-4000-8000-000000000001";
const settings = { webexKeyword: "personalRoom", meetKeyword: "space", language: "sv" } as const;

const partOf = (service: AnyService) => {
  const [part] = actorsOf(service);
  if (part === undefined) throw new Error(`${service.name} has no actors`);
  return part;
};

const driverOf = (topology: unknown): Driver =>
  new TopologyDriver(topology as Topology<unknown, unknown, Order>, { partitions: 1, keys: vault });

/** Both services, each with its own clock that shows the same; what one tells the other hears at once. */
const sides = async () => {
  const { wanted, connectUrl } = readNoticesConfig({
    NOTICES_SMTP_HOST: "mail.acme.example",
    NOTICES_FROM: "hybrid@acme.example",
    CONSENT_URL: "https://hybrid.acme.example",
  });
  const opened = await partOf(notices).open({ config: { mail: null, wanted, connectUrl } } as never);
  const cloud = driverOf(partOf(userState).topology);
  const teller = driverOf(opened.topology);
  const mails: string[] = [];
  let told = 0;
  let works = true;
  const carryOut = (): void => {
    for (const { callId, call } of cloud.openCalls()) {
      const { kind, number } = call;
      if (kind === "listActors")
        cloud.answer(callId, { ...call, kind: "actorsListed", users: [ada], more: false });
      else if (!works)
        cloud.fail(callId, { code: "outOfScope", retryable: false, retryAt: null, status: 403 });
      else if (kind === "createSubscription")
        cloud.answer(callId, {
          kind: "subscriptionCreated",
          number,
          subscriptionId: `s-${number}`,
          expiresAt: plus(cloud.now, days(2)),
        });
      else if (kind === "renewSubscription")
        cloud.answer(callId, { kind: "subscriptionRenewed", number, expiresAt: plus(cloud.now, days(2)) });
      else cloud.answer(callId, { kind: "subscriptionDeleted", number });
    }
    for (const { topic, key, value } of cloud.emitted.slice(told))
      if (topic === userStatus.name) teller.publish(userStatus, key, sealValue(value, vault) as UserStatus);
    told = cloud.emitted.length;
    teller.advanceBy(0);
    for (const { callId, call } of teller.openCalls()) {
      mails.push(call.notice?.kind ?? "");
      teller.answer(callId, { kind: "noticeSent", number: call.number, locale: null });
    }
  };
  let version = 0;
  return {
    mails,
    breaks: (broken: boolean) => void (works = !broken),
    tenant: (status: TenantStatus["status"], generation: number) =>
      cloud.publish(tenantStatus, actorIdOf(`acme/t-${tenantId}`), {
        tenantId,
        status,
        generation,
        settings,
        decidedAt: cloud.now,
      }),
    put: (over: Partial<UserDirectoryEntry> = {}) => {
      version++;
      cloud.publish(userDirectory, ada, {
        version,
        removed: false,
        enabled: true,
        attemptGeneration: version,
        tenantId,
        objectId: "a0000000-0000-4000-8000-000000000001",
        mailAddress: "ada@acme.example",
        connector: null,
        wanted: true,
        obstacles: [],
        webex: null,
        ...over,
      });
    },
    pass: (ms: number) => {
      for (let left = ms; left > 0; left -= minutes(30)) {
        carryOut();
        for (const driver of [cloud, teller]) driver.advanceBy(Math.min(left, minutes(30)));
      }
      carryOut();
    },
  };
};

test("by the numbers that user-state gives, the first time as Active is known, and no other is taken for it", async () => {
  /*
   * Goal: the numbers of transitions, on which "for the first time" rests, are those that are given.
   * Method: both topologies as they run; the user fails first, is renewed, toggled, suspended and comes back.
   */
  const { mails, put, tenant, pass, breaks } = await sides();
  breaks(true);
  put();
  pass(hours(2));
  tenant("active", 1);
  pass(hours(30));
  expect(mails).toEqual([]);
  breaks(false);
  put();
  pass(hours(1));
  expect(mails).toEqual(["activated"]);
  pass(days(6));
  put({ enabled: false });
  pass(hours(2));
  put();
  pass(hours(2));
  tenant("suspended", 2);
  pass(hours(2));
  tenant("active", 3);
  pass(days(2));
  expect(mails).toEqual(["activated"]);
});
