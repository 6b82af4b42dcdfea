import {
  adminCommands,
  adminOutcomes,
  archiveFailures,
  archiveLog,
  archiveStatus,
  connectorLoad,
  groupPrerequisites,
  groupStatus,
  mailboxMigrations,
  meetingRuleOrders,
  migrationBatches,
  peopleSync,
  roomStatus,
  tenantStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { batch, load, move, room } from "./places.ts";
import { connector, entry, prerequisites, type Scene, startAt, status, team, tenantId } from "./scene.ts";
import { written } from "./written.ts";

const firstNames = [
  "Allen",
  "Briva",
  "Dagny",
  "Esava",
  "Halen",
  "Iselin",
  "Kassa",
  "Lymar",
  "Mines",
  "Tossa",
];
const lastNames = ["Bergström", "Fjällvik", "Norrmark", "Strandvik", "Sundås", "Westerås"];

const plain = (name: string): string => name.toLowerCase().replaceAll("ö", "o").replaceAll(/[äå]/g, "a");

const people = firstNames.flatMap((first) =>
  lastNames.map((last) => `${plain(first)}.${plain(last)}@nordhamn.example`),
);

const minute = 60_000;

/** The organisation of these tests: who is in step, who is not and why. */
const statusOf = (mailAddress: string, index: number) => {
  const common = { mailAddress, at: startAt - index * 7 * minute };
  if (index % 9 === 4)
    return status({
      ...common,
      to: "error",
      from: "notActivated",
      cause: "mailboxMissing",
      reason: index % 2 === 0 ? "mailboxMissing" : "outOfScope",
      failures: (index % 4) + 1,
      nextTryAt: startAt + index * 11 * minute,
    });
  if (index % 11 === 7)
    return status({ ...common, to: "notActivated", reason: "throttled", nextTryAt: startAt + 4 * minute });
  return status(common);
};

const day = (date: string, failed: number) => ({
  day: date,
  completedAt: startAt - 90 * minute,
  source: 120,
  available: 480,
  success: 470 - failed,
  partial: 6,
  skipped: 4,
  failed,
});

/** Everybody and everything of the organisation `nordhamn`. */
export const fillTown = async (scene: Scene): Promise<void> => {
  const { write, views } = scene;
  const all = people.map((mailAddress, index) => [`nordhamn/u-${1000 + index}`, mailAddress] as const);
  await write(
    userDirectory,
    Object.fromEntries(
      all.map(([key, mailAddress], index) => [
        key,
        entry({ mailAddress, ...(index % 17 === 3 ? { wanted: false, enabled: false } : {}) }),
      ]),
    ),
  );
  await write(
    userStatus,
    Object.fromEntries(
      all
        .map(([key, mailAddress], index) => [key, statusOf(mailAddress, index), index] as const)
        .filter(([, , index]) => index % 17 !== 3)
        .map(([key, value]) => [key, value]),
    ),
  );
  await write(tenantStatus, {
    [`nordhamn/t-${tenantId}`]: {
      tenantId,
      status: "active",
      generation: 1,
      settings: { webexKeyword: "personalRoom", meetKeyword: "space", language: null, join: null },
      decidedAt: startAt - 90 * 24 * 60 * minute,
    },
  });
  const sync = { run: 4, full: false, phase: "done" as const, unusable: 0, trouble: null, at: startAt };
  await write(peopleSync, {
    "nordhamn/o/sync-webex": {
      ...sync,
      read: 60,
      startedAt: startAt,
      endedAt: startAt - 12 * minute,
      nextAt: startAt,
    },
  });
  await write(groupPrerequisites, { "nordhamn/o": town(["linkedFolders", "tenantName"]) });
  await write(groupStatus, {
    "nordhamn/r-13e18f40-42fc-11e6-a9d8-211a0dc79769": team({ teamName: "Harbour office" }),
    "nordhamn/r-23e18f40-42fc-11e6-a9d8-211a0dc79769": team({
      teamName: "<b>Night shift</b>",
      standing: "blocked",
      reason: "throttled",
      refused: [{ person: "guest@elsewhere.example", reason: "noMailboxFound" }],
      refusedCount: 1,
      nextTryAt: startAt + 20 * minute,
    }),
  });
  await write(mailboxMigrations, {
    "nordhamn/u-1005": move(),
    "nordhamn/u-1006": move({ waitsFor: "noRoom" }),
  });
  await write(connectorLoad, { "nordhamn/c-north": load() });
  await write(roomStatus, {
    "nordhamn/w-1": room({ name: "Fjord" }),
    "nordhamn/w-2": room({ name: "Harbour", objectId: null, devices: [], findings: [] }),
  });
  await write(migrationBatches, { "nordhamn/o": batch() }, views.histories);
  await write(archiveStatus, { "nordhamn/c-main": connector() });
  await write(archiveLog, {
    "nordhamn/c-main": {
      connector: "main",
      days: [day("2026-11-22", 0), day("2026-11-23", 3), day("2026-11-24", 1)],
    },
  });
  await write(
    archiveFailures,
    {
      "nordhamn/c-main": {
        connector: "main",
        at: Date.UTC(2026, 10, 23, 12),
        itemId: "Y2lzY29zcGFyazovL3VzL01FU1NBR0U",
        sourceUserId: "13e18f40-42fc-11e6-a9d8-211a0dc79769",
        userPrincipalName: null,
        reason: "noMailboxFound",
      },
    },
    views.histories,
  );
};

const checkNames = [
  "globalAdministrator",
  "groupsFeature",
  "usersInEntra",
  "fullAdministrator",
  "messagingEntitlement",
  "usersSynchronised",
  "usersActive",
  "externalIds",
  "microsoftContent",
  "linkedFolders",
  "tenantName",
  "globalInstance",
];

/** The prerequisites with these missing. */
const town = (missing: readonly string[], more: { authorised?: boolean; enabled?: boolean } = {}) =>
  prerequisites({
    ...more,
    checks: checkNames.map((name) => ({
      name,
      state: missing.includes(name) ? ("missing" as const) : ("met" as const),
      found: name === "usersInEntra" ? "60" : null,
    })),
  });

/** Does once what the directory and user-state do with orders about users: the users become Active. */
export const answerUsers = async ({ log, write }: Scene): Promise<void> => {
  for (const { key, value } of await written(log, adminCommands)) {
    if (key === null || value.orderId === null) continue;
    const user = key.replace("/o/user-", "/u-");
    await write(adminOutcomes, {
      [key]: { orderId: value.orderId, outcome: "applied", version: 4, at: startAt + 1_000 },
    });
    await write(userStatus, { [user]: status({ transition: 9, from: "error", at: startAt + 2_000 }) });
  }
};

/** Does once what the directory does with orders about rules: it takes them. */
export const answerRules = async ({ log, write }: Scene): Promise<void> => {
  for (const { key, value } of await written(log, meetingRuleOrders))
    if (key !== null && value.orderId !== null)
      await write(adminOutcomes, {
        [key]: { orderId: value.orderId, outcome: "applied", version: 1, at: startAt },
      });
};
