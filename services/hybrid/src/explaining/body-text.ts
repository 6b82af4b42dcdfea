import type { BodyExplanation } from "@hybrid/decorator";
import { blockText } from "./event-text.ts";

/** An explanation of a body for people, one line each. */
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
