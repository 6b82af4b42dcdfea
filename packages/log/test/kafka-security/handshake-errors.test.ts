import { inspect } from "node:util";
import { ConfigError } from "@hybrid/kernel";
import { describe, expect, test } from "vitest";
import { LogUnavailableError } from "../../src/index.ts";
import { type Attempt, handshakeError } from "../../src/kafka/client/handshake-errors.ts";
import { checkSettings, openingError } from "../../src/kafka/client/opening.ts";
import {
  isConnectionLost,
  isFromBrokers,
  isRefused,
  logErrorOf,
} from "../../src/kafka/client/protocol-errors.ts";
import { settingsFor } from "./secured-log.ts";

const address = "kafka-1.example:9093";
const sasl = { mechanism: "plain", username: "worker", password: "s3cret" } as const;
const named = (name: string, rest: object): Error => Object.assign(new Error("as it was"), { name }, rest);

const cases: readonly (readonly [name: string, of: Attempt, error: Error, said: string])[] = [
  [
    "not valid yet",
    { address, ssl: true },
    named("KafkaJSConnectionError", { code: "CERT_NOT_YET_VALID" }),
    "is not valid yet; check the clocks",
  ],
  [
    "revoked",
    { address, ssl: true },
    named("KafkaJSConnectionError", { code: "CERT_REVOKED" }),
    "was revoked",
  ],
  [
    "no authority given",
    { address, ssl: true },
    named("KafkaJSConnectionError", { code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" }),
    "(ssl.ca; none is given)",
  ],
  [
    "mechanism",
    { address, sasl },
    named("KafkaJSProtocolError", { type: "UNSUPPORTED_SASL_MECHANISM" }),
    "does not know PLAIN on this port",
  ],
  [
    "password",
    { address, sasl },
    named("KafkaJSSASLAuthenticationError", {}),
    "refuses user worker by PLAIN",
  ],
  [
    "nobody there",
    { address },
    named("KafkaJSConnectionError", { code: "ECONNREFUSED" }),
    "cannot be reached: as it was",
  ],
  [
    "nobody there, over TLS",
    { address, ssl: true },
    named("KafkaJSConnectionError", { code: "ECONNREFUSED" }),
    "cannot be reached: as it was",
  ],
];

test.each(cases)("%s: names the broker, says what to do, keeps the secret", (_name, of, error, said) => {
  const told = handshakeError(error, of);
  expect(told.message).toContain(`broker ${address} `);
  expect(told.message).toContain(said);
  expect(told.cause).toBe(error);
  expect(inspect(logErrorOf(told, "fencing"), { depth: 10 })).not.toContain(sasl.password);
});

describe("what is tried again", () => {
  const toldOf = (error: Error, of: Partial<Attempt>) => handshakeError(error, { address, ...of });

  test("nothing but refused credentials is final for a running service; opening refuses certificates too", () => {
    const refused = toldOf(named("KafkaJSSASLAuthenticationError", {}), { sasl });
    const expired = toldOf(named("KafkaJSConnectionError", { code: "CERT_HAS_EXPIRED" }), { ssl: true });
    const away = toldOf(named("KafkaJSConnectionError", { code: "ECONNREFUSED" }), {});
    expect([refused, expired, away].map(isRefused)).toEqual([true, false, false]);
    expect([refused, expired, away].map(isConnectionLost)).toEqual([false, true, true]);
    expect([refused, expired, away].every(isFromBrokers)).toBe(true);
    const settings = settingsFor(address);
    const opening = [refused, expired, away].map((each) =>
      openingError(logErrorOf(each, "opening"), settings),
    );
    expect(opening.map((each) => each instanceof ConfigError)).toEqual([true, true, false]);
    expect(opening[2]).toBeInstanceOf(LogUnavailableError);
  });
});

test("every fault of the settings is named at once, and never the password", () => {
  const settings = settingsFor("nonsense", {
    clientId: "",
    sasl: { ...sasl, username: "" },
    ssl: { key: "x" },
  });
  const check = (): void => checkSettings(settings);
  for (const said of ["not host:port", "client id is empty", "belong together", "user's name is empty"])
    expect(check).toThrow(said);
  expect(check).not.toThrow(sasl.password);
  expect(() => checkSettings(settingsFor(address, { sasl: { ...sasl, password: "" } }))).toThrow(
    "the password of user worker is empty",
  );
});
