import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { alphaId, clientId, openWorld, tenantId, type World } from "./world.ts";

const run = promisify(execFile);
let world: World;
let folder: string;
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

test("msal-node and the Graph client work with nothing but the certificate authority", async () => {
  world = await openWorld();
  folder = await mkdtemp(join(tmpdir(), "graph-simulator-"));
  const caFile = join(folder, "ca.pem");
  const keyFile = join(folder, "key.pem");
  await writeFile(caFile, world.ca.caPem);
  await writeFile(keyFile, world.certificate.keyPem);
  const event = world.simulator.createEvent(alphaId, {
    subject: "Planning",
    startAt: world.clock.now(),
    endAt: world.clock.now() + 3_600_000,
  });
  const client = join(import.meta.dirname, "official-clients.ts");
  const { stdout } = await run(process.execPath, [client], {
    env: {
      PATH: process.env["PATH"],
      NODE_EXTRA_CA_CERTS: caFile,
      SIMULATOR: world.simulator.baseUrl,
      TENANT: tenantId,
      CLIENT: clientId,
      KEY_FILE: keyFile,
      THUMBPRINT: world.certificate.thumbprintSha256,
      EVENT: `/users/${alphaId}/events/${event.id}`,
    },
  });
  const said = JSON.parse(stdout) as Record<string, unknown>;
  expect(said).toEqual({
    tokenType: "Bearer",
    subject: "Planning",
    patched: "Planning, longer",
    conflict: 412,
    unknownTenant: "AADSTS90002",
  });
  expect(world.simulator.readEvent(alphaId, event.id).subject).toBe("Planning, longer");
});
