import { type EpochMs, instant, ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import type { GraphClient } from "../../graph-client.ts";
import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { eventCall } from "../event-call.ts";
import { type UserCall, userPath } from "../user-path.ts";

/** Addresses of one request, and how long a time it is about (free/busy reference page). */
export const schedulesMax = 20;
/** The longest time that one request is about. */
export const schedulePeriodMsMax = 42 * 86_400_000;

/** Whose free and busy times are asked for. */
export interface GetSchedule extends UserCall {
  /** Of people, rooms and groups; at most {@link schedulesMax}. */
  readonly addresses: readonly string[];
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
  /** Of one slot of the view: 5 to 1440. */
  readonly intervalMinutes: number;
}

/** When somebody has no time, without a word about why. */
export interface BusyTime {
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
  /** Graph's word: busy, tentative, oof, workingElsewhere, free. */
  readonly status: string;
}

/** Somebody's free and busy times. */
export interface Schedule {
  readonly address: string;
  /** A digit for each slot: 0 free, 1 tentative, 2 busy, 3 out of office, 4 working elsewhere. */
  readonly availabilityView: string;
  readonly busy: readonly BusyTime[];
  /** When somebody works; null when Graph does not say. */
  readonly workingHours: WorkingHours | null;
  /** Why Graph does not know, in its code; null when it does. */
  readonly error: string | null;
}

/** When somebody works. */
export interface WorkingHours {
  /** Graph's names of weekdays. */
  readonly daysOfWeek: readonly string[];
  /** By the clocks of the zone: `08:00:00`. */
  readonly startTime: string;
  readonly endTime: string;
  /** A name of Windows or IANA; null for one that an organisation has made itself. */
  readonly timeZone: string | null;
}

const moment = z.looseObject({ dateTime: z.string(), timeZone: z.string().nullish() });

/** What is not as documented is not known; it must not spoil the times. */
const hours = z
  .looseObject({
    daysOfWeek: z.array(z.string()),
    startTime: z.string(),
    endTime: z.string(),
    timeZone: z.looseObject({ name: z.string().nullish() }).nullish(),
  })
  .nullish()
  .catch(null);

const workingHoursOf = (given: z.infer<typeof hours>): WorkingHours | null =>
  given
    ? {
        daysOfWeek: given.daysOfWeek,
        startTime: given.startTime.slice(0, 8),
        endTime: given.endTime.slice(0, 8),
        timeZone: given.timeZone?.name ?? null,
      }
    : null;

const scheduleSchema = z.looseObject({
  value: z.array(
    z.looseObject({
      scheduleId: z.string(),
      availabilityView: z.string().nullish(),
      scheduleItems: z
        .array(z.looseObject({ status: z.string().nullish(), start: moment, end: moment }))
        .nullish(),
      workingHours: hours,
      error: z.looseObject({ responseCode: z.string().nullish() }).nullish(),
    }),
  ),
});

/** UTC is what was asked for, so another zone is no answer to that. */
const momentOf = ({ dateTime, timeZone }: z.infer<typeof moment>, what: string): EpochMs => {
  const at = Date.parse(`${dateTime.replace(/Z$/, "").slice(0, 23)}Z`);
  if (!Number.isNaN(at) && /^(?:utc|tzone:\/\/microsoft\/utc)$/i.test(timeZone ?? "UTC")) return instant(at);
  throw new ProviderError(`${what}: Graph's answer has a time that is not in UTC, or is none`, {
    code: "unexpected",
    retryable: false,
  });
};

const dateTime = (at: EpochMs) => ({ dateTime: new Date(at).toISOString().slice(0, 19), timeZone: "UTC" });

/**
 * When people and rooms are free, as the asking mailbox may know it. What their meetings are about does not
 * leave this function: an application is told more than a person would be. An address that nobody has is an
 * `error` of its own. It reads and may be repeated. Throws ProviderError invalidRequest for more than
 * {@link schedulesMax} addresses or {@link schedulePeriodMsMax}, and the usual ones.
 */
export const getSchedule =
  (graph: GraphClient) =>
  async (order: GetSchedule): Promise<readonly Schedule[]> => {
    const call = eventCall(order, "meetings.getSchedule");
    const what = whatOf(call);
    const body = {
      schedules: order.addresses,
      startTime: dateTime(order.startAt),
      endTime: dateTime(order.endAt),
      availabilityViewInterval: order.intervalMinutes,
    };
    const path = `${userPath(order.userObjectId)}/calendar/getSchedule`;
    const headers = { Prefer: 'outlook.timezone="UTC"' };
    const answer = await graph.request(call, { method: "POST", path, headers, body });
    return readAnswer(scheduleSchema, answer, what).value.map(
      ({ scheduleId, availabilityView, scheduleItems, workingHours, error }) => ({
        address: scheduleId,
        availabilityView: availabilityView ?? "",
        busy: (scheduleItems ?? []).map(({ status, start, end }) => ({
          startAt: momentOf(start, what),
          endAt: momentOf(end, what),
          status: status ?? "busy",
        })),
        workingHours: workingHoursOf(workingHours),
        error: error ? (error.responseCode ?? "unknown") : null,
      }),
    );
  };
