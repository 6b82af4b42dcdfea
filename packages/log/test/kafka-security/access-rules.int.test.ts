import {
  type AccessBinding,
  type AccessRule,
  administrator,
  schemas,
  topicSettings,
} from "@hybrid/contracts";
import { ConfigError } from "@hybrid/kernel";
import { canRunKafka } from "@hybrid/tools/kafka-local";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type KafkaAdmin,
  type Log,
  LogUnavailableError,
  type Membership,
  openKafkaAdmin,
} from "../../src/index.ts";
import { Cluster } from "../../src/kafka/client/cluster.ts";
import { TransactionalWriter } from "../../src/kafka/partition/transactional-writer.ts";
import { fillSettings } from "../../src/kafka/settings.ts";
import { batch, plenty, record, restored, user, values } from "../../testing/contract/fixture.ts";
import { issue } from "./certificates.ts";
import { actorDuty, DutyError, groupOf, joined, keyTopics, resealedBy, step, writerDuty } from "./duties.ts";
import { type GuardedBroker, ruleOf, rules, startGuardedBroker, userOf } from "./guarded-broker.ts";
import { catalog } from "./sample-services.ts";
import { type Line, withLog } from "./secured-log.ts";

const ability = await canRunKafka();
let broker: GuardedBroker;

const { actorServices, allTopics } = catalog;
const everyTopic = allTopics.map((topic) => topicSettings(topic, 1));
const isActor = (service: string): boolean => actorServices.has(service);

beforeAll(async () => {
  if (!ability.ok) return;
  broker = await startGuardedBroker();
  await withLog(broker.settingsOf("chief"), async (log) => {
    await log.createTopics(everyTopic);
    const sources = [...actorServices.values()].flatMap((each) => [...each.sources, each.control, each.post]);
    await log.append(sources.map(({ name }) => record(name, "input")));
  });
  for (const { principal, bindings } of rules.values()) await broker.grant(principal, bindings);
}, 120_000);
afterAll(() => broker?.stop(), 60_000);

const as = <Result>(service: string, use: (log: Log) => Promise<Result>): Promise<Result> =>
  withLog(broker.settingsOf(userOf(service)), use);

const withAdmin = async <Result>(
  service: string,
  use: (admin: KafkaAdmin) => Promise<Result>,
): Promise<Result> => {
  const admin = await openKafkaAdmin(broker.settingsOf(userOf(service)));
  try {
    return await use(admin);
  } finally {
    await admin.close();
  }
};

const groupsOf = ({ service, bindings }: AccessRule): Promise<void> =>
  withAdmin(service, async (admin) => {
    for (const { resource, operation, name } of bindings)
      if (resource === "GROUP" && operation === "DESCRIBE")
        await step("describe", () => admin.describeGroup(name));
  });

const dutyOf = async (rule: AccessRule): Promise<void> => {
  await as(rule.service, (log) => (isActor(rule.service) ? actorDuty : writerDuty)(log, rule));
  if (!isActor(rule.service)) await groupsOf(rule);
};

/** Which step fails without a binding: the first one that needs it. */
const failingStep = (service: string, { resource, operation, name }: AccessBinding): string => {
  if (!isActor(service)) {
    if (resource === "GROUP") return "describe";
    return operation === "DESCRIBE_CONFIGS" ? "list" : operation === "READ" ? "read" : "append";
  }
  if (resource === "GROUP") return "join";
  if (resource === "TRANSACTIONAL_ID") return "fence";
  if (name === `${service}-journal`) return operation === "READ" ? "restore" : "commit";
  if (name === `${service}-checkpoint`) return operation === "READ" ? "lag" : "fence";
  if (name === `${service}-post`) return operation === "READ" ? "lag" : "commit";
  if (name === schemas.name) return operation === "READ" ? "schemas" : "commit";
  if (keyTopics.has(name)) return operation === "READ" ? "keys" : "commit";
  if (operation === "READ" && resealedBy(ruleOf(service)).includes(name)) return "reseal";
  if (operation === "WRITE" && resealedBy(ruleOf(service)).includes(name)) return "commit";
  // Without the only right on a topic it is hidden, and taken for one that must be created.
  return "create";
};

