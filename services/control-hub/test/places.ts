import type { ConnectorLoad, MailboxMigration, MigrationBatch, RoomStatus } from "@hybrid/contracts";
import { startAt } from "./scene.ts";

const hour = 3_600_000;

/** A mailbox on its way to the cloud. */
export const move = (changed: Partial<MailboxMigration> = {}): MailboxMigration => ({
  direction: "toCloud",
  noticedAt: startAt - 2 * hour,
  completedAt: null,
  waitsFor: "cloudToTakeOver",
  at: startAt,
  ...changed,
});

/** A batch of moves. */
export const batch = (changed: Partial<MigrationBatch> = {}): MigrationBatch => ({
  batch: 1,
  direction: "toCloud",
  startedAt: startAt - 5 * hour,
  latestAt: startAt,
  noticed: 2,
  completed: 1,
  closed: false,
  at: startAt,
  ...changed,
});

/** A cluster that is rather full. */
export const load = (changed: Partial<ConnectorLoad> = {}): ConnectorLoad => ({
  resourceGroup: null,
  office365Users: 700,
  office365UsersMax: 1_000,
  exchangeUsers: 40,
  exchangeUsersMax: 5_000,
  colour: "amber",
  operational: true,
  removed: false,
  at: startAt,
  ...changed,
});

/** A room whose device shows its meetings. */
export const room = (changed: Partial<RoomStatus> = {}): RoomStatus => ({
  name: "Fjord",
  mailAddress: "fjord@acme.example",
  objectId: "55555555-5555-4555-8555-555555555555",
  devices: [{ deviceId: "d1", name: "Board 55", standing: "shown", code: null, nextTryAt: null }],
  bookings: 3,
  findings: ["notAutoAccepting"],
  unreadable: null,
  at: startAt,
  ...changed,
});
