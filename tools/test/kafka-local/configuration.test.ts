import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { javaMajorOf, javaVersionOf } from "../../src/kafka-local/java.ts";
import {
  type BrokerShape,
  brokerProperties,
  checkUsers,
  listenerNames,
  propertiesText,
  scramArguments,
} from "../../src/kafka-local/properties.ts";
import type { KafkaSecurity } from "../../src/kafka-local/settings.ts";

const shape = (more: Partial<BrokerShape> = {}): BrokerShape => ({
  folder: "/data/one",
  ports: { PLAINTEXT: 1, CONTROLLER: 2, SASL_PLAINTEXT: 3, SASL_SSL: 4, INTERNAL: 5 },
  security: "plaintext",
  bindHost: "127.0.0.1",
  internalPassword: "inner",
  overrides: {},
  ...more,
});

const secured: KafkaSecurity = {
  listeners: ["SASL_PLAINTEXT", "SASL_SSL"],
  users: [
    { name: "ann", password: "it's; so" },
    { name: "ben", password: "plain only", mechanisms: ["PLAIN"] },
  ],
  superUsers: ["ann"],
  authorizer: true,
};

test("a properties file carries every character through java.util.Properties", () => {
  expect(propertiesText({ "a b": "c=d:e", path: "C:\\x", text: " two\nlines\té" })).toBe(
    "a\\ b=c=d:e\npath=C:\\\\x\ntext=\\ two\\nlines\\t\\u00e9\n",
  );
});

test("an open broker has one listener for clients and one for its controller", () => {
  const properties = brokerProperties(shape());
  expect(properties).toMatchObject({
    listeners: "PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2",
    "advertised.listeners": "PLAINTEXT://127.0.0.1:1",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": "/data/one/data",
  });
  expect(Object.keys(properties).filter((name) => /sasl|ssl|super|authorizer/.test(name))).toEqual([]);
});

test("a container listens on all of its addresses and is advertised on ours", () => {
  expect(brokerProperties(shape({ bindHost: "0.0.0.0" }))).toMatchObject({
    listeners: "PLAINTEXT://0.0.0.0:1,CONTROLLER://127.0.0.1:2",
    "advertised.listeners": "PLAINTEXT://127.0.0.1:1",
  });
});

test("what the caller sets wins", () => {
  const overrides = { "auto.create.topics.enable": "true", "log.segment.bytes": "1048576" };
  expect(brokerProperties(shape({ overrides }))).toMatchObject(overrides);
});

test("a broker with logins trusts nobody that is anonymous, not even itself", () => {
  const properties = brokerProperties(shape({ security: secured }));
  expect(listenerNames(secured)).toEqual(["SASL_PLAINTEXT", "SASL_SSL", "CONTROLLER", "INTERNAL"]);
  expect(properties["super.users"]).toBe("User:hybrid-broker;User:ann");
  expect(properties["authorizer.class.name"]).toBe("org.apache.kafka.metadata.authorizer.StandardAuthorizer");
  expect(properties["listener.security.protocol.map"]).toBe(
    "CONTROLLER:SASL_PLAINTEXT,INTERNAL:SASL_PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
  );
});

test("every user logs in by its own mechanisms alone", () => {
  const properties = brokerProperties(shape({ security: secured }));
  const plain = properties["listener.name.sasl_ssl.plain.sasl.jaas.config"];
  expect(plain).toContain('user_ann="it\'s; so"');
  expect(plain).toContain('user_ben="plain only";');
  expect(scramArguments(secured)).toEqual([
    "--add-scram",
    'SCRAM-SHA-256=[name="ann",password="it\'s; so"]',
    "--add-scram",
    'SCRAM-SHA-512=[name="ann",password="it\'s; so"]',
  ]);
  expect(scramArguments("plaintext")).toEqual([]);
});

test.each([
  ["ann", 'a"b'],
  ["ann", "a,b"],
  ["ann", "a]"],
  ["ann", "a\\b"],
  ["ann", "é"],
  ["a=b", "secret"],
])(
  "a user %s with the password %s is refused, because Kafka's tools would read something else",
  (name, password) => {
    const user = { name: "ok", password: "it's; fine" };
    expect(() => checkUsers({ listeners: ["SASL_SSL"], users: [user] })).not.toThrow();
    expect(() => checkUsers({ listeners: ["SASL_SSL"], users: [user, { name, password }] })).toThrow(
      `user ${name} cannot be made`,
    );
  },
);

test("a private key in another form becomes the one Kafka reads", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const tls = { key, certificate: "certificate" };
  const properties = brokerProperties(shape({ security: { listeners: ["SSL"], tls } }));
  expect(properties["ssl.keystore.key"]).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(properties["ssl.client.auth"]).toBe("none");
});

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_392"', 8],
  ['openjdk version "26-ea" 2026-03-17', 26],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21" 2023-09-19', 21],
])("the release of a Java is read from %j", (text, major) => {
  expect(javaMajorOf(javaVersionOf(text) ?? "")).toBe(major);
});

test("what is no Java has no version", () => {
  expect(
    javaVersionOf("The operation couldn't be completed. Unable to locate a Java Runtime."),
  ).toBeUndefined();
});
