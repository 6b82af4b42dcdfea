import type { FastifyInstance, FastifyRequest } from "fastify";
import { WebexFault } from "./answers.ts";

/** One file of 100 MB and the fields around it. */
const formBytesMax = 101 * 1_024 * 1_024;

/** A form as the object that the same message would be in JSON; files are buffers with a name and a type. */
const readForm = async (body: Buffer, contentType: string): Promise<Record<string, unknown>> => {
  const response = new Response(new Uint8Array(body), { headers: { "content-type": contentType } });
  const form = await response.formData().catch(() => {
    throw new WebexFault(400, "The form could not be read.");
  });
  const fields: Record<string, unknown> = {};
  const files: unknown[] = [];
  for (const [name, value] of form)
    if (typeof value === "string") fields[name] = value;
    else if (name === "files")
      files.push({
        name: value.name,
        contentType: value.type === "" ? "application/octet-stream" : value.type,
        bytes: Buffer.from(await value.arrayBuffer()),
      });
    else throw new WebexFault(400, `The form has a file '${name}'; files are called 'files'.`);
  return files.length > 0 ? { ...fields, files } : fields;
};

/** How bodies are read: JSON, also none at all under its name, and forms with files. */
export const addBodyParsers = (app: FastifyInstance): void => {
  // Clients name JSON on requests without a body, DELETE above all, and Webex takes them.
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? undefined : JSON.parse(String(body)));
    } catch {
      done(new WebexFault(400, "The request body is not JSON."));
    }
  });
  app.addContentTypeParser(
    "multipart/form-data",
    { parseAs: "buffer", bodyLimit: formBytesMax },
    (request: FastifyRequest, body: Buffer) => readForm(body, request.headers["content-type"] ?? ""),
  );
};
