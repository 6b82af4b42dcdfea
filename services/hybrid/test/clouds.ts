import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createCertificateAuthority,
  createClientCertificate,
  startGraphSimulator,
  systemClock,
} from "@hybrid/graph-simulator";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { onTestFinished } from "vitest";

/** The one tenant of {@link clouds}. */
export const tenantId = "11111111-2222-4333-a444-555555555555";
export const webexOrg = "1eb65fdf-9643-417f-9974-ad72cae0e10f";
const clientId = "5d1a0b2c-0000-4000-a000-0000000000aa";
/** The object id of its n-th mailbox, from 1. */
export const objectIdOf = (n: number): string => `00000000-0000-4000-a000-00000000000${n}`;

/** A folder that is gone after the test. */
export const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), "hybrid-cli-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
};

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** Both clouds with three mailboxes, the last one without a licence, and the environment to reach them. */
export const clouds = async (at: string) => {
  const authority = await createCertificateAuthority();
  const [tls, certificate, port] = await Promise.all([
    authority.issue(),
    createClientCertificate(),
    freePort(),
  ]);
  const graph = await startGraphSimulator({
    clock: systemClock,
    tls,
    caPem: authority.caPem,
    delivery: { delayMs: [1, 5] },
  });
  onTestFinished(() => graph.stop());
  const webex = await startWebexSimulator({
    tls: { key: tls.keyPem, cert: tls.certPem },
    clock: systemClock,
    accessTokens: [{ token: "token-1", orgId: webexOrg, defaultSite: "acme.webex.com" }],
  });
  onTestFinished(() => webex.close());
  graph.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  graph.addTenant({ tenantId, displayName: "Acme", consentedApps: [clientId] });
  for (const n of [1, 2, 3]) {
    const mail = `user${n}@acme.example`;
    graph.addMailbox({
      tenantId,
      userId: objectIdOf(n),
      userPrincipalName: mail,
      mail,
      displayName: `User ${n}`,
      state: n === 3 ? "unlicensed" : "normal",
    });
    webex.addPerson({
      orgId: webexOrg,
      email: mail,
      displayName: `User ${n}`,
      sites: ["acme.webex.com"],
      personalRoom: { name: `user${n}` },
    });
  }
  const files = {
    ca: authority.caPem,
    cert: certificate.certPem,
    key: certificate.keyPem,
    token: "token-1\n",
  };
  const tlsFiles = { tlsKey: tls.keyPem, tlsCert: tls.certPem };
  for (const [name, text] of Object.entries({ ...files, ...tlsFiles })) await writeFile(join(at, name), text);
  const environment = {
    NODE_EXTRA_CA_CERTS: join(at, "ca"),
    HYBRID_DATA_DIR: join(at, "data"),
    PUBLIC_URL: `https://localhost:${port}`,
    INGEST_PORT: String(port),
    HUB_PORT: "0",
    INGEST_TLS_KEY_FILE: join(at, "tlsKey"),
    INGEST_TLS_CERT_FILE: join(at, "tlsCert"),
    CLIENT_STATE_KEYS: Buffer.alloc(32, 7).toString("base64url"),
    GRAPH_URL: graph.baseUrl,
    GRAPH_LOGIN_URL: graph.baseUrl,
    GRAPH_CLIENT_ID: clientId,
    GRAPH_CERTIFICATE_FILE: join(at, "cert"),
    GRAPH_PRIVATE_KEY_FILE: join(at, "key"),
    WEBEX_URL: webex.url,
    WEBEX_ACCESS_TOKEN_FILE: join(at, "token"),
    API_PORT: "0",
    HEALTH_PORT: "0",
  };
  return { graph, webex, environment };
};
