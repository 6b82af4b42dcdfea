import { createServer as createPlainServer, type Server } from "node:net";
import { type ConnectionOptions, createServer } from "node:tls";
import { ConfigError } from "@hybrid/kernel";
import { canRunKafka, type KafkaBroker, startKafka } from "@hybrid/tools/kafka-local";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type KafkaLogSettings, type KafkaSasl, LogUnavailableError, openKafkaLog } from "../../src/index.ts";
import { type Certificate, issue, makeAuthority } from "./certificates.ts";
import { coreJourney } from "./journey.ts";
import { type Line, refusalOf, settingsFor, withLog } from "./secured-log.ts";

const ability = await canRunKafka();
const password = "s3cret of-the-worker";
const mechanisms: readonly KafkaSasl["mechanism"][] = ["plain", "scram-sha-256", "scram-sha-512"];

let broker: KafkaBroker;
let authority: Certificate;
let client: Certificate;

const addressOf = (listener: keyof KafkaBroker["addresses"]): string => broker.addresses[listener] ?? "";
const trusting = (): ConnectionOptions => ({ ca: authority.cert });
const login = (mechanism: KafkaSasl["mechanism"], rest: Partial<KafkaSasl> = {}): KafkaSasl => ({
  mechanism,
  username: "worker",
  password,
  ...rest,
});

beforeAll(async () => {
  if (!ability.ok) return;
  authority = await makeAuthority("authority of the test");
  const certificate = await issue(authority, "broker");
  client = await issue(authority, "client-one");
  broker = await startKafka({
    security: {
      listeners: ["SASL_SSL", "SSL", "SASL_PLAINTEXT", "PLAINTEXT"],
      users: [
        { name: "worker", password },
        { name: "half", password, mechanisms: ["SCRAM-SHA-512"] },
      ],
      tls: {
        key: certificate.key,
        certificate: certificate.cert,
        ca: authority.cert,
        clientAuth: "required",
      },
    },
    properties: { "listener.name.sasl_ssl.ssl.client.auth": "none" },
  });
}, 120_000);
afterAll(() => broker?.stop(), 60_000);

/** Everything that a person or a log file gets to see of a refusal. */
const everythingOf = (error: Error, lines: readonly Line[]): string => {
  const causes: string[] = [];
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    causes.push(each.stack ?? "", JSON.stringify(Object.entries(each)), String(each));
  return JSON.stringify([causes, lines]);
};

