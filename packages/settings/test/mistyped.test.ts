import { expect, test } from "vitest";
import { mistypedFaults, nearestHint, nearestOf } from "../src/index.ts";

const known = [
  "KAFKA_BROKERS",
  "KAFKA_USERNAME",
  "KAFKA_PASSWORD",
  "KAFKA_PASSWORD_FILE",
  "KAFKA_TLS",
  "LOG_LEVEL",
  "LOG_PARTITIONS",
  "REDIS_URL",
  "PUBLIC_URL",
  "HEALTH_PORT",
];

test.each([
  ["KAFKA_BROKER", "KAFKA_BROKERS"],
  ["KAFKA_BROKERS_LIST", "KAFKA_BROKERS"],
  ["kafka_brokers", "KAFKA_BROKERS"],
  ["KAFAK_BROKERS", "KAFKA_BROKERS"],
  ["KAFKA_USER", "KAFKA_USERNAME"],
  ["KAFKA_PASSWORT", "KAFKA_PASSWORD"],
  ["LOG_PARTITION", "LOG_PARTITIONS"],
  ["PUBLIC_URI", "PUBLIC_URL"],
])("%s is pointed out: it looks like %s", (given, right) => {
  expect(mistypedFaults(known, { [given]: "x" })).toEqual([
    `${given}: nobody reads this variable; did you mean ${right}?`,
  ]);
});

test("what is right, what is given rightly beside it, and other programs' variables stay alone", () => {
  expect(mistypedFaults(known, { KAFKA_BROKERS: "a:1", KAFKA_BROKER: "a:1", LOG_LEVEL: "info" })).toEqual([]);
  const others = {
    PATH: "/bin",
    HOME: "/",
    LANG: "C",
    TZ: "UTC",
    PWD: "/",
    NODE_ENV: "production",
    HOSTNAME: "x",
    KAFKA_HEAP_OPTS: "-Xmx1g",
    KAFKA_SERVICE_HOST: "10.0.0.1",
    KAFKA_PORT: "tcp://10.0.0.1:9092",
    REDIS_PORT: "tcp://10.0.0.1:6379",
    REDIS_SERVICE_PORT: "6379",
    INGEST_TLS: "true",
  };
  expect(mistypedFaults(known, others)).toEqual([]);
});

test("where only some settings are needed, only their names are looked for", () => {
  const given = { KAFKA_BROKER: "a:1", LOG_LEVLE: "info" };
  expect(mistypedFaults(known, given, ["KAFKA_BROKERS"])).toHaveLength(1);
});

test("the nearest word is found whatever the case, and none where nothing is near", () => {
  const states = ["active", "error", "notActivated"];
  expect(nearestOf("Actve", states)).toBe("active");
  expect(nearestOf("NOTACTIVATED", states)).toBe("notActivated");
  expect(nearestHint("eror", states)).toBe('; did you mean "error"?');
  expect(nearestHint("xylophone", states)).toBe(".");
});
