export { type CompiledRules, compileRules } from "./compiled-rules.ts";
export type { Details } from "./details.ts";
export {
  charactersMax,
  type Field,
  type Findings,
  type FoundMeeting,
  findMeetings,
  type Refusal,
  type SeenAddress,
} from "./find-meetings.ts";
export {
  type AddressRule,
  isPattern,
  type LinesRule,
  type RuleBook,
  type RuleFault,
  readRuleBook,
  type Wrapper,
  withShippedRules,
} from "./rule.ts";
export { compiledShippedRules, shippedRules } from "./shipped-rules.ts";
export {
  type ListedRule,
  listedRules,
  type OwnRules,
  type RuleTrial,
  readOwnRules,
  rulesOf,
  tryRules,
} from "./try-rules.ts";
export { webexSiteOf } from "./webex-site.ts";
