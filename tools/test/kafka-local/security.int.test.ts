import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  ResourcePatternTypes,
} from "kafkajs";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canRunKafka, type KafkaBroker, startKafka } from "../../src/kafka-local/index.ts";
import { clientOf } from "./client.ts";

const ability = await canRunKafka();
let broker: KafkaBroker;
let ca: string;

beforeAll(async () => {
  if (!ability.ok) return;
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  ca = cert;
  broker = await startKafka({
    security: {
      listeners: ["SASL_SSL", "SASL_PLAINTEXT"],
      users: [
        { name: "chief", password: "chief-secret" },
        { name: "reader", password: "it's a: long; one #1!" },
        { name: "plain", password: "plain-secret", mechanisms: ["PLAIN"] },
      ],
      superUsers: ["chief"],
      authorizer: true,
      tls: { key, certificate: cert },
    },
  });
});
afterAll(() => broker?.stop());

type Mechanism = "plain" | "scram-sha-256" | "scram-sha-512";

const withAdmin = async <T>(
  login: { username: string; password: string; mechanism: Mechanism },
  use: (admin: Admin) => Promise<T>,
): Promise<T> => {
  const { mechanism, ...account } = login;
  const sasl = { mechanism: mechanism as "plain", ...account };
  const address = broker.addresses.SASL_SSL ?? "";
  const admin = clientOf([address], { sasl, ssl: { ca: [ca] } }).admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
};

const chief = { username: "chief", password: "chief-secret", mechanism: "scram-sha-512" } as const;

test.skipIf(!ability.ok).each<Mechanism>(["plain", "scram-sha-256", "scram-sha-512"])(
  "a user logs in by %s over TLS, and with a wrong password does not",
  async (mechanism) => {
    const login = { username: "reader", password: "it's a: long; one #1!", mechanism };
    await expect(withAdmin(login, (admin) => admin.listTopics())).resolves.toEqual([]);
    await expect(withAdmin({ ...login, password: "wrong" }, (admin) => admin.listTopics())).rejects.toThrow(
      /[Aa]uthentication|credentials/,
    );
  },
);

test.skipIf(!ability.ok)("a mechanism that a user does not have lets it not in", async () => {
  const login = { username: "plain", password: "plain-secret" };
  await expect(withAdmin({ ...login, mechanism: "plain" }, (admin) => admin.listTopics())).resolves.toEqual(
    [],
  );
  await expect(
    withAdmin({ ...login, mechanism: "scram-sha-256" }, (admin) => admin.listTopics()),
  ).rejects.toThrow(/[Aa]uthentication|credentials/);
});

test.skipIf(!ability.ok)("a user sees and does what an ACL allows, a super user everything", async () => {
  // Goal: the authorizer is on. Method: a topic is invisible to a user before its ACL and visible after.
  const reader = { username: "reader", password: "it's a: long; one #1!", mechanism: "plain" } as const;
  await withAdmin(chief, (admin) =>
    admin.createTopics({ topics: [{ topic: "guarded", numPartitions: 1, replicationFactor: 1 }] }),
  );
  await expect(withAdmin(reader, (admin) => admin.listTopics())).resolves.toEqual([]);
  await expect(
    withAdmin(reader, (admin) => admin.createTopics({ topics: [{ topic: "mine", numPartitions: 1 }] })),
  ).rejects.toThrow(/[Aa]uthoriz|creation errors/);
  await withAdmin(chief, (admin) =>
    admin.createAcls({
      acl: [
        {
          resourceType: AclResourceTypes.TOPIC,
          resourceName: "guarded",
          resourcePatternType: ResourcePatternTypes.LITERAL,
          principal: "User:reader",
          host: "*",
          operation: AclOperationTypes.DESCRIBE,
          permissionType: AclPermissionTypes.ALLOW,
        },
      ],
    }),
  );
  await expect(withAdmin(reader, (admin) => admin.listTopics())).resolves.toEqual(["guarded"]);
});