/** Does the duty without one binding; what it was refused with. */
const refusalWithout = async (rule: AccessRule, binding: AccessBinding): Promise<DutyError> => {
  await broker.revoke(rule.principal, [binding]);
  try {
    await dutyOf(rule);
  } catch (error) {
    if (error instanceof DutyError) return error;
    throw error;
  } finally {
    await broker.grant(rule.principal, [binding]);
  }
  throw new Error(`${rule.service} does not need ${binding.operation} on ${binding.name}`);
};

const atWork = [...rules.keys()].filter((service) => service !== administrator);

describe.skipIf(!ability.ok).concurrent("with the rights of its rule", () => {
  test.each(atWork)(
    "%s does all its duties, and without any one of them does not",
    { timeout: 120_000 },
    async (service) => {
      const rule = ruleOf(service);
      await dutyOf(rule);
      const steps: Record<string, string> = {};
      const expected: Record<string, string> = {};
      const unnamed: string[] = [];
      for (const binding of rule.bindings) {
        const key = `${binding.operation} ${binding.resource} ${binding.name}`;
        const refusal = await refusalWithout(rule, binding);
        steps[key] = refusal.step;
        expected[key] = failingStep(service, binding);
        unnamed.push(...[rule.principal, binding.name].filter((each) => !refusal.message.includes(each)));
      }
      expect(steps).toEqual(expected);
      expect(unnamed).toEqual([]);
      await dutyOf(rule);
    },
  );
});

describe.skipIf(!ability.ok)("what no rule grants", () => {
  const decorator = "User:hybrid-decorator";

  test("another service's topic is not written, by itself or in a transaction", async () => {
    const denied = `${decorator} lacks WRITE on topic user-status`;
    const forged = record("user-status", "forged");
    await as("decorator", async (log) => {
      const refused = log.append([forged]);
      await expect(refused).rejects.toThrow(LogUnavailableError);
      await expect(refused).rejects.toThrow(denied);
      const membership = await joined(log, groupOf("decorator"));
      const owned = await membership.fence(0);
      await restored(owned);
      const outputs = [record("decorator-dead", "with it"), forged];
      await expect(owned.commit(batch([[user(1), "x"]], {}, { outputs }))).rejects.toThrow(denied);
    });
    await withLog(broker.settingsOf("chief"), async (log) => {
      expect(await values(log, "user-status")).not.toContain("forged");
      expect(await values(log, "decorator-dead")).not.toContain("with it");
    });
  });

  test("what is written is not read, and another service's topics are not seen", async () => {
    const read = (topic: string) => (log: Log) => log.read({ topic, partition: 0, offset: 0, ...plenty });
    await expect(as("notification-ingest", read("calendar-changes"))).rejects.toThrow(
      "User:hybrid-notification-ingest lacks READ on topic calendar-changes",
    );
    await expect(as("decorator", read("user-directory"))).rejects.toThrow(
      `${decorator} lacks DESCRIBE on topic user-directory`,
    );
  });

  test("another service's group is not joined", async () => {
    const group = { ...groupOf("decorator"), service: "user-state" };
    const refused = as("decorator", (log) => joined(log, group));
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(`${decorator} lacks READ on group user-state`);
  });

  test("another service's worker is not fenced", async () => {
    const cluster = new Cluster(fillSettings(broker.settingsOf(userOf("decorator"))));
    try {
      await as("user-state", async (log) => {
        const membership = await joined(log, groupOf("user-state"));
        const owned = await membership.fence(0);
        await restored(owned);
        await expect(
          TransactionalWriter.fence(cluster, { transactionalId: "user-state-journal-0", lane: "write" }),
        ).rejects.toThrow(`${decorator} lacks WRITE on transactional id user-state-journal-0`);
        await owned.commit(batch([[user(1), "still ours"]], { "user-directory": 0 }));
      });
    } finally {
      await cluster.close();
    }
  });

  test("a topic of one's own is not created", async () => {
    const refused = as("decorator", (log) =>
      log.createTopics([{ name: "loot", partitions: 1, cleanup: "delete", retentionMs: null }]),
    );
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(`topic loot: not there, or hidden from ${decorator}`);
  });

  test("what is taken away from a running worker is named: by poll, and by the end of its membership", async () => {
    const rule = ruleOf("decorator");
    const group = groupOf("decorator");
    const readOf = (name: string) =>
      rule.bindings.filter((binding) => binding.operation === "READ" && binding.name === name);
    const [source] = group.sources as readonly [string];
    await as("decorator", async (log) => {
      let assigned = (): void => undefined;
      const has = new Promise<void>((resolve) => {
        assigned = resolve;
      });
      let member: Promise<Membership> | undefined;
      const end = new Promise<unknown>((resolve) => {
        member = log.join(group, { assigned, revoked: () => Promise.resolve(), ended: resolve });
      });
      await has;
      const owned = await (await member)?.fence(0);
      await broker.revoke(rule.principal, readOf(source));
      const polling = async (): Promise<void> => {
        for (;;) await owned?.poll(plenty, AbortSignal.timeout(10_000));
      };
      await expect(polling()).rejects.toThrow(`${decorator} lacks READ on topic ${source}`);
      await broker.revoke(rule.principal, readOf(group.service));
      expect(await end).toBeInstanceOf(ConfigError);
      expect(String(await end)).toContain(`${decorator} lacks READ on group decorator`);
    });
    await broker.grant(rule.principal, [...readOf(source), ...readOf(group.service)]);
  });

  test("a right that is granted while a service runs is used at once", async () => {
    const binding: AccessBinding = {
      resource: "TOPIC",
      name: "user-status",
      pattern: "LITERAL",
      operation: "WRITE",
      purpose: "the test's",
    };
    const lines: Line[] = [];
    await withLog(broker.settingsOf(userOf("decorator"), lines), async (log) => {
      await expect(log.append([record("user-status", "early")])).rejects.toThrow("lacks WRITE");
      await broker.grant(decorator, [binding]);
      await log.append([record("user-status", "granted")]);
      await broker.revoke(decorator, [binding]);
    });
  });
});

