import { type AddressInfo } from "node:net";
import { type GraphSimulator, type GraphSimulatorOptions } from "./api.ts";
import { serviceControls, userControls } from "./controls.ts";
import { AccessTokens } from "./entra/access-tokens.ts";
import { addEntraRoutes } from "./entra/token-endpoint.ts";
import { groupControls } from "./groups/group-controls.ts";
import { addBatching, addOperations, createServer } from "./http/server.ts";
import { mailActions } from "./mail/mail-controls.ts";
import { addUploadRoutes } from "./mail/upload-routes.ts";
import { allOperations } from "./operations/all.ts";
import { assemble } from "./parts.ts";
import { userActions } from "./user-actions.ts";

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
  const tokens = await AccessTokens.create({ clock, dice, tenants });
  let baseUrl = "";
  const ports = {
    clock,
    dice,
    tokens,
    mailboxes,
    throttling,
    faults,
    metrics,
    traffic,
    baseUrl: () => baseUrl,
  };
  const server = createServer(options.tls, ports);
  const wallClock = options.wallClock ?? Date.now;
  addEntraRoutes(server, { ...ports, wallClock, tenants, administrator: () => parts.administrator });
  const changes = parts.directoryChanges;
  const own = { calendar, faults, groups, drives };
  const needed = { subscriptions, mailboxes, delivery, dice, clock, tenants, changes, ...own };
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
