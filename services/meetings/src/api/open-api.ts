import { z } from "zod";
import { ListQuery, MeetingItem, MeetingPage, ParticipantList, Refusal } from "./schemas.ts";

const json = (shape: z.ZodType) => ({
  "application/json": { schema: z.toJSONSchema(shape, { io: "output", target: "openapi-3.0" }) },
});

const refused = (description: string) => ({ description, content: json(Refusal) });

const common = {
  "401": refused("No token, or one that is altered or has ended."),
  "503": refused("The list is being made; Retry-After says when to come again."),
};

const conditional = {
  name: "If-None-Match",
  in: "header",
  required: false,
  schema: { type: "string" },
  description: "The ETag that the client has.",
};

const meetingId = { name: "id", in: "path", required: true, schema: { type: "string" } };

const queryParameters = Object.entries(ListQuery.shape).map(([name, shape]) => ({
  name,
  in: "query",
  required: false,
  schema: z.toJSONSchema(shape, { io: "input", target: "openapi-3.0" }),
}));

const reads = (summary: string, shape: z.ZodType, parameters: readonly object[], more: object = {}) => ({
  get: {
    summary,
    parameters: [...parameters, conditional],
    responses: {
      "200": { description: summary, content: json(shape) },
      "304": { description: "The client has it already." },
      ...more,
      ...common,
    },
  },
});

const missing = { "404": refused("The list has no such meeting.") };

const changes = {
  get: {
    summary: "What changes, as server-sent events",
    description:
      "`reset`: read the list again. `change`: `{ id, meeting }`, without a meeting when it has gone. " +
      "`join`: `{ meetings }`, all that can be joined now. Send the last id as Last-Event-ID to go on there.",
    parameters: [{ name: "Last-Event-ID", in: "header", required: false, schema: { type: "string" } }],
    responses: {
      "200": { description: "Events until the token ends", content: { "text/event-stream": {} } },
      ...common,
    },
  },
};

/** The API as an OpenAPI document. */
export const openApi = {
  openapi: "3.0.3",
  info: {
    title: "Meetings",
    version: "1",
    description: "The meetings of the user whose token is shown, and of nobody else.",
  },
  servers: [{ url: "/api/meetings" }],
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
  paths: {
    "/v1/meetings": reads("Meetings by start, a page of them", MeetingPage, queryParameters, {
      "400": refused("The query is wrong."),
    }),
    "/v1/meetings/{id}": reads("One meeting", MeetingItem, [meetingId], missing),
    "/v1/meetings/{id}/participants": reads("Who is invited", ParticipantList, [meetingId], missing),
    "/v1/changes": changes,
  },
};