describe.skipIf(!ability.ok)("the administrator", () => {
  const { principal, bindings } = ruleOf(administrator);
  const names = allTopics.map(({ name }) => name).sort();

  /** Does something without one right on every topic. */
  const without = async (operation: string, use: () => Promise<void>): Promise<void> => {
    const some = bindings.filter((binding) => binding.operation === operation);
    expect(some.map(({ name }) => name).sort()).toEqual(names);
    await broker.revoke(principal, some);
    await use();
    await broker.grant(principal, some);
  };

  test("creates every topic and sees its settings, and needs each right on each topic", async () => {
    await broker.chief.deleteTopics({ topics: names });
    await as(administrator, async (log) => {
      await without("CREATE", async () => {
        for (const topic of everyTopic)
          await expect(log.createTopics([topic])).rejects.toThrow(
            `topic ${topic.name}: not there, or hidden`,
          );
      });
      await log.createTopics(everyTopic);
      const listed = async () => (await log.topics()).map(({ name }) => name);
      expect(await listed()).toEqual(names);
      await without("DESCRIBE", async () => expect(await listed()).toEqual([]));
      await without("ALTER_CONFIGS", () =>
        expect(listed()).rejects.toThrow(
          `${principal} lacks DESCRIBE_CONFIGS on topics ${names.join(", ")};`,
        ),
      );
      expect(await listed()).toEqual(names);
    });
  });
});

describe.skipIf(!ability.ok)("a client certificate", () => {
  test("is a principal by its subject, as the error says", async () => {
    const certificate = await issue(broker.authority, "hybrid-decorator", { organisation: "Example" });
    const settings = broker.settingsWith(certificate);
    const principal = "User:CN=hybrid-decorator,O=Example";
    const source = groupOf("decorator").sources[0] as string;
    await withLog(settings, async (log) => {
      const read = () => log.read({ topic: source, partition: 0, offset: 0, ...plenty });
      await expect(read()).rejects.toThrow(`${principal} lacks DESCRIBE on topic ${source}`);
      await broker.grant(principal, ruleOf("decorator").bindings);
      await expect(read()).resolves.toMatchObject({ records: [] });
    });
  });
});
