import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { badRequest, GraphFault } from "./graph-fault.ts";

/** Graph takes 4 MB in one request (larger files go through upload sessions). */
export const bodyBytesMax = 4 * 1_024 * 1_024;

const parseJson = (body: string): unknown => {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw badRequest("Unable to read JSON request payload: it is not valid JSON.");
  }
};

/** Go's and .NET's clients compress what they send; the limit of size holds for what comes out. */
const inflate = (request: FastifyRequest, payload: NodeJS.ReadableStream): NodeJS.ReadableStream => {
  const encoding = (request.headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding === "identity") return payload;
  if (encoding !== "gzip")
    throw new GraphFault(415, "UnsupportedMediaType", `The content encoding '${encoding}' is not supported.`);
  const inflated = Object.assign(createGunzip(), { receivedEncodedLength: 0 });
  payload.on("data", (chunk: Buffer) => {
    inflated.receivedEncodedLength += chunk.length;
  });
  return (payload as IncomingMessage).pipe(inflated);
};

/** How request bodies are read: JSON and forms, plain or compressed. */
export const addBodyParsers = (server: FastifyInstance): void => {
  server.removeAllContentTypeParsers();
  server.addHook("preParsing", async (request, _reply, payload) => inflate(request, payload));
  server.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, parseJson(String(body)));
    } catch (thrown) {
      done(thrown as Error);
    }
  });
  server.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
};
