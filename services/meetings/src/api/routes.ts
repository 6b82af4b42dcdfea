import { createHash } from "node:crypto";
import type { MeetingRulesOf } from "@hybrid/address-rules";
import { answerProblems, HttpFault, RepeatedRequests, type RequestMemory } from "@hybrid/http-api";
import { minutes, plus, type Scheduler } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { JoinPolicy } from "../domain/join.ts";
import { windowAheadMs, windowBackMs } from "../domain/timing.ts";
import type { Access } from "./access.ts";
import { mailboxFor, meetingFor, mustBeReady, read } from "./asked.ts";
import { calendarFaultOf } from "./calendar-faults.ts";
import type { Hub } from "./change-hub.ts";
import { itemOf } from "./item.ts";
import { JustWritten } from "./just-written.ts";
import type { MeetingView } from "./meeting-view.ts";
import { openApi } from "./open-api.ts";
import { participantsOf } from "./participants.ts";
import { ListQuery, type MeetingPage } from "./schemas.ts";
import { ChangeStream } from "./stream.ts";
import { addWrites } from "./write-routes.ts";

/** What the API stands on. */
export interface ApiParts {
  readonly access: Access;
  readonly lists: MeetingView;
  readonly hub: Hub;
  readonly events: Pick<MicrosoftGraph["events"], "get">;
  readonly meetings: MicrosoftGraph["meetings"];
  readonly rulesOf: MeetingRulesOf;
  readonly scheduler: Scheduler;
  readonly policy: JoinPolicy;
  readonly streamsMax: number;
  /** Which requests were carried out. */
  readonly requests: RequestMemory;
  /** Told of what could not be kept of a request that was carried out. */
  readonly onTrouble: (error: unknown) => void;
  /** Told of every page of a list, with the seconds that it took. */
  readonly onListed: (seconds: number) => void;
  /** Told of the number of streams that are open. */
  readonly onStreams: (count: number) => void;
}

const etagOf = (body: string): string =>
  `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;

/** Answers with a body and its ETag, or with 304 when the client has it already. */
const sendOnce = (request: FastifyRequest, reply: FastifyReply, value: unknown): FastifyReply => {
  const body = JSON.stringify(value);
  const etag = etagOf(body);
  reply.header("etag", etag).header("cache-control", "private, no-cache").header("vary", "authorization");
  const known = (request.headers["if-none-match"] ?? "")
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(etag)) return reply.code(304).send();
  return reply.type("application/json; charset=utf-8").send(body);
};

const pageFor = async (
  { lists, scheduler, policy, access }: ApiParts,
  request: FastifyRequest,
): Promise<MeetingPage> => {
  const { from, to, limit, cursor } = read(ListQuery, request.query);
  const now = scheduler.now();
  const [startAt, id = ""] = cursor?.split(".") ?? [];
  const { meetings, hasMore } = await lists.page({
    user: access.of(request).user,
    fromMs: from === undefined ? plus(now, -windowBackMs) : Date.parse(from),
    toMs: to === undefined ? plus(now, windowAheadMs) : Date.parse(to),
    limit,
    after: startAt === undefined ? null : { startAt: Number(startAt), id },
  });
  const last = meetings.at(-1);
  return {
    meetings: meetings.map((meeting) => itemOf(meeting, policy)),
    nextCursor: hasMore && last ? `${last.startAt}.${last.id}` : null,
  };
};

const addLists = (app: FastifyInstance, parts: ApiParts & { readonly written: JustWritten }): void => {
  const { lists, policy } = parts;
  app.get("/v1/meetings", async (request, reply) => {
    const startedAt = performance.now();
    mustBeReady(lists);
    const sent = sendOnce(request, reply, await pageFor(parts, request));
    parts.onListed((performance.now() - startedAt) / 1_000);
    return sent;
  });
  app.get("/v1/meetings/:id", async (request, reply) =>
    sendOnce(request, reply, itemOf(await meetingFor(parts, request), policy)),
  );
  app.get("/v1/meetings/:id/participants", async (request, reply) => {
    const { eventId } = await meetingFor(parts, request);
    const mailbox = await mailboxFor(parts, request);
    const signal = AbortSignal.timeout(minutes(0.5));
    return sendOnce(request, reply, await participantsOf(parts.events, { mailbox, eventId, signal }));
  });
};

const addChanges = (app: FastifyInstance, parts: ApiParts): void => {
  const streams = new Set<ChangeStream>();
  app.get("/v1/changes", (request, reply) => {
    if (streams.size >= parts.streamsMax)
      throw new HttpFault(503, "tooManyStreams", "Too many clients wait for changes here.", {
        retryAfter: 30,
      });
    const after = request.headers["last-event-id"];
    const order = { ...parts.access.of(request), after: typeof after === "string" ? after : null };
    reply.hijack();
    const onBroken = (error: unknown): void =>
      request.log.error({ err: error }, "a stream of changes broke off");
    const stream = new ChangeStream({ ...parts, onBroken }, order, reply.raw);
    streams.add(stream);
    parts.onStreams(streams.size);
    reply.raw.once("close", () => {
      streams.delete(stream);
      parts.onStreams(streams.size);
    });
    stream.open().catch((error: unknown) => {
      onBroken(error);
      stream.close();
    });
  });
  app.addHook("preClose", () => {
    for (const stream of streams) stream.close();
    parts.hub.close();
  });
};

/** The API as a plugin. Who shows no token gets nothing but the document that describes it. */
export const meetingsApi =
  (parts: ApiParts): FastifyPluginAsync =>
  async (app) => {
    const { requests, onTrouble } = parts;
    const repeated = new RepeatedRequests(requests, { faultOf: calendarFaultOf, onTrouble });
    const all = { ...parts, repeated, written: new JustWritten(requests, onTrouble) };
    answerProblems(app, { what: "meetings", faultOf: calendarFaultOf });
    app.get("/v1/openapi.json", () => openApi);
    await app.register(async (inside) => {
      inside.addHook("onRequest", (request) => parts.access.admit(request));
      addLists(inside, all);
      addChanges(inside, parts);
      addWrites(inside, all);
    });
  };
