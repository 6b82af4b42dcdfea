import type { MeetingRulesOf } from "@hybrid/address-rules";
import { compiledShippedRules } from "@hybrid/meeting-links";

/** The rules of an organisation that has none of its own. */
export const shippedRules: MeetingRulesOf = async () => ({ own: null, all: compiledShippedRules });
