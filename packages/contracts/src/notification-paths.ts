import { text } from "@hybrid/settings";

const path = (meaning: string) =>
  text({ meaning, pattern: /^\/[A-Za-z0-9/_.-]{0,200}$/, must: "a path such as /graph/notifications" });

/**
 * The settings of the paths at which Graph reaches notification-ingest: for it, and for who makes
 * subscriptions. Not part of the package's index: who reads no configuration need not load it.
 */
export const notificationPathSettings = {
  INGEST_NOTIFICATION_PATH: path("Path of notificationUrl.").orElse("/graph/notifications"),
  INGEST_LIFECYCLE_PATH: path("Path of lifecycleNotificationUrl.").orElse("/graph/lifecycle"),
};

/** The setting of the path at which Webex reaches notification-ingest: for it, and for who makes webhooks. */
export const webhookPathSettings = {
  INGEST_WEBEX_PATH: path("Path of webhooks of Webex; the signed address of each follows it.").orElse(
    "/webex/webhooks",
  ),
};
