import { calendarChanges, type RoomStatus, roomCommands } from "@hybrid/contracts";
import {
  createCertificateAuthority,
  createClientCertificate,
  type EventInput,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { actorIdOf, hours, instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { openTexts, sealHandlers } from "@hybrid/sealing";
import { createWebexClient } from "@hybrid/webex";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { graphCalendar } from "../src/adapters/graph-calendar.ts";
import { roomHandlers } from "../src/adapters/room-handlers.ts";
import { roomsTopology } from "../src/rooms-topology.ts";
import { roomTexts } from "../src/whose-texts.ts";
import { shippedRules } from "./shipped-rules.ts";

export const tenantId = "11111111-1111-4111-8111-111111111111";
const clientId = "33333333-3333-4333-8333-333333333333";
export const anna = "44444444-4444-4444-8444-444444444444";
export const room = "66666666-6666-4666-8666-666666666666";
const orgId = "0a0a0a0a-1111-4111-8111-000000000001";
const organisation = actorIdOf("acme/o");

const startClouds = async (clock: VirtualClock) => {
  const authority = await createCertificateAuthority();
  const [tls, certificate] = await Promise.all([authority.issue(), createClientCertificate()]);
  const graph = await startGraphSimulator({
    clock: { now: () => clock.now(), at: (dueAt, run) => clock.at(instant(Math.ceil(dueAt)), run) },
    tls,
    caPem: authority.caPem,
  });
  graph.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  graph.addTenant({ tenantId, displayName: "Acme", consentedApps: [clientId] });
  const webex = await startWebexSimulator({
    tls: { key: tls.keyPem, cert: tls.certPem },
    clock,
    accessTokens: [{ token: "secret", orgId, defaultSite: "acme.webex.com", person: "service@acme.example" }],
  });
  webex.addPerson({
    orgId,
    email: "service@acme.example",
    displayName: "service",
    roles: ["id_full_admin"],
    sites: [],
  });
  const graphClient = createMicrosoftGraph({
    cloud: { loginUrl: graph.baseUrl, graphUrl: graph.baseUrl },
    clientId,
    certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
    scheduler: clock,
    random: () => 0.5,
    ca: authority.caPem,
  });
  const webexClient = createWebexClient({
    baseUrl: webex.url,
    accessToken: async () => "secret",
    scheduler: clock,
    random: () => 0.5,
    ca: authority.caPem,
  });
  return { graph, webex, graphClient, webexClient };
};

/** A room with a mailbox at a simulated Graph and a device at a simulated Webex, and the topology between. */
export const openRooms = async () => {
  const clock = new VirtualClock();
  const { graph, webex, graphClient, webexClient } = await startClouds(clock);
  for (const [userId, name] of [
    [anna, "anna"],
    [room, "room5"],
  ] as const) {
    const mail = `${name}@acme.example`;
    const automateProcessing = userId === room ? "autoAccept" : "none";
    graph.addMailbox({
      tenantId,
      userId,
      userPrincipalName: mail,
      mail,
      displayName: name,
      automateProcessing,
    });
  }
  const workspace = webex.addWorkspace({
    orgId,
    displayName: "Room 5",
    calendar: { type: "microsoft", emailAddress: "room5@acme.example" },
  });
  const placeId = Buffer.from(`ciscospark://us/PLACE/${workspace.uuid}`).toString("base64url");
  const device = webex.addDevice({ orgId, workspaceId: placeId, displayName: "Board" });
  const driver = new TopologyDriver(roomsTopology(), {
    startAt: clock.now(),
    planted: /Planning|Room 5|Board/,
  });
  let puts = 0;
  const shownAfterMs: number[] = [];
  const plainHandlers = roomHandlers({
    calendar: graphCalendar(graphClient.events),
    // Notifications are given by hand here.
    subscriptions: {
      create: async () => ({ subscriptionId: "s1", expiresAt: instant(clock.now() + hours(24)) }),
      renew: async () => ({ expiresAt: instant(clock.now() + hours(24)) }),
      delete: async () => undefined,
    },
    users: graphClient.users,
    webex: {
      listWorkspaces: webexClient.listWorkspaces,
      listDevices: webexClient.listDevices,
      executeCommand: async (order, signal) => {
        if (order.command === "Bookings.Put") puts++;
        return await webexClient.executeCommand(order, signal);
      },
    },
    clock,
    rulesOf: shippedRules,
    watching: {
      notificationUrl: "https://localhost/n",
      lifecycleNotificationUrl: "https://localhost/l",
      clientStateKey: new Uint8Array(32).fill(7),
    },
    onShown: (ms) => shownAfterMs.push(ms),
  });
  const handlers = sealHandlers(plainHandlers, roomTexts);
  const pass = async (ms: number): Promise<void> => {
    clock.advanceBy(ms);
    driver.advanceBy(ms);
    await driver.carryOut(handlers);
  };
  const order = async (kind: "follow" | "stop"): Promise<void> => {
    driver.publish(roomCommands, organisation, {
      kind,
      tenantId: kind === "follow" ? tenantId : null,
      requestedAt: clock.now(),
    });
    await driver.carryOut(handlers);
  };
  const actor = actorIdOf(`acme/w-${workspace.uuid}`);
  return {
    graph,
    clock,
    driver,
    device,
    actor,
    /** How long changes took to come to the device. */
    shownAfterMs,
    pass,
    order,
    /** Bookings.Put commands so far, answered or not. */
    puts: () => puts,
    /** Anna invites the room, and its device hears of it. */
    book: (input: Partial<EventInput> = {}) => {
      const startAt = clock.now() + hours(2);
      return graph.createEvent(anna, {
        subject: "Planning",
        startAt,
        endAt: startAt + hours(1),
        attendees: ["room5@acme.example"],
        location: "https://acme.webex.com/meet/anna",
        ...input,
      }).immutableId;
    },
    changed: async () => {
      const change = {
        subscriptionId: "s",
        tenantId,
        changeType: "updated",
        eventId: "e",
        etag: null,
      } as const;
      driver.publish(calendarChanges, actor, { ...change, receivedAt: clock.now() });
      await pass(1_000);
    },
    status: () =>
      openTexts(
        driver.emitted.filter(({ topic }) => topic === "room-status").at(-1)?.value,
      ) as RoomStatus | null,
    titles: () => device.bookings.map(({ Title }) => Title),
    close: async () => {
      await graphClient.close();
      await webexClient.close();
      await graph.stop();
      await webex.close();
    },
  };
};
