import type { ActorId } from "@hybrid/kernel";
import type { MeetingResponse } from "@hybrid/microsoft-graph";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type AskedParts, mailboxFor, meetingFor, read } from "./asked.ts";
import { type CalendarPorts, OwnCalendar } from "./own-calendar.ts";
import { Refused } from "./refused.ts";
import { idempotencyKeyOf, RepeatedRequests } from "./repeated-requests.ts";
import {
  AnswerRequest,
  CancelRequest,
  ChangeRequest,
  FreeBusyRequest,
  ScheduleRequest,
} from "./write-schemas.ts";

/** What people send is small. */
const bodyLimit = 64 * 1_024;

const ifMatchOf = ({ headers }: FastifyRequest): string | null => headers["if-match"] ?? null;

const responses: readonly MeetingResponse[] = ["accept", "decline", "tentativelyAccept"];

/** What people do in their own calendars: every route finds the mailbox and the meeting by who asks. */
export const addWrites = (app: FastifyInstance, parts: AskedParts & CalendarPorts): void => {
  const repeated = new RepeatedRequests();
  const calendarOf = async (request: FastifyRequest): Promise<OwnCalendar> =>
    new OwnCalendar(parts, parts.access.of(request).user, await mailboxFor(parts, request));
  const once = async <Answer>(
    request: FastifyRequest,
    given: unknown,
    carryOut: (key: string | null) => Promise<Answer>,
  ): Promise<Answer> => {
    const user: ActorId = parts.access.of(request).user;
    const key = idempotencyKeyOf(request.headers["idempotency-key"]);
    const what = [request.method, request.url, ifMatchOf(request), given];
    return await repeated.once({ key, by: user, request: what }, () => carryOut(key));
  };

  app.post("/v1/meetings", { bodyLimit }, async (request, reply) => {
    const wanted = read(ScheduleRequest, request.body);
    const calendar = await calendarOf(request);
    const item = await once(request, wanted, (key) => calendar.schedule(wanted, key));
    return await reply.code(201).header("location", `/api/meetings/v1/meetings/${item.id}`).send(item);
  });
  app.patch("/v1/meetings/:id", { bodyLimit }, async (request) => {
    const wanted = read(ChangeRequest, request.body);
    const etag = ifMatchOf(request);
    if (etag === null)
      throw new Refused(428, "ifMatchMissing", "Send If-Match with the `etag` of the meeting as you saw it.");
    return await once(request, wanted, async () => {
      const meeting = await meetingFor(parts, request);
      return await (await calendarOf(request)).change(meeting, wanted, etag);
    });
  });
  const cancel = async (request: FastifyRequest): Promise<void> => {
    const wanted = read(CancelRequest, request.body ?? {});
    await once(request, wanted, async () => {
      const meeting = await meetingFor(parts, request);
      await (await calendarOf(request)).cancel(meeting, wanted, ifMatchOf(request));
    });
  };
  app.delete("/v1/meetings/:id", { bodyLimit }, async (request, reply) => {
    await cancel(request);
    return await reply.code(204).send();
  });
  app.post("/v1/meetings/:id/cancel", { bodyLimit }, async (request, reply) => {
    await cancel(request);
    return await reply.code(204).send();
  });
  for (const response of responses)
    app.post(`/v1/meetings/:id/${response}`, { bodyLimit }, async (request, reply) => {
      const wanted = read(AnswerRequest, request.body ?? {});
      await once(request, wanted, async () => {
        const meeting = await meetingFor(parts, request);
        await (await calendarOf(request)).respond(meeting, response, { ...wanted, etag: ifMatchOf(request) });
      });
      return await reply.code(204).send();
    });
  app.post("/v1/getSchedule", { bodyLimit }, async (request) => {
    const wanted = read(FreeBusyRequest, request.body);
    return await (await calendarOf(request)).freeBusy(wanted);
  });
};
