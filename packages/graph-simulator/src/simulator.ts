import { type AddressInfo } from "node:net";
import { type GraphSimulator, type GraphSimulatorOptions } from "./api.ts";
import { serviceControls, userControls } from "./controls.ts";
import type { Dice } from "./dice.ts";
import { AccessTokens } from "./entra/access-tokens.ts";
import { personOf } from "./entra/browser.ts";
import { simulatedClouds } from "./entra/simulated-clouds.ts";
import { addEntraRoutes } from "./entra/token-endpoint.ts";
import { groupControls } from "./groups/group-controls.ts";
import { addBatching, addOperations, createServer } from "./http/server.ts";
import { mailActions } from "./mail/mail-controls.ts";
import { addUploadRoutes } from "./mail/upload-routes.ts";
import { allOperations } from "./operations/all.ts";
import { assemble, type Parts } from "./parts.ts";
import { userActions } from "./user-actions.ts";

/** What the pages of Entra and its token endpoint have of their own. */
const entraPorts = (parts: Parts, dice: Dice) => ({
  wallClock: parts.options.wallClock ?? Date.now,
  directoryRoles: parts.directoryRoles,
  signIns: parts.signIns,
  signedIn: () => parts.signedIn && personOf({ ...parts, dice }, parts.signedIn),
});

/**
 * Starts a simulator of Microsoft Graph v1.0 (calendars, mail, mailbox settings, subscriptions) and of the
 * Microsoft Entra token endpoint. It holds its own truth and knows nothing of the clients
 * that talk to it.
 */
export const startGraphSimulator = async (options: GraphSimulatorOptions): Promise<GraphSimulator> => {
  const parts = assemble(options);
  const { clock } = options;
  const {
    dice,
    tenants,
    mailboxes,
    throttling,
    faults,
    metrics,
    traffic,
    delivery,
    subscriptions,
    calendar,
    groups,
    drives,
  } = parts;
  const cloud = simulatedClouds[options.cloud ?? "worldwide"];
  const tokens = await AccessTokens.create({ clock, dice, tenants, audience: cloud.graphUrl });
  let baseUrl = "";
  const ports = {
    clock,
    dice,
    tokens,
    tenants,
    mailboxes,
    throttling,
    faults,
    metrics,
    traffic,
    baseUrl: () => baseUrl,
  };
  const server = createServer(options.tls, ports);
  addEntraRoutes(server, { ...ports, ...entraPorts(parts, dice), cloud, graphUrl: cloud.graphUrl });
  const changes = parts.directoryChanges;
  const own = { calendar, faults, groups, drives };
  const identity = { tenants, changes, directoryRoles: parts.directoryRoles };
  const needed = { subscriptions, mailboxes, delivery, dice, clock, ...identity, ...own };
  addOperations(server, allOperations({ ...needed, ...parts.mail }), ports);
  addBatching(server, ports);
  addUploadRoutes(server, { clock, ...parts.mail });
  await server.listen({ host: options.host ?? "127.0.0.1", port: options.port ?? 0 });
  const { port } = server.server.address() as AddressInfo;
  baseUrl = `https://${options.publicName ?? "localhost"}:${port}`;
  return {
    ...userActions(parts),
    ...mailActions(parts),
    ...userControls(parts),
    ...serviceControls(parts),
    baseUrl,
    port,
    metrics,
    groups: groupControls(groups, drives),
    stop: async () => {
      parts.agenda.stop();
      await delivery.stop();
      await server.close();
    },
  };
};
