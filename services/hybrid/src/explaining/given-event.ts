import type { Given } from "@hybrid/decorator";
import { graphEventSchema } from "@hybrid/microsoft-graph";
import { fileGiven, refused } from "../given.ts";

/** An event that a person wrote or cut down may lack its id; nothing is decided by what stands in for it. */
const givenEventSchema = graphEventSchema.extend({ id: graphEventSchema.shape.id.default("given") });

/**
 * Reads a file: an event as Graph gives it, an HTML document, or any other text. Throws ConfigError that says
 * what is wrong with it.
 */
export const readGiven = async (path: string): Promise<Given> => givenIn(await fileGiven(path), path);

/** What a text holds, as {@link readGiven} reads it; `path` says where it is from. */
export const givenIn = (content: string, path: string): Given => {
  if (content.trimStart().startsWith("{")) {
    const event = givenEventSchema.safeParse(jsonOf(content, path));
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
