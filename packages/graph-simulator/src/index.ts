export type {
  Activity,
  GraphSimulator,
  GraphSimulatorOptions,
  MailTruth,
  MailUserActions,
  UserActions,
  UserChange,
} from "./api.ts";
export type {
  AttendeeInput,
  EventInput,
  EventPatch,
  EventTruth,
  LocationInput,
  RecurrenceInput,
  Weekday,
} from "./calendar/event-truth.ts";
export type {
  AutomaticRepliesInput,
  MailboxSpec,
  MailboxState,
  UserProfile,
} from "./calendar/mailbox-spec.ts";
export { type SimulatorClock, systemClock } from "./clock.ts";
export type { SignedIn } from "./entra/browser.ts";
export {
  type CertificateAuthority,
  type ClientCertificate,
  createCertificateAuthority,
  createClientCertificate,
  type IssuedCertificate,
} from "./entra/certificate-authority.ts";
export type { DirectoryRole } from "./entra/directory-roles.ts";
export type { SimulatedCloudName } from "./entra/simulated-clouds.ts";
export type { AppCredential, AppRegistration, TenantSpec } from "./entra/tenants.ts";
export type { GroupOptions, GroupTruth, NamingPolicy } from "./groups/group.ts";
export type { GroupControls } from "./groups/group-controls.ts";
export type { FaultRates } from "./http/faults.ts";
export type { RequestCount, SimulatorMetrics } from "./http/metrics.ts";
export type { DeliveryOptions, LifecycleEvent } from "./notifications/delivery-options.ts";
export type { SubscriptionTruth } from "./notifications/subscriptions.ts";
export { startGraphSimulator } from "./simulator.ts";
