import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { badRequest } from "./graph-fault.ts";

/** Requests in one batch at most, and how many of them are sent at a time (JSON batching page). */
const requestsMax = 20;
const atATime = 4;

const batchShape = z.strictObject({
  requests: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        method: z.string().transform((method) => method.toUpperCase()),
        url: z.string().min(1),
        headers: z.record(z.string(), z.string()).optional(),
        body: z.unknown().optional(),
        dependsOn: z.array(z.string()).optional(),
      }),
    )
    .min(1),
});

type BatchRequest = z.infer<typeof batchShape>["requests"][number];

interface BatchAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const methods = ["GET", "POST", "PATCH", "PUT", "DELETE"];

const readRequests = (body: unknown): BatchRequest[] => {
  const read = batchShape.safeParse(body);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw badRequest(`Invalid batch payload format: ${issue?.path.join("/")} ${issue?.message}.`);
  }
  const { requests } = read.data;
  if (requests.length > requestsMax)
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${requestsMax}.`);
  const ids = new Set(requests.map(({ id }) => id.toLowerCase()));
  if (ids.size < requests.length) throw badRequest("Every request of a batch needs an id of its own.");
  for (const { id, method, url, headers, body: inner, dependsOn = [] } of requests) {
    if (!methods.includes(method)) throw badRequest(`'${method}' of request '${id}' is not a method.`);
    if (/^https?:/i.test(url)) throw badRequest(`The url of request '${id}' must be relative.`);
    if (/^\/?\$batch/i.test(url)) throw badRequest("A batch cannot hold another one.");
    if (
      inner !== undefined &&
      !Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "content-type")
    )
      throw badRequest(`Request '${id}' has a body and no Content-Type header.`);
    const stray = dependsOn.find((other) => !ids.has(other.toLowerCase()) || other === id);
    if (stray !== undefined) throw badRequest(`Request '${id}' depends on '${stray}', which cannot be.`);
  }
  return requests;
};

const dependencyFailed = (id: string): BatchAnswer => ({
  id,
  status: 424,
  headers: { "Content-Type": "application/json" },
  body: { error: { code: "FailedDependency", message: "A request that this one depends on has failed." } },
});

const send = async (
  server: FastifyInstance,
  outer: FastifyRequest,
  inner: BatchRequest,
): Promise<BatchAnswer> => {
  const answer = await server.inject({
    method: inner.method as "GET",
    url: `/v1.0/${inner.url.replace(/^\//, "")}`,
    headers: {
      host: outer.host,
      authorization: outer.headers.authorization ?? "",
      ...inner.headers,
    },
    ...(inner.body === undefined ? {} : { payload: JSON.stringify(inner.body) }),
  });
  const kept = ["content-type", "retry-after", "preference-applied", "location"];
  const headers = Object.entries(answer.headers).filter(([name]) => kept.includes(name));
  const text = answer.body;
  const isJson = (answer.headers["content-type"] ?? "").includes("json");
  return {
    id: inner.id,
    status: answer.statusCode,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    ...(text === "" ? {} : { body: isJson ? (JSON.parse(text) as unknown) : text }),
  };
};

/**
 * Carries out a JSON batch: at most four at a time, after what they depend on, each with its own status and
 * limits; the batch itself is 200. Throws Graph's 400 for a batch that is not right as a whole.
 */
export const runBatch = async (
  server: FastifyInstance,
  request: FastifyRequest,
): Promise<{ readonly responses: readonly BatchAnswer[] }> => {
  const waiting = readRequests(request.body);
  const answers: BatchAnswer[] = [];
  const isAnswered = (id: string): boolean =>
    answers.some((answer) => answer.id.toLowerCase() === id.toLowerCase());
  while (waiting.length > 0) {
    const ready = waiting.filter(({ dependsOn = [] }) => dependsOn.every(isAnswered)).slice(0, atATime);
    if (ready.length === 0) throw badRequest("The requests of the batch depend on each other in a circle.");
    for (const one of ready) waiting.splice(waiting.indexOf(one), 1);
    const failed = (id: string): boolean =>
      answers.some((answer) => answer.id.toLowerCase() === id.toLowerCase() && answer.status >= 400);
    const results = ready.map(async (one) =>
      (one.dependsOn ?? []).some(failed) ? dependencyFailed(one.id) : send(server, request, one),
    );
    answers.push(...(await Promise.all(results)));
  }
  return { responses: answers };
};
