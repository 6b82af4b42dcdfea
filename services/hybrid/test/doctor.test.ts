import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createCertificateAuthority, createClientCertificate } from "@hybrid/graph-simulator";
import type { EpochMs } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import { manifestOf } from "../src/connecting/manifest.ts";
import { checkCertificate } from "../src/doctor/certificates.ts";
import { checkCredential } from "../src/doctor/credentials.ts";
import { checkPublicAddress } from "../src/doctor/public-address.ts";
import { checkReadiness } from "../src/doctor/readiness.ts";
import { registrationOf } from "../src/simulate/registration.ts";
import { manifestShape } from "../src/simulate/shapes.ts";

const dayMs = 86_400_000;

test("a certificate is good, about to end, over, not yet good, or not the key's", async () => {
  const [own, other] = await Promise.all([createClientCertificate(), createClientCertificate()]);
  const pair = { cert: own.certPem, key: own.keyPem };
  const now = Date.now();
  const stateAt = (at: number): string => checkCertificate("certificate", pair, at).state;
  expect(stateAt(now)).toBe("ok");
  expect(stateAt(now + 340 * dayMs)).toBe("warning");
  expect(checkCertificate("certificate", pair, now + 340 * dayMs).found).toMatch(/^expires in 2\d days/);
  expect(stateAt(now + 400 * dayMs)).toBe("failed");
  expect(stateAt(now - 400 * dayMs)).toBe("failed");
  expect(checkCertificate("certificate", { ...pair, key: other.keyPem }, now).found).toContain("not that of");
  const broken = checkCertificate("certificate", { cert: "-----BEGIN X-----", key: own.keyPem }, now);
  expect([broken.state, broken.found.includes("BEGIN")]).toEqual(["failed", false]);
});

test("a secret's end is warned of thirty days before, and a secret whose end nobody tells at once", async () => {
  const now = Date.now();
  const look = (kind: "secret" | "federatedToken", leftMs: number | null) =>
    checkCredential(
      "groups",
      {
        kind,
        now: async () => ({ kind: "secret", secret: "s3cret" }),
        expiresAt: async () => (leftMs === null ? null : ((now + leftMs) as EpochMs)),
      },
      now,
    );
  expect(await look("secret", 31 * dayMs)).toMatchObject({ state: "ok" });
  expect(await look("secret", 29 * dayMs)).toMatchObject({
    state: "warning",
    what: "client secret of groups",
    found: expect.stringContaining("expires in 29 days"),
  });
  expect(await look("secret", -1)).toMatchObject({ state: "failed" });
  expect(await look("secret", null)).toMatchObject({
    state: "warning",
    todo: expect.stringContaining("GRAPH_CLIENT_SECRET_EXPIRES"),
  });
  expect(await look("federatedToken", null)).toMatchObject({ state: "ok" });
});

test("a public address that nobody trusts, that nobody knows or where nothing listens is told apart", async () => {
  const authority = await createCertificateAuthority();
  const { keyPem: key, certPem: cert } = await authority.issue();
  const server = createServer({ key, cert }, (_request, response) => response.end("hello"));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => void server.close(resolve));
  onTestFinished(() => void (server.listening && server.close()));
  const untrusted = await checkPublicAddress(`https://localhost:${port}`, "/graph/notifications");
  expect(untrusted).toMatchObject({ state: "failed", todo: expect.stringContaining("public authorities") });
  await close();
  const closed = await checkPublicAddress(`https://localhost:${port}`, "/graph/notifications");
  expect(closed.found).toContain("nothing listens there");
});

test("services that do not answer are told with what starts them", async () => {
  const finding = await checkReadiness(new URL("http://127.0.0.1:1"));
  expect(finding).toMatchObject({ state: "failed", todo: expect.stringContaining("hybrid up") });
});

test.each(["calendar", "groups", "archive"] as const)(
  "the manifest for %s asks by ids that Microsoft Graph has, for what the table names",
  async (app) => {
    const { certPem } = await createClientCertificate();
    const redirectUri = "https://hybrid.example/consent/callback";
    const manifest = manifestShape.parse(manifestOf({ app, redirectUri, certPem }));
    const registered = registrationOf(manifest);
    expect(registered.redirectUris).toEqual([redirectUri]);
    const needed = {
      calendar: "Calendars.ReadWrite",
      groups: "Group.ReadWrite.All",
      archive: "Mail.ReadWrite",
    };
    expect(registered.roles).toContain(needed[app]);
    expect(registered.certificates?.[0]?.replaceAll(/\s/g, "")).toBe(certPem.replaceAll(/\s/g, ""));
  },
);
