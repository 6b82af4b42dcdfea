import type { EventExplanation, ExplainedBlock } from "@hybrid/decorator";

/** A block of ours in a body, for people. */
export const blockText = ({ at, intact, touched, language }: ExplainedBlock): string => {
  const words = touched ? ", touched by somebody" : "";
  return `at ${at}: ${intact ? "whole" : "not whole"}${words}, ${language ?? "no language"}`;
};

/** An explanation of an event for people, one line each. */
export const eventText = (explained: EventExplanation): string => {
  const { locations, keyword, rules, decoration, blocks, bodyHoldsOwnLink, holdsRuledLink, says } = explained;
  const stopped = rules.find(({ passed }) => !passed);
  return [
    `location: ${locations.length === 0 ? "none" : locations.join(" | ")}`,
    keyword ? `keyword: @${keyword.keyword}, asks for ${keyword.action}` : "keyword: none",
    ...rules.map(({ asks, passed }) => `${passed ? "yes" : "no "}  ${asks}`),
    ...(stopped ? ["(the rules behind it were not looked at)"] : []),
    decoration
      ? `written by us: ${decoration.place} in ${decoration.language}, digest ${decoration.digest}`
      : "written by us: nothing that the event remembers",
    ...blocks.map((block) => `block ${blockText(block)}`),
    ...(bodyHoldsOwnLink ? ["the body holds a Webex link that is not ours"] : []),
    ...(holdsRuledLink ? ["a rule of the organisation's finds a Webex meeting in location or body"] : []),
    says,
  ].join("\n");
};
