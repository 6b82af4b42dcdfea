import {
  adminCommands,
  calendarChanges,
  catalogOf,
  consentSignals,
  mailboxSignals,
  resyncRequests,
  subscriptionLifecycle,
  tenantStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";

const none = { intakes: [], views: [] };

/** Services of every sort: with one machine, with several, with none. */
export const catalog = catalogOf([
  {
    ...none,
    name: "directory",
    machines: [{ name: "directory", sources: [adminCommands, consentSignals] }],
  },
  {
    ...none,
    name: "user-state",
    machines: [
      {
        name: "user-state",
        sources: [userDirectory, tenantStatus, subscriptionLifecycle, mailboxSignals],
      },
    ],
  },
  {
    ...none,
    name: "decorator",
    machines: [{ name: "decorator", sources: [calendarChanges, userStatus, resyncRequests] }],
  },
  {
    ...none,
    name: "notification-ingest",
    machines: [],
    intakes: [calendarChanges, subscriptionLifecycle],
  },
]);
