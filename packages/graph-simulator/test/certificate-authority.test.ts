import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { createCertificateAuthority } from "../src/index.ts";

test("who trusts several authorities trusts the servers of each", async () => {
  const before = getCACertificates("default");
  onTestFinished(() => setDefaultCACertificates(before));
  const authorities = await Promise.all(Array.from({ length: 6 }, () => createCertificateAuthority()));
  setDefaultCACertificates([...before, ...authorities.map(({ caPem }) => caPem)]);
  for (const authority of authorities) {
    const { keyPem, certPem } = await authority.issue();
    const server = createServer({ key: keyPem, cert: certPem }, (_request, response) => response.end("here"));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`https://localhost:${port}/`)).text()).toBe("here");
  }
});
