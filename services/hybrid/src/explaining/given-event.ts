import type { Field } from "@hybrid/meeting-links";
import { type GraphEvent, graphEventSchema } from "@hybrid/microsoft-graph";
import { z } from "zod";
import { fileGiven, refused } from "../given.ts";

/** A file as `hybrid explain` takes it: an event as Graph gives it, an HTML document, or any other text. */
export type Given =
  | { readonly kind: "event"; readonly event: GivenEvent }
  | { readonly kind: "html" | "text"; readonly text: string };

const text = z.string().nullish();
const place = z.looseObject({ displayName: text, locationUri: text });

const GivenEvent = z.looseObject({
  subject: text,
  body: z.looseObject({ contentType: text, content: text }).nullish(),
  location: place.nullish(),
  locations: z.array(place).nullish(),
  onlineMeeting: z.looseObject({ joinUrl: text }).nullish(),
  onlineMeetingUrl: text,
  isOrganizer: z.boolean().nullish(),
});

/** An event of Graph as far as these commands look at it; everything else is kept unchanged. */
export type GivenEvent = z.output<typeof GivenEvent>;

/** Reads a file. Throws ConfigError when it is neither a text nor an event. */
export const readGiven = async (path: string): Promise<Given> => {
  const content = await fileGiven(path);
  if (content.trimStart().startsWith("{")) {
    const event = GivenEvent.safeParse(jsonOf(content, path));
    if (event.success) return { kind: "event", event: event.data };
    const [issue] = event.error.issues;
    throw refused("<file>", `${path} is no event of Graph: ${issue?.path.join(".")} ${issue?.message}`);
  }
  return { kind: /<[a-z!]/i.test(content) ? "html" : "text", text: content };
};

/** The JSON of a file that an option names. Throws ConfigError that says where it breaks. */
export const jsonOf = (content: string, path: string): unknown => {
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw refused("<file>", `${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** An event as Graph gives it, from a file. Throws ConfigError that says what is wrong with the file. */
export const graphEventGiven = async (path: string): Promise<GraphEvent> => {
  const read = graphEventSchema.safeParse(jsonOf(await fileGiven(path), path));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refused("<file>", `${path} is no event of Graph: ${issue?.path.join(".")} ${issue?.message}`);
};

/** The texts that may hold a meeting's address, in the order in which they count. */
export const fieldsOf = (given: Given): readonly Field[] => {
  if (given.kind !== "event") return [{ name: given.kind, text: given.text, isHtml: given.kind === "html" }];
  const { onlineMeeting, onlineMeetingUrl, location, locations, body } = given.event;
  const places = [location, ...(locations ?? [])].flatMap((each) => [each?.displayName, each?.locationUri]);
  const fields = [
    { name: "onlineMeeting", text: onlineMeeting?.joinUrl ?? onlineMeetingUrl ?? "" },
    { name: "location", text: [...new Set(places)].filter((each) => Boolean(each)).join("\n") },
    { name: "body", text: body?.content ?? "", isHtml: body?.contentType?.toLowerCase() !== "text" },
  ];
  return fields.filter(({ text }) => text !== "");
};
