export { graphPorts } from "./adapters/graph-ports.ts";
export { type DecoratorPorts, decoratorHandlers } from "./adapters/handlers.ts";
export { decorationPropertyId } from "./adapters/invitation.ts";
export type {
  DateTimeTimeZone,
  DeltaEvent,
  EventModel,
  EventsPort,
  MailboxesPort,
  Recurrence,
  WebexPort,
} from "./adapters/ports.ts";
export { type DecoratorConfig, readDecoratorConfig } from "./config.ts";
export {
  explainOutcome,
  type Outcome,
  type RemovalReason,
  type SkipReason,
} from "./domain/decide-decoration.ts";
export type { Call, Input, State } from "./domain/mailbox-state.ts";
export { decoratorTopology } from "./topology.ts";
