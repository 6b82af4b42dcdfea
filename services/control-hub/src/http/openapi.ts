import { type Operation, Problem } from "@hybrid/control-hub-page/api";
import { z } from "zod";

const schemaOf = (schema: z.ZodType, io: "input" | "output"): unknown => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
};

const parametersOf = (schema: z.ZodObject | undefined, place: "path" | "query"): readonly unknown[] =>
  Object.entries((schema?.shape ?? {}) as Readonly<Record<string, z.ZodType>>).map(([name, each]) => ({
    name,
    in: place,
    required: place === "path" || !each.safeParse(undefined).success,
    schema: schemaOf(each, "input"),
  }));

const headersOf = ({ method, path }: Operation): readonly unknown[] => {
  const header = (name: string, description: string) => ({
    name,
    in: "header",
    required: name === "x-csrf-token",
    description,
    schema: { type: "string" },
  });
  if (method !== "POST") return [];
  return [
    header("x-csrf-token", "The token of GET /session."),
    ...(path.endsWith("/orders") ? [header("idempotency-key", "A UUID; the order is written once.")] : []),
    ...(path.endsWith("{user}/orders") ? [header("if-match", "The ETag that the order is given for.")] : []),
  ];
};

const operationOf = (name: string, operation: Operation): unknown => ({
  operationId: name,
  summary: operation.summary,
  "x-role": operation.role,
  ...(operation.role === null ? {} : { security: [{ session: [] }] }),
  parameters: [
    ...parametersOf(operation.params, "path"),
    ...parametersOf(operation.query, "query"),
    ...headersOf(operation),
  ],
  ...(operation.body === undefined
    ? {}
    : {
        requestBody: {
          required: true,
          content: {
            [operation.bodyType ?? "application/json"]: { schema: schemaOf(operation.body, "input") },
          },
        },
      }),
  responses: {
    [operation.status ?? 200]: {
      description: "What was asked for.",
      content: { [operation.answer.type]: { schema: schemaOf(operation.answer.schema, "output") } },
    },
    default: {
      description: "Why it was not answered.",
      content: { "application/problem+json": { schema: schemaOf(Problem, "output") } },
    },
  },
});

/** The API as OpenAPI 3.1, from the schemas that requests are checked by. */
export const openApiDocument = (operations: Readonly<Record<string, Operation>>): object => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries(operations))
    (paths[`/api${operation.path}`] ??= {})[operation.method.toLowerCase()] = operationOf(name, operation);
  return {
    openapi: "3.1.0",
    info: {
      title: "Control Hub",
      version: "1",
      description: "What the administrator's page of Hybrid Services stands on.",
    },
    components: {
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: "hub-session" } },
    },
    paths,
  };
};
