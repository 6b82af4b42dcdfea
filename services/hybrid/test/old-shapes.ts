import {
  archiveStatus,
  auditLog,
  meetings,
  peopleFindings,
  type TopicContract,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, days, instant, partitionOf } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";

/** Partitions of these tests. */
export const partitions = 2;

/** Stands in every text that was in clear. */
export const secret = "only-for-her-eyes";

/** When all of it was written. */
export const startAt = instant(Date.UTC(2026, 0, 5, 8));

const address = `${secret}@acme.example`;
const tenantId = "10000000-0000-4000-8000-000000000001";
const objectId = "a0000000-0000-4000-8000-000000000001";
const ada = actorIdOf("acme/u-ada");
const settings = { webexKeyword: "personalRoom", meetKeyword: "space", language: null, join: null } as const;
const entry = {
  version: 1,
  enabled: true,
  attemptGeneration: 1,
  tenantId,
  objectId,
  mailAddress: address,
  connector: null,
};
const terms = {
  tenants: [tenantId],
  catchAll: address,
  itemBytesMax: 1_000,
  allowsUnscannable: false,
  people: [address],
  groups: [],
  spaces: [],
};

/** A state, and the version of its machine that stored it. */
export interface OldState {
  readonly machine: string;
  readonly version: number;
  readonly key: string;
  readonly state: object;
}

/** As the release before each sealing had them. */
export const oldStates: readonly OldState[] = [
  {
    machine: "user-state",
    version: 3,
    key: ada,
    state: {
      kind: "user",
      entry,
      tenant: null,
      standing: { kind: "disabled" },
      leftover: null,
      suspicion: null,
      failures: 0,
      waits: 0,
      notBefore: null,
      assigned: false,
      takeoverAt: null,
      everActive: false,
      inFlight: null,
      calls: 0,
      transition: 1,
    },
  },
  {
    machine: "decorator",
    version: 3,
    key: ada,
    state: {
      kind: "active",
      transition: 1,
      mailbox: { tenantId, objectId, mailAddress: address, settings },
      callInFlight: false,
      decorated: {},
      deltaLink: null,
      round: null,
      changes: null,
      wanted: "none",
      queue: [],
      hold: null,
      failures: 0,
      named: [],
      reads: { from: 0, count: 0 },
      trouble: null,
      sweepAt: startAt + days(300),
    },
  },
  {
    machine: "directory",
    version: 3,
    key: "acme/o/workspace-c0000000-0000-4000-8000-000000000001",
    state: { kind: "workspace", mailAddress: address, round: 1, clashes: false },
  },
  {
    machine: "directory",
    version: 3,
    key: "acme/o/user-ada",
    state: {
      kind: "user",
      wanted: true,
      dismissed: false,
      listed: { tenantId, objectId, mailAddress: address, connector: null },
      person: null,
      entry: { ...entry, removed: false, wanted: true, obstacles: [], webex: null },
    },
  },
  {
    machine: "archiver",
    version: 1,
    key: ada,
    state: {
      kind: "mailbox",
      email: address,
      tenants: [tenantId],
      place: null,
      folderId: null,
      missingUntil: null,
      copies: [],
      call: null,
      calls: 0,
      notBefore: 0,
      failures: 0,
      logged: [],
    },
  },
  {
    machine: "mailbox-migration-detector",
    version: 1,
    key: "acme/o",
    state: {
      kind: "organisation",
      clusters: {
        north: {
          resourceGroup: null,
          office365UsersMax: 9,
          exchangeUsersMax: 9,
          operational: true,
          office365: 1,
          exchange: 0,
        },
      },
      batches: {},
      batchesSoFar: 3,
    },
  },
];

/** Writes records of topics as releases before sealing had them, and an act of an administrator. */
export const writeOld = async (log: Log): Promise<void> => {
  const write = async <Value>(topic: TopicContract<Value>, key: string, value: Value): Promise<void> => {
    const partition = partitionOf(key as ActorId, partitions);
    await log.append([{ topic: topic.name, partition, key, value: topic.encode(value), timestamp: startAt }]);
  };
  await write(userDirectory, ada, { ...entry, removed: false, wanted: true, obstacles: [], webex: null });
  await write(userStatus, ada, {
    transition: 1,
    from: "notActivated",
    to: "disabled",
    cause: "disabled",
    reason: null,
    failures: 0,
    nextTryAt: null,
    subscriptionId: null,
    expiresAt: null,
    tenantId,
    objectId,
    mailAddress: address,
    settings,
    at: startAt,
  });
  await write(peopleFindings, `acme/o/object-${objectId}`, {
    codes: ["addressInvalid"],
    mailAddress: address,
    userId: null,
    objectId,
    webexPersonId: null,
    workspaceId: null,
    at: startAt,
  });
  await write(archiveStatus, "acme/c-main", {
    name: "main",
    createdBy: address,
    createdAt: startAt,
    state: "running",
    terms,
    pollEveryMs: 60_000,
    startsAt: startAt,
    archivedTo: startAt,
    roundFrom: null,
    roundTo: null,
    roundAt: null,
    nextRoundAt: null,
    openItems: 0,
    failures: 0,
    problem: null,
    lostBefore: null,
    reruns: 0,
  });
  await write(meetings, `${ada}/m1`, {
    eventId: "m1",
    etag: "e1",
    seriesMasterId: null,
    isException: false,
    subject: `${secret} planning`,
    startAt,
    endAt: startAt + 1,
    allDayDate: null,
    movedFrom: null,
    isCancelled: false,
    isOrganizer: true,
    isPrivate: false,
    showAs: "busy",
    response: "none",
    organizerName: secret,
    organizerAddress: address,
    location: secret,
    attendeesCount: 1,
    join: null,
  });
  await write(auditLog, "acme/o", {
    by: address,
    role: "full",
    act: "users.enable",
    about: null,
    details: null,
    orderId: null,
    at: startAt,
  });
};
