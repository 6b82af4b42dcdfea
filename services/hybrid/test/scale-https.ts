import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import {
  createCertificateAuthority,
  createClientCertificate,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import type { Scheduler } from "@hybrid/kernel";
import type { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { seededRandom } from "@hybrid/runtime";
import { noteWrites, type ScaleGraph } from "./scale-graph.ts";
import { objectIdOf, type ScaleOrganisation } from "./scale-people.ts";

const clientId = "5d1a0b2c-0000-4000-a000-0000000000aa";

/** Answers the validation requests of subscriptions and takes every notification. */
const startNotificationUrl = async (tls: { readonly keyPem: string; readonly certPem: string }) => {
  const server = createServer({ key: tls.keyPem, cert: tls.certPem }, (request, response) => {
    const token = new URL(request.url ?? "/", "https://localhost").searchParams.get("validationToken");
    request.resume();
    if (token === null) response.writeHead(202).end();
    else response.writeHead(200, { "content-type": "text/plain" }).end(token);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A scheduler that knows how many of its appointments are still to come. */
const countedScheduler = (clock: Scheduler) => {
  let waiting = 0;
  const scheduler: Scheduler = {
    now: () => clock.now(),
    at: (dueAt, run) => {
      waiting++;
      let open = true;
      const end = (): boolean => {
        if (open) waiting--;
        const wasOpen = open;
        open = false;
        return wasOpen;
      };
      const cancel = clock.at(dueAt, () => {
        if (end()) run();
      });
      return () => {
        end();
        cancel();
      };
    },
  };
  return { scheduler, waiting: () => waiting };
};

const peopleOf = async (organisations: readonly ScaleOrganisation[], clock: VirtualClock) => {
  const authority = await createCertificateAuthority();
  const [tls, hooksTls, certificate] = await Promise.all([
    authority.issue(),
    authority.issue(),
    createClientCertificate(),
  ]);
  const simulator = await startGraphSimulator({ clock, seed: 1, tls, caPem: authority.caPem });
  simulator.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  for (const { number, org, tenantId, users } of organisations) {
    simulator.addTenant({ tenantId, displayName: org, consentedApps: [clientId] });
    for (let user = 0; user < users; user++) {
      const mail = `u${user}@${org}.example`;
      const userId = objectIdOf(number, user);
      simulator.addMailbox({ tenantId, userId, userPrincipalName: mail, mail, displayName: `User ${user}` });
    }
  }
  return { simulator, authority, certificate, hooks: await startNotificationUrl(hooksTls) };
};

/** The Graph simulator over HTTPS, reached through the real client with tokens, limiter and breakers. */
export const httpsGraph = async (
  organisations: readonly ScaleOrganisation[],
  clock: VirtualClock,
): Promise<ScaleGraph> => {
  const { simulator, authority, certificate, hooks } = await peopleOf(organisations, clock);
  const { writes, note } = noteWrites(organisations);
  const numberOf = new Map(organisations.map(({ tenantId, number }) => [tenantId, number]));
  const { scheduler, waiting } = countedScheduler(clock);
  let refusals = 0;
  const { thumbprintSha256, keyPem: privateKeyPem } = certificate;
  const graph = createMicrosoftGraph({
    cloud: { loginUrl: simulator.baseUrl, graphUrl: simulator.baseUrl },
    clientId,
    certificate: { thumbprintSha256, privateKeyPem },
    ca: authority.caPem,
    scheduler,
    random: seededRandom(2),
    metrics: {
      // No virtual time passes while a request is under way, so its end is when it left.
      onRequest: ({ tenantId, operation, status }) => {
        if (operation.startsWith("subscriptions.")) note(numberOf.get(tenantId) ?? -1, clock.now());
        if (status === 429) refusals++;
      },
    },
  });
  return {
    ports: graph,
    urls: { notificationUrl: `${hooks.url}/graph`, lifecycleNotificationUrl: `${hooks.url}/lifecycle` },
    waiting,
    writes,
    refusals: () => refusals,
    close: async () => {
      await graph.close();
      await simulator.stop();
      await hooks.close();
    },
  };
};
