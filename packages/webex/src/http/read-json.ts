import { ProviderError, type ProviderFault } from "@hybrid/kernel";
import type { z } from "zod";
import type { Answer, Sending } from "./send.ts";

/**
 * The body as the schema says; an empty one is undefined where `method` is DELETE. Throws ProviderError that
 * names the places and never what stood there.
 */
export const readJson = <Schema extends z.ZodType>(
  { method, route }: Pick<Sending, "method" | "route">,
  { bytes, status }: Pick<Answer, "bytes" | "status">,
  schema: Schema,
): z.infer<Schema> => {
  const unusable = (found: string, fault: Pick<ProviderFault, "code" | "retryable">): ProviderError =>
    new ProviderError(`Webex answered ${method} ${route} with ${found}; the answer cannot be used`, {
      ...fault,
      status,
    });
  let json: unknown;
  try {
    const isEmpty = method === "DELETE" && bytes.length === 0;
    json = isEmpty ? undefined : JSON.parse(bytes.toString("utf8"));
  } catch {
    // Half an answer, or a proxy's page. The parser's message quotes it, and that is content: it is left out.
    throw unusable("something that is not JSON", { code: "unavailable", retryable: true });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => `${issue.path.join(".") || "the whole"} (${issue.code})`);
  const named = `unusable properties: ${places.slice(0, 5).join(", ")}`;
  throw unusable(named, { code: "unexpected", retryable: false });
};
