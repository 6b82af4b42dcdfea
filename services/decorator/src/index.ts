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
export { type TakenOut, takeOutDetails } from "./adapters/take-out-details.ts";
export { type DecoratorConfig, readDecoratorConfig } from "./config.ts";
export {
  type Outcome,
  type RemovalReason,
  type SkipReason,
} from "./domain/decide-decoration.ts";
export { explainOutcome } from "./domain/explain-outcome.ts";
export { languages } from "./domain/languages/catalogue.ts";
export type { Call, Input, State } from "./domain/mailbox-state.ts";
export { type ExplainedBy, type Explanation, explain, type Given } from "./explaining/explain.ts";
export type { BodyExplanation, ExplainedBlock } from "./explaining/explain-body.ts";
export type { EventExplanation } from "./explaining/explain-event.ts";
export type { ExplainedOccurrence, OccurrencesExplanation } from "./explaining/explain-occurrences.ts";
export { type DetailsPreview, type PreviewGiven, previewDetails } from "./explaining/preview-details.ts";
export { decoratorTexts, decoratorTopology } from "./topology.ts";
