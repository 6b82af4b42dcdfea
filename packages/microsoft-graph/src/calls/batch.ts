import { type Clock, ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import { graphErrorOf, graphFaultOf } from "../errors/graph-fault.ts";

/** Requests in one batch at most (JSON batching page). */
export const batchRequestsMax = 20;

/** The answer to a JSON batch. */
export const batchSchema = z.looseObject({
  responses: z.array(
    z.looseObject({
      id: z.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown(),
    }),
  ),
});

/** The answer to one request of a batch. */
export type BatchedAnswer = z.infer<typeof batchSchema>["responses"][number];

const lowerCase = (headers: BatchedAnswer["headers"]): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

/** What `read` makes of the body of one answer, or why its request failed. */
export const batchedResult = <Result>(
  inner: BatchedAnswer | undefined,
  {
    what,
    clock,
    read,
  }: { readonly what: string; readonly clock: Clock; readonly read: (body: unknown) => Result },
): Result | ProviderError => {
  if (inner === undefined)
    return new ProviderError(`${what}: the batch's answer leaves it out`, {
      code: "unavailable",
      retryable: true,
    });
  const { status, headers, body } = inner;
  if (status < 200 || status >= 300)
    return graphErrorOf(
      graphFaultOf({ status, headers: lowerCase(headers), body }, { namesUser: true, clock }),
      what,
    );
  try {
    return read(body);
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
};
