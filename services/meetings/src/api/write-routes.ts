import { HttpFault, idempotencyKeyOf, type RepeatedRequests } from "@hybrid/http-api";
import type { MeetingResponse } from "@hybrid/microsoft-graph";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type AskedParts, calendarFor, meetingFor, read } from "./asked.ts";
import { isGone } from "./calendar-faults.ts";
import type { Aim, Written } from "./own-calendar.ts";
import {
  AnswerRequest,
  CancelRequest,
  ChangeRequest,
  FreeBusyRequest,
  ScheduleRequest,
  ScopeQuery,
} from "./write-schemas.ts";

/** What people send is small; five hundred who are invited have room. */
const bodyLimit = 256 * 1_024;

/** What the routes stand on. */
export interface WriteParts extends AskedParts {
  readonly repeated: RepeatedRequests;
}

const ifMatchOf = ({ headers }: FastifyRequest): string | null => headers["if-match"] ?? null;

const responses: readonly MeetingResponse[] = ["accept", "decline", "tentativelyAccept"];

const repeatable = (parts: WriteParts, request: FastifyRequest, given: unknown) => ({
  key: idempotencyKeyOf(request.headers["idempotency-key"]),
  by: parts.access.of(request).user,
  request: [request.method, request.url, ifMatchOf(request), given],
});

/** Writes a meeting once; the same key is answered with the meeting as the calendar has it by then. */
const writeOnce = async (
  parts: WriteParts,
  request: FastifyRequest,
  given: unknown,
  carryOut: (isAgain: boolean) => Promise<Written>,
): Promise<Written> =>
  await parts.repeated.once(repeatable(parts, request, given), {
    carryOut: async (isAgain) => {
      const written = await carryOut(isAgain);
      await parts.written.note(parts.access.of(request).user, written.item.id, written.eventId);
      return written;
    },
    keep: ({ eventId }) => eventId,
    answerAgain: async (eventId) => (await calendarFor(parts, request)).read(eventId),
  });

/** Does something once that is answered with nothing. */
const doOnce = async (
  parts: WriteParts,
  request: FastifyRequest,
  given: unknown,
  carryOut: (isAgain: boolean) => Promise<void>,
): Promise<void> => {
  await parts.repeated.once(repeatable(parts, request, given), {
    carryOut,
    keep: () => "",
    answerAgain: async () => undefined,
  });
};

const aimOf = async (parts: WriteParts, request: FastifyRequest, isAgain: boolean): Promise<Aim> => {
  const { scope } = read(ScopeQuery, request.query);
  return { meeting: await meetingFor(parts, request), scope, etag: ifMatchOf(request), isAgain };
};

const addSchedule = (app: FastifyInstance, parts: WriteParts): void => {
  app.post("/v1/meetings", { bodyLimit }, async (request, reply) => {
    const wanted = read(ScheduleRequest, request.body);
    const calendar = await calendarFor(parts, request);
    const key = idempotencyKeyOf(request.headers["idempotency-key"]);
    const { item } = await writeOnce(parts, request, wanted, () => calendar.schedule(wanted, key));
    return await reply.code(201).header("location", `/api/meetings/v1/meetings/${item.id}`).send(item);
  });
  app.patch("/v1/meetings/:id", { bodyLimit }, async (request) => {
    const wanted = read(ChangeRequest, request.body);
    read(ScopeQuery, request.query);
    if (ifMatchOf(request) === null)
      throw new HttpFault(
        428,
        "ifMatchMissing",
        "Send If-Match with the `etag` of the meeting as you saw it.",
      );
    const { item } = await writeOnce(parts, request, wanted, async (isAgain) =>
      (await calendarFor(parts, request)).change(await aimOf(parts, request, isAgain), wanted),
    );
    return item;
  });
};

const addCancel = (app: FastifyInstance, parts: WriteParts): void => {
  const cancel = async (request: FastifyRequest): Promise<void> => {
    const wanted = read(CancelRequest, request.body ?? {});
    await doOnce(parts, request, wanted, async (isAgain) => {
      try {
        const aim = await aimOf(parts, request, isAgain);
        await (await calendarFor(parts, request)).cancel(aim, wanted);
      } catch (error) {
        // The list has lost it meanwhile.
        if (!(isAgain && isGone(error))) throw error;
      }
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
};

const addAnswers = (app: FastifyInstance, parts: WriteParts): void => {
  for (const response of responses)
    app.post(`/v1/meetings/:id/${response}`, { bodyLimit }, async (request, reply) => {
      const wanted = read(AnswerRequest, request.body ?? {});
      await doOnce(parts, request, wanted, async (isAgain) => {
        try {
          const aim = await aimOf(parts, request, isAgain);
          await (await calendarFor(parts, request)).respond(aim, response, wanted);
        } catch (error) {
          // What was declined leaves the list.
          if (!(isAgain && response === "decline" && isGone(error))) throw error;
        }
      });
      return await reply.code(204).send();
    });
};

/** What people do in their own calendars: every route finds the mailbox and the meeting by who asks. */
export const addWrites = (app: FastifyInstance, parts: WriteParts): void => {
  addSchedule(app, parts);
  addCancel(app, parts);
  addAnswers(app, parts);
  app.post("/v1/getSchedule", { bodyLimit }, async (request) => {
    const wanted = read(FreeBusyRequest, request.body);
    return await (await calendarFor(parts, request)).freeBusy(wanted);
  });
};
