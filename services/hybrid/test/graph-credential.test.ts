import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClientCertificate } from "@hybrid/graph-simulator";
import { days, type EpochMs, instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { Faults, type Variables } from "@hybrid/settings";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { warnBeforeMs, watchExpiry } from "../src/clients/credential-expiry.ts";
import { readCredential } from "../src/clients/graph-credential.ts";

const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), "hybrid-credential-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
};

const read = (variables: Variables) => {
  const faults = new Faults();
  return { credential: readCredential("", variables, faults), faults: faults.found };
};

test("a certificate whose files are replaced is the new one from then on; half of a pair is refused", async () => {
  const at = await folder();
  const [first, second] = [await createClientCertificate(), await createClientCertificate()];
  const [certificate, key] = [join(at, "cert"), join(at, "key")];
  await writeFile(certificate, first.certPem);
  await writeFile(key, first.keyPem);
  const { credential } = read({ GRAPH_CERTIFICATE_FILE: certificate, GRAPH_PRIVATE_KEY_FILE: key });
  const thumbprint = async (): Promise<string> => {
    const now = await credential?.now();
    return now?.kind === "certificate" ? now.thumbprintSha256 : "none";
  };
  expect((await thumbprint()).toLowerCase()).toBe(first.thumbprintSha256.toLowerCase());
  await writeFile(certificate, second.certPem);
  await expect(credential?.now()).rejects.toThrow("is not the key of GRAPH_CERTIFICATE");
  await writeFile(key, second.keyPem);
  expect((await thumbprint()).toLowerCase()).toBe(second.thumbprintSha256.toLowerCase());
});

test("a client secret and a federated token are read before each use", async () => {
  const at = await folder();
  const path = join(at, "token");
  await writeFile(path, "one\n");
  const secret = read({
    GRAPH_CLIENT_SECRET_FILE: path,
    GRAPH_CLIENT_SECRET_EXPIRES: "2027-01-31",
  }).credential;
  const token = read({ GRAPH_FEDERATED_TOKEN_FILE: path }).credential;
  expect(await secret?.now()).toEqual({ kind: "secret", secret: "one" });
  expect(await secret?.expiresAt()).toBe(Date.UTC(2027, 0, 31));
  expect(await token?.now()).toEqual({ kind: "assertion", assertion: "one" });
  await writeFile(path, "two\n");
  expect(await secret?.now()).toEqual({ kind: "secret", secret: "two" });
  expect(await token?.now()).toEqual({ kind: "assertion", assertion: "two" });
  await rm(path);
  await expect(token?.now()).rejects.toThrow("cannot be read (ENOENT)");
});

test("what does not go together is refused with every fault, without any secret", async () => {
  expect(read({}).faults.join()).toContain("or else GRAPH_CLIENT_SECRET or GRAPH_FEDERATED_TOKEN_FILE");
  const { certPem, keyPem } = await createClientCertificate();
  const both = { GRAPH_CERTIFICATE: certPem, GRAPH_PRIVATE_KEY: keyPem, GRAPH_CLIENT_SECRET: "s3cret" };
  expect(read(both).faults.join()).toContain("give one of them");
  expect(read(both).faults.join()).not.toContain("s3cret");
  expect(read({ GRAPH_CERTIFICATE: certPem }).faults.join()).toContain("give both or neither");
  expect(read({ GRAPH_CERTIFICATE: "no PEM", GRAPH_PRIVATE_KEY: keyPem }).faults.join()).toContain(
    "GRAPH_CERTIFICATE: is no certificate in PEM",
  );
  const noDay = { GRAPH_CLIENT_SECRET: "s3cret", GRAPH_CLIENT_SECRET_EXPIRES: "soon" };
  expect(read(noDay).faults.join()).toContain("GRAPH_CLIENT_SECRET_EXPIRES");
});

test("from thirty days before the end the log tells twice a day, the metric always; a new one ends it", async () => {
  const clock = new VirtualClock(instant(Date.UTC(2026, 0, 5, 8)));
  const lines: string[] = [];
  const logger = {
    warn: (_fields: object, message: string) => void lines.push(`warn ${message}`),
    error: (_fields: object, message: string) => void lines.push(`error ${message}`),
  };
  const registry = new Registry();
  let expiresAt = (clock.now() + days(31)) as EpochMs;
  const now = async () => ({ kind: "secret", secret: "s" }) as const;
  const end = watchExpiry(
    { kind: "certificate", now, expiresAt: async () => expiresAt },
    { registration: "archive", scheduler: clock, logger, registry },
  );
  onTestFinished(end);
  const told = async (ms: number): Promise<readonly string[]> => {
    clock.advanceBy(ms);
    await new Promise((resolve) => setImmediate(resolve));
    return lines.splice(0);
  };
  expect(await told(0)).toEqual([]);
  expect(await registry.metrics()).toContain(
    `{registration="archive",credential="certificate"} ${expiresAt / 1_000}`,
  );
  expect((await told(days(1)))[0]).toContain("expires soon");
  expect((await told(days(30)))[0]).toContain("has expired");
  expiresAt = (clock.now() + days(365)) as EpochMs;
  expect(await told(days(1))).toEqual([]);
});

test("the alert rules speak of the metric that there is, and of the same thirty days", async () => {
  const path = join(import.meta.dirname, "../../../deploy/prometheus/hybrid-alerts.yml");
  const { groups } = parse(await readFile(path, "utf8")) as {
    readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
  };
  const expressions = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
  const metrics = new Set(expressions.flatMap((text) => text.match(/hybrid_\w+/g) ?? []));
  expect([...metrics]).toEqual([
    "hybrid_credential_expires_timestamp_seconds",
    "hybrid_tenant_consent_missing_permissions",
    "hybrid_notices_failures_total",
    "hybrid_notices_total",
  ]);
  expect(expressions[0]).toContain(`< ${warnBeforeMs / days(1)} * 86400`);
});
