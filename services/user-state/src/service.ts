import { notificationPathSettings } from "@hybrid/contracts/notification-paths";
import { actors, defineService, delegationView, type Ports, view } from "@hybrid/service";
import { Faults, readSettings, url, type Variables } from "@hybrid/settings";
import { readConfig, type UserStateConfig, userStateSettings } from "./config.ts";
import { userStateTopology } from "./topology.ts";

const addressSettings = {
  PUBLIC_URL: url({
    meaning: "Where Graph reaches notification-ingest from the internet, without path.",
    protocols: ["https"],
  }),
};

const vocabulary = {
  ...addressSettings,
  ...notificationPathSettings,
  ...userStateSettings,
  NOTIFICATION_URL: userStateSettings.NOTIFICATION_URL.optional(),
  LIFECYCLE_NOTIFICATION_URL: userStateSettings.LIFECYCLE_NOTIFICATION_URL.optional(),
};

/** The addresses for Graph stand below PUBLIC_URL, where notification-ingest takes them in. */
const read = (variables: Variables): UserStateConfig => {
  const faults = new Faults();
  const paths = readSettings({ ...addressSettings, ...notificationPathSettings }, variables, faults);
  const base = paths?.PUBLIC_URL.replace(/\/$/, "") ?? "https://localhost";
  const config = faults.gather(() =>
    readConfig({
      NOTIFICATION_URL: `${base}${paths?.INGEST_NOTIFICATION_PATH ?? ""}`,
      LIFECYCLE_NOTIFICATION_URL: `${base}${paths?.INGEST_LIFECYCLE_PATH ?? ""}`,
      ...variables,
    }),
  );
  faults.raise("user-state cannot start with this configuration");
  return config as UserStateConfig;
};

const handlers = async ({ config, clients: { graph } }: Ports<UserStateConfig, "graph">) => {
  const { userStateHandlers } = await import("./adapters/graph-handlers.ts");
  const { clientStateKey, notificationUrl, lifecycleNotificationUrl, numbers } = config;
  const addresses = { notificationUrl, lifecycleNotificationUrl };
  return userStateHandlers({
    graph,
    clientStateKey,
    ...addresses,
    lifetimeMs: numbers.subscriptionLifetimeMs,
  });
};

/** The service as one value. */
export const service = defineService({
  name: "user-state",
  purpose: "Keeps every user's mailbox watched, and tells why where it cannot.",
  settings: { vocabulary, read },
  parts: [
    view(delegationView),
    actors({
      topology: userStateTopology(),
      configured: ({ numbers }: UserStateConfig) => userStateTopology(numbers),
      clients: ["graph"],
      handlers,
    }),
  ],
});
