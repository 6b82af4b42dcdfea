import { type MeetingRuleOrder, meetingRulesCharactersMax, meetingRulesKey } from "@hybrid/contracts";
import { type Addressed, actorIdOf, DecodeError, orgOf } from "@hybrid/kernel";
import type { Input } from "#domain/inputs";

const isObject = (text: string): boolean => {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && !Array.isArray(read);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

/**
 * The input in a record of `meeting-rule-orders`. Throws DecodeError for a document that is no JSON object
 * or too long, and for a key that is not an organisation's rules. What single rules say is their readers'
 * matter: one that cannot be used is left out there and named.
 */
export const readRuleOrder = (
  { document, ifMatch, orderId }: MeetingRuleOrder,
  key: string,
): Addressed<Input> => {
  const to = actorIdOf(key);
  const place = meetingRulesKey(orgOf(to));
  if (to !== place)
    throw new DecodeError(`meeting-rule-orders: an order belongs to ${place}, not to "${key}"`);
  if (document !== null && document.length > meetingRulesCharactersMax)
    throw new DecodeError(
      `meeting-rule-orders: ${document.length} characters of rules; ${meetingRulesCharactersMax} are kept`,
    );
  if (document !== null && !isObject(document))
    throw new DecodeError("meeting-rule-orders: the rules are no JSON object");
  return { to, input: { kind: "rulesOrdered", document, ifMatch, orderId } };
};