describe.skipIf(!ability.ok)("logging in", () => {
  test.each(mechanisms)("the core of the contract holds over TLS with %s", async (mechanism) => {
    const settings = () => settingsFor(addressOf("SASL_SSL"), { ssl: trusting(), sasl: login(mechanism) });
    await withLog(settings(), (log) => withLog(settings(), (second) => coreJourney(log, second)));
  });

  test.each(mechanisms)(
    "with %s a wrong password and an unknown user are refused at opening",
    async (mechanism) => {
      for (const wrong of [{ password: `${password}?` }, { username: "nobody" }]) {
        const lines: Line[] = [];
        const sasl = login(mechanism, wrong);
        const error = await refusalOf(settingsFor(addressOf("SASL_SSL"), { ssl: trusting(), sasl }, lines));
        expect(error).toBeInstanceOf(ConfigError);
        expect(error.message).toContain(
          `broker ${addressOf("SASL_SSL")} refuses user ${sasl.username} by ${mechanism.toUpperCase()}; check`,
        );
        expect(everythingOf(error, lines)).not.toContain(password);
      }
    },
  );

  test("a mechanism that the user does not have is refused", async () => {
    const sasl = login("scram-sha-256", { username: "half" });
    const error = await refusalOf(settingsFor(addressOf("SASL_SSL"), { ssl: trusting(), sasl }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain("refuses user half by SCRAM-SHA-256; check user, password and mechanism");
  });

  test("settings stay as they were given, also when they are frozen", async () => {
    const sasl = Object.freeze(login("plain"));
    const settings = settingsFor(addressOf("SASL_SSL"), { ssl: trusting(), sasl });
    await withLog(settings, (log) => log.topics());
    expect(Object.keys(sasl)).toEqual(["mechanism", "username", "password"]);
  });

  test("PLAIN without TLS works and is warned of, without the password; nothing else is", async () => {
    const lines: Line[] = [];
    const open = (settings: Partial<KafkaLogSettings>, listener: "SASL_PLAINTEXT" | "SASL_SSL") =>
      withLog(settingsFor(addressOf(listener), settings, lines), (log) => log.topics());
    await open({ sasl: login("scram-sha-256") }, "SASL_PLAINTEXT");
    await open({ ssl: trusting(), sasl: login("plain") }, "SASL_SSL");
    expect(lines).toEqual([]);
    await open({ sasl: login("plain") }, "SASL_PLAINTEXT");
    const warning = "the password goes to the brokers unencrypted";
    expect(lines).toEqual([
      [{ user: "worker", brokers: [addressOf("SASL_PLAINTEXT")] }, expect.stringContaining(warning)],
    ]);
    expect(JSON.stringify(lines)).not.toContain(password);
  });
});

describe.skipIf(!ability.ok)("TLS", () => {
  const withClient = (): ConnectionOptions => ({ ...trusting(), cert: client.cert, key: client.key });

  test("the core of the contract holds with a client certificate", async () => {
    const settings = () => settingsFor(addressOf("SSL"), { ssl: withClient() });
    await withLog(settings(), (log) => withLog(settings(), (second) => coreJourney(log, second)));
  });

  test("an authority that we do not trust is named as what is wrong", async () => {
    const other = await makeAuthority("another authority");
    for (const ssl of [{ ca: other.cert }, true] as const) {
      const error = await refusalOf(settingsFor(addressOf("SASL_SSL"), { ssl, sasl: login("plain") }));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain(
        `broker ${addressOf("SASL_SSL")} shows a certificate that no authority we trust has signed; give`,
      );
    }
  });

  test("another host name than the certificate's is named as what is wrong", async () => {
    const address = addressOf("SASL_SSL").replace("127.0.0.1", "localhost");
    const error = await refusalOf(settingsFor(address, { ssl: trusting(), sasl: login("plain") }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`broker ${address} shows a certificate for other host names; connect by`);
  });

  test("a missing or foreign client certificate is named as what is wrong", async () => {
    const foreign = await issue(await makeAuthority("nobody's authority"), "client-two");
    const cases = [
      [trusting(), "demands a client certificate; give one"],
      [{ ...trusting(), cert: foreign.cert, key: foreign.key }, "refuses our client certificate; have it"],
    ] as const;
    for (const [ssl, message] of cases) {
      const error = await refusalOf(settingsFor(addressOf("SSL"), { ssl }));
      expect(error.message).toContain(`broker ${addressOf("SSL")} ${message}`);
      expect(error).toBeInstanceOf(ConfigError);
    }
  });

  test("an expired certificate is named as what is wrong", async () => {
    const dates = { notBeforeDate: new Date("2020-01-01"), notAfterDate: new Date("2021-01-01") };
    const { key, cert } = await issue(authority, "old", dates);
    const address = await listening(createServer({ key, cert }));
    const error = await refusalOf(settingsFor(address, { ssl: trusting() }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`broker ${address} shows a certificate that has expired; renew it`);
  });

  test("files that are none, and half a client certificate, are refused before anything is sent", async () => {
    const refused = (ssl: ConnectionOptions): Promise<Error> =>
      refusalOf(settingsFor("127.0.0.1:9", { ssl }));
    expect((await refused({ ca: "not PEM", cert: "nor this", key: "nor that" })).message).toContain(
      "the files for TLS cannot be used",
    );
    expect((await refused({ cert: client.cert })).message).toContain("belong together");
    expect(await refused({ cert: client.cert })).toBeInstanceOf(ConfigError);
  });
});

/** Serves until the test ends. */
const listening = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    onTestFinished(() => void server.close());
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    });
  });

describe.skipIf(!ability.ok)("a listener that speaks something else than we do", () => {
  const plainly = (listener: keyof KafkaBroker["addresses"], rest: Partial<KafkaLogSettings>) =>
    refusalOf(settingsFor(addressOf(listener), rest));

  test.each(["SSL", "SASL_SSL"] as const)("%s without TLS", async (listener) => {
    const error = await plainly(listener, listener === "SSL" ? {} : { sasl: login("scram-sha-256") });
    expect(error).toBeInstanceOf(LogUnavailableError);
    expect(error.message).toContain(`${addressOf(listener)} closed the connection at our first word`);
    expect(error.message).toContain("may demand TLS");
  });

  test.each(["PLAINTEXT", "SASL_PLAINTEXT"] as const)("%s with TLS", async (listener) => {
    const error = await plainly(listener, { ssl: trusting() });
    expect(error).toBeInstanceOf(LogUnavailableError);
    expect(error.message).toContain(`broker ${addressOf(listener)} does not speak TLS on this port`);
  });

  test.each(["SASL_SSL", "SASL_PLAINTEXT"] as const)("%s without a login", async (listener) => {
    const error = await plainly(listener, listener === "SASL_SSL" ? { ssl: trusting() } : {});
    expect(error).toBeInstanceOf(LogUnavailableError);
    expect(error.message).toContain(addressOf(listener));
    expect(error.message).toContain("its listener may demand a login");
  });

  test("PLAINTEXT with a login", async () => {
    const error = await plainly("PLAINTEXT", { sasl: login("scram-sha-512") });
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`broker ${addressOf("PLAINTEXT")} expects no login on this port`);
  });

  test("a server that says nothing is given up after the connection timeout, TLS or not", async () => {
    const address = await listening(
      createPlainServer((socket) => onTestFinished(() => void socket.destroy())),
    );
    for (const rest of [{ ssl: trusting() }, {}])
      await expect(
        openKafkaLog(settingsFor(address, { ...rest, connectionTimeoutMs: 200, requestTimeoutMs: 300 })),
      ).rejects.toThrow(LogUnavailableError);
  });
});
