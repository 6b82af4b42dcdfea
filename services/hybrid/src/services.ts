// The services of the product, one line each; package.json of this package has the other line.
export { service as archiver } from "@hybrid/archiver/service";
export { service as consent } from "@hybrid/consent/service";
export { service as decorator } from "@hybrid/decorator/service";
export { service as directory } from "@hybrid/directory/service";
export { service as groupProvisioner } from "@hybrid/group-provisioner/service";
export { service as mailboxMigrationDetector } from "@hybrid/mailbox-migration-detector/service";
export { service as meetings } from "@hybrid/meetings/service";
export { service as notices } from "@hybrid/notices/service";
export { service as notificationIngest } from "@hybrid/notification-ingest/service";
export { service as presence } from "@hybrid/presence/service";
export { service as userState } from "@hybrid/user-state/service";
export { service as webhookKeeper } from "@hybrid/webhook-keeper/service";
export { controlHub } from "./control-hub.ts";
