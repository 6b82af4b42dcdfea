import { z } from "zod";
import { ListQuery, MeetingItem, MeetingPage, ParticipantList, Problem } from "./schemas.ts";
import {
  AnswerRequest,
  CancelRequest,
  ChangeRequest,
  FreeBusy,
  FreeBusyRequest,
  ScheduleRequest,
  ScopeQuery,
} from "./write-schemas.ts";

const schemaOf = (shape: z.ZodType, io: "input" | "output"): object =>
  z.toJSONSchema(shape, { io, target: "openapi-3.0" });

const json = (shape: z.ZodType, io: "input" | "output" = "output") => ({
  "application/json": { schema: schemaOf(shape, io) },
});

const refused = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: schemaOf(Problem, "output") } },
});

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
  schema: schemaOf(shape, "input"),
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

const ifMatch = (required: boolean) => ({
  name: "If-Match",
  in: "header",
  required,
  schema: { type: "string" },
  description: "The `etag` of the meeting as it was seen.",
});

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: { type: "string", maxLength: 200 },
  description: "The same key: carried out once, answered the same.",
};

const scope = {
  name: "scope",
  in: "query",
  required: false,
  schema: schemaOf(ScopeQuery.shape.scope, "input"),
};

const writeRefusals = {
  "400": refused("The request is wrong."),
  "409": refused(
    "The user's calendar is not connected; or the same request is under way; or no such series.",
  ),
  "422": refused("The calendar refuses it, in its own words; or the key was used for something else."),
  "502": refused("The calendar failed."),
};

const ownMeeting = {
  ...missing,
  "403": refused("The user is not the organiser, or the calendar does not allow it."),
  "412": refused("It has changed since; `current` is how it is now."),
};

const writes = (
  summary: string,
  body: z.ZodType | null,
  parameters: readonly object[],
  responses: object,
): object => ({
  summary,
  parameters: [...parameters, idempotencyKey],
  ...(body === null ? {} : { requestBody: { required: true, content: json(body, "input") } }),
  responses: { ...responses, ...writeRefusals, ...common },
});

const done = { "204": { description: "Done." } };

const answers = Object.fromEntries(
  ["accept", "decline", "tentativelyAccept"].map((name) => [
    `/v1/meetings/{id}/${name}`,
    {
      post: writes(`Answer an invitation: ${name}`, AnswerRequest, [meetingId, scope, ifMatch(false)], {
        ...done,
        ...ownMeeting,
      }),
    },
  ]),
);

const schedule = writes("Schedule a meeting in the own calendar", ScheduleRequest, [], {
  "201": {
    description:
      "It is in the calendar, and can be changed and cancelled at once; the list follows, and so do join " +
      "details. A series is answered with its first meeting.",
    content: json(MeetingItem),
  },
});

const change = writes("Change an own meeting", ChangeRequest, [meetingId, scope, ifMatch(true)], {
  "200": { description: "The meeting as it is now.", content: json(MeetingItem) },
  ...ownMeeting,
  "428": refused("If-Match is missing."),
});

const cancelled = { ...done, ...ownMeeting };

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
    "/v1/meetings": {
      ...reads("Meetings by start, a page of them", MeetingPage, queryParameters, {
        "400": refused("The query is wrong."),
      }),
      post: schedule,
    },
    "/v1/meetings/{id}": {
      ...reads("One meeting", MeetingItem, [meetingId], missing),
      patch: change,
      delete: writes("Cancel an own meeting", null, [meetingId, scope, ifMatch(false)], cancelled),
    },
    "/v1/meetings/{id}/participants": reads("Who is invited", ParticipantList, [meetingId], missing),
    "/v1/meetings/{id}/cancel": {
      post: writes(
        "Cancel an own meeting, with a comment",
        CancelRequest,
        [meetingId, scope, ifMatch(false)],
        cancelled,
      ),
    },
    ...answers,
    "/v1/getSchedule": {
      post: writes("When people and rooms are free", FreeBusyRequest, [], {
        "200": { description: "Times alone, never what they are about.", content: json(FreeBusy) },
      }),
    },
    "/v1/changes": changes,
  },
};
