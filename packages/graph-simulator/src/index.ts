export type {
  Activity,
  AutomaticRepliesInput,
  DeliveryOptions,
  GraphSimulator,
  GraphSimulatorOptions,
  LifecycleEvent,
  MailboxSpec,
  MailboxState,
  UserActions,
} from "./api.ts";
export {
  type CertificateAuthority,
  type ClientCertificate,
  createCertificateAuthority,
  createClientCertificate,
  type IssuedCertificate,
} from "./certificate-authority.ts";
export { type SimulatorClock, systemClock } from "./clock.ts";
export type {
  AttendeeInput,
  EventInput,
  EventPatch,
  EventTruth,
  LocationInput,
  RecurrenceInput,
  Weekday,
} from "./event-truth.ts";
export type { FaultRates } from "./faults.ts";
export type { RequestCount, SimulatorMetrics } from "./metrics.ts";
export { startGraphSimulator } from "./simulator.ts";
export type { SubscriptionTruth } from "./subscriptions.ts";
export type { AppCredential, AppRegistration, TenantSpec } from "./tenants.ts";
