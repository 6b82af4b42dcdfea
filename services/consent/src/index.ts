export { createTickets } from "./adapters/tickets.ts";
export { type Trial, type TrialStep, type TrialStepName, tryMailbox } from "./adapters/try-mailbox.ts";
export { callbackUrl, consentVocabulary, startUrl } from "./config.ts";
export {
  type AppName,
  appNames,
  type Grants,
  grantsOf,
  grantWord,
  type Permission,
  permissions,
} from "./domain/permissions.ts";
