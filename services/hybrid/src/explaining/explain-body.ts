import { type BodyExplanation, explainBodyText } from "@hybrid/decorator";
import { z } from "zod";
import { blockText } from "./event-text.ts";
import type { Given } from "./given-event.ts";

const Properties = z.array(z.object({ id: z.string(), value: z.string().nullish() }));

/** What of a body is ours: of an event with what its property says, of any other text by its looks alone. */
export const explainBody = (given: Given): BodyExplanation => {
  if (given.kind !== "event") return explainBodyText(given.text, null);
  const { body, singleValueExtendedProperties } = given.event;
  const properties = Properties.catch([]).parse(singleValueExtendedProperties ?? []);
  return explainBodyText(body?.content ?? "", properties);
};

/** The same for people, one line each. */
export const bodyText = ({ characters, readable, blocks, candidates, ownLink }: BodyExplanation): string =>
  [
    `${characters} characters${readable ? "" : "; too large or too deep to be read: it is left alone"}`,
    `${candidates} elements bear the name of our block`,
    ...blocks.map((block) => `ours ${blockText(block)}`),
    ...(candidates > 0 && blocks.length === 0
      ? ["None of them is provably ours: without the event's property they are a person's text."]
      : []),
    ownLink ? "a Webex link that is not ours stands in it" : "no Webex link besides stands in it",
  ].join("\n");
