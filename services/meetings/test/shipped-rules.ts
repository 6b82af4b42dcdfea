import { compiledShippedRules } from "@hybrid/meeting-links";
import type { MeetingRulesOf } from "@hybrid/meeting-rules";

/** The rules of an organisation that has none of its own. */
export const shippedRules: MeetingRulesOf = async () => ({ own: null, all: compiledShippedRules });
