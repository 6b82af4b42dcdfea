import { z } from "zod";
import { WebexFault } from "../answers.ts";
import { meetingBody } from "../meetings/bodies.ts";
import { instantOf } from "../meetings/local-time.ts";
import { digitsOf, meetingNumber, type SimulatedMeeting, webLink } from "../meetings/meetings.ts";
import {
  MeetingBody,
  MeetingChange,
  MeetingReplacement,
  meetingGaps,
  optionsOf,
  timesOf,
} from "../meetings/requests.ts";
import type { SimulatedPerson } from "../organization.ts";
import type { Parts } from "../parts.ts";
import type { Room } from "../spaces/space.ts";
import { uuidOfId } from "../webex-id.ts";
import { ownRoomOf } from "./access.ts";
import { type Caller, hasScope, type Operation, operation, pageOf, paging } from "./operation.ts";

const readers = ["meeting:schedules_read", "meeting:admin_schedule_read", "spark:all"];
const writers = ["meeting:schedules_write", "meeting:admin_schedule_write", "spark:all"];
const headers = { "content-type": "application/json;charset=UTF-8" };
const sizeMax = 100;
const weekMs = 7 * 24 * 3_600_000;
const minuteMs = 60_000;

const notFound = (): WebexFault => new WebexFault(404, "The requested meeting could not be found.");

/** The person whose meetings are meant: another one than the caller only for administrators. */
const hostOf = (
  parts: Parts,
  caller: Caller,
  hostEmail: string | undefined,
  scope: "meeting:admin_schedule_read" | "meeting:admin_schedule_write",
): SimulatedPerson => {
  if (hostEmail === undefined) {
    if (caller.person) return caller.person;
    throw new WebexFault(400, "hostEmail is needed: the account of a service app hosts no meetings.");
  }
  if (!caller.isAdmin || !hasScope(caller, [scope]))
    throw new WebexFault(403, "hostEmail is for administrators and service apps.");
  const host = parts.people.byEmail(caller.orgId, hostEmail);
  if (!host) throw new WebexFault(404, "The host could not be found.");
  return host;
};

const siteOf = (host: SimulatedPerson, siteUrl: string | undefined): string => {
  const site = siteUrl ?? host.sites[0];
  if (site !== undefined && host.sites.includes(site)) return site;
  throw new WebexFault(403, "The host has no account on the site.");
};

const isInvited = (meeting: SimulatedMeeting, person: SimulatedPerson): boolean =>
  meeting.invitees.some(({ email }) => email.toLowerCase() === person.email.toLowerCase());

const shown = (parts: Parts, meeting: SimulatedMeeting, person: SimulatedPerson) =>
  meetingBody(meeting, meeting.host.uuid === person.uuid ? "host" : "invitee", parts.clock.now());

/** The meeting of an id that the person hosts or is invited to, or 404. */
const visibleMeeting = (parts: Parts, id: string | undefined, person: SimulatedPerson): SimulatedMeeting => {
  const meeting = parts.meetings.byId(id ?? "");
  if (meeting && (meeting.host.uuid === person.uuid || isInvited(meeting, person))) return meeting;
  throw notFound();
};

const hostedMeeting = (parts: Parts, id: string | undefined, person: SimulatedPerson): SimulatedMeeting => {
  const meeting = visibleMeeting(parts, id, person);
  if (meeting.host.uuid !== person.uuid) throw new WebexFault(403, "Only the host may do this.");
  if (meeting.isAdhoc) throw new WebexFault(400, "An ad-hoc meeting cannot be updated or deleted.");
  return meeting;
};

const mailed = (meeting: SimulatedMeeting, sendEmail: boolean): void => {
  if (sendEmail && !meeting.isAdhoc) meeting.mails += 1 + meeting.invitees.length;
};

type Wanted = z.infer<typeof MeetingBody>;

const roomOfMeeting = (parts: Parts, caller: Caller, body: Wanted): Room | undefined => {
  if (body.adhoc && body.roomId === undefined) throw new WebexFault(400, "An ad-hoc meeting needs a roomId.");
  if (body.roomId === undefined) return undefined;
  if (!hasScope(caller, ["spark:all"]))
    throw new WebexFault(403, "A meeting of a room needs the scope spark:all.");
  return ownRoomOf(parts, caller, body.roomId);
};

const refuseForPersonalRoom = (body: Wanted, host: SimulatedPerson): void => {
  const stray = (["roomId", "integrationTags", "enabledAutoRecordMeeting"] as const).find(
    (name) => body[name] !== undefined,
  );
  if (stray !== undefined) throw new WebexFault(400, `'${stray}' is not for meetings of a personal room.`);
  if (!host.personalRoom) throw new WebexFault(404, "The host has no Personal Meeting Room.");
};

const makeMeeting = (parts: Parts, caller: Caller, body: Wanted): SimulatedMeeting => {
  const now = parts.clock.now();
  const room = roomOfMeeting(parts, caller, body);
  const hostEmail = room === undefined ? body.hostEmail : undefined;
  const host = hostOf(parts, caller, hostEmail, "meeting:admin_schedule_write");
  const wait = parts.meetings.retryAfterSeconds(caller.uuid, host.uuid, hostEmail !== undefined);
  if (wait !== undefined)
    throw new WebexFault(429, "Too many meetings within 24 hours.").withHeaders({
      "retry-after": String(wait),
    });
  if (body.scheduledType === "webinar")
    throw new WebexFault(501, "Webinars are not simulated.", ["SimulatorNotImplemented"]);
  if (body.scheduledType === "personalRoomMeeting") refuseForPersonalRoom(body, host);
  if (!body.adhoc && body.title === undefined) throw new WebexFault(400, "'title' is missing.");
  const ongoing = parts.meetings.all().find((meeting) => meeting.isAdhoc && meeting.room === room);
  if (body.adhoc && ongoing && ongoing.endAt > now) return ongoing;
  const members = room === undefined ? [] : parts.spaces.membersOf(room).map(({ person }) => person);
  const others = members.filter(({ uuid }) => uuid !== host.uuid);
  const times = body.adhoc ? { startAt: now + 5 * minuteMs, endAt: now + 20 * minuteMs } : timesOf(body, now);
  const meeting: SimulatedMeeting = {
    ...times,
    uuid: parts.newUuid("meeting"),
    host,
    siteUrl: siteOf(host, body.siteUrl),
    room,
    isAdhoc: body.adhoc,
    scheduledType: body.adhoc ? "meeting" : body.scheduledType,
    createdAt: now,
    title: body.title ?? host.displayName,
    agenda: body.agenda,
    password: body.password ?? "",
    recurrence: body.adhoc ? undefined : body.recurrence,
    invitees: body.invitees ?? others.map(({ email, displayName }) => ({ email, displayName })),
    integrationTags: body.adhoc ? [] : (body.integrationTags ?? []),
    options: body.adhoc ? {} : optionsOf(body),
    mails: 0,
  };
  if (body.password === undefined) meeting.password = `Sim${digitsOf(meeting, "password", 6)}x`;
  mailed(meeting, body.sendEmail);
  return parts.meetings.add(meeting);
};

const range = (
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
): { readonly from: number; readonly to: number } => {
  const read = (name: "from" | "to"): number | undefined => {
    const text = query[name];
    if (text === undefined) return undefined;
    const at = instantOf(text, "UTC");
    if (at === undefined) throw new WebexFault(400, `'${name}' is no ISO 8601 date and time.`);
    return at;
  };
  const [from, to] = [read("from"), read("to")];
  const found = { from: from ?? (to === undefined ? now : to - weekMs), to: to ?? (from ?? now) + weekMs };
  if (found.from > found.to) throw new WebexFault(400, "'from' cannot be after 'to'.");
  return found;
};

const listQuery = {
  meetingNumber: z.string().optional(),
  webLink: z.string().optional(),
  roomId: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  meetingType: z.enum(["meetingSeries", "scheduledMeeting", "meeting"]).default("meetingSeries"),
  state: z
    .enum(["active", "scheduled", "ready", "lobby", "inProgress", "ended", "missed", "expired"])
    .optional(),
  scheduledType: z.enum(["meeting", "webinar", "personalRoomMeeting"]).optional(),
  hostEmail: z.string().optional(),
  siteUrl: z.string().optional(),
  integrationTag: z.string().optional(),
  ...paging(10),
};
type ListQuery = z.infer<z.ZodObject<typeof listQuery>>;

const wantedMeetings = (parts: Parts, query: ListQuery, person: SimulatedPerson) => {
  const keys = (["meetingNumber", "webLink", "roomId"] as const).filter((name) => query[name] !== undefined);
  if (keys.length > 1) throw new WebexFault(400, `${keys.join(" and ")} exclude one another.`);
  const seen = parts.meetings
    .found()
    .filter((meeting) => meeting.host.uuid === person.uuid || isInvited(meeting, person))
    .filter((meeting) => !meeting.isAdhoc)
    .filter((meeting) => query.siteUrl === undefined || meeting.siteUrl === query.siteUrl)
    .filter(
      ({ integrationTags: tags }) =>
        query.integrationTag === undefined || tags.includes(query.integrationTag),
    )
    .filter((meeting) => query.scheduledType === undefined || meeting.scheduledType === query.scheduledType);
  if (query.meetingNumber !== undefined)
    return seen.filter((meeting) => meetingNumber(meeting) === query.meetingNumber);
  if (query.webLink !== undefined) return seen.filter((meeting) => webLink(meeting) === query.webLink);
  if (query.roomId !== undefined)
    return seen.filter(({ room }) => room?.uuid === uuidOfId("ROOM", query.roomId ?? ""));
  const { from, to } = range(query, parts.clock.now());
  return seen.filter(
    (meeting) =>
      // A series goes on after its first time.
      (meeting.recurrence === undefined ? meeting.startAt >= from : true) && meeting.startAt < to,
  );
};

const listing = (parts: Parts): Operation =>
  operation({
    method: "GET",
    path: "/v1/meetings",
    scopes: readers,
    gaps: [
      "current",
      "hasChat",
      "hasClosedCaption",
      "hasPolls",
      "hasQA",
      "hasRecording",
      "hasSlido",
      "hasSummary",
      "hasTranscription",
      "isModified",
      "meetingSeriesId",
    ],
    query: listQuery,
    handle: (call) => {
      const { caller, query } = call;
      if (query.meetingType !== "meetingSeries")
        throw new WebexFault(501, "Single meetings of a series are not simulated.", [
          "SimulatorNotImplemented",
        ]);
      const person = hostOf(parts, caller, query.hostEmail, "meeting:admin_schedule_read");
      const bodies = wantedMeetings(parts, query, person)
        .map((meeting) => shown(parts, meeting, person))
        .filter((body) => query.state === undefined || body["state"] === query.state);
      const { page, headers: link } = pageOf(call, bodies, (body) => String(body["id"]), sizeMax);
      return { headers: { ...headers, ...link }, body: { items: page } };
    },
  });

const changed = (
  parts: Parts,
  meeting: SimulatedMeeting,
  change: z.infer<typeof MeetingChange>,
): SimulatedMeeting => {
  const iso = (at: number): string => new Date(at).toISOString();
  const times =
    change.start === undefined && change.end === undefined
      ? {}
      : timesOf(
          {
            start: change.start ?? iso(meeting.startAt),
            end: change.end ?? iso(meeting.endAt),
            timezone: change.timezone,
          },
          parts.clock.now(),
        );
  Object.assign(meeting, times);
  meeting.title = change.title ?? meeting.title;
  meeting.password = change.password ?? meeting.password;
  meeting.integrationTags = change.integrationTags ?? meeting.integrationTags;
  meeting.options = { ...meeting.options, ...optionsOf(change) };
  if (change.agenda !== undefined) meeting.agenda = change.agenda ?? undefined;
  if (change.recurrence !== undefined) meeting.recurrence = change.recurrence ?? undefined;
  mailed(meeting, change.sendEmail);
  return meeting;
};

const changeBy = (parts: Parts, method: "PUT" | "PATCH"): Operation =>
  operation({
    method,
    path: "/v1/meetings/:meetingId",
    scopes: writers,
    body: method === "PUT" ? MeetingReplacement : MeetingChange,
    gaps: meetingGaps,
    handle: ({ caller, params, body }) => {
      const host = hostOf(parts, caller, body.hostEmail, "meeting:admin_schedule_write");
      const meeting = hostedMeeting(parts, params["meetingId"], host);
      return { headers, body: shown(parts, changed(parts, meeting, body), host) };
    },
  });

/** Meetings: made, found, changed and ended by their hosts, or by administrators for them. */
export const meetingOperations = (parts: Parts): Operation[] => [
  operation({
    method: "POST",
    path: "/v1/meetings",
    scopes: writers,
    body: MeetingBody,
    gaps: meetingGaps,
    handle: ({ caller, body }) => {
      const meeting = makeMeeting(parts, caller, body);
      return { headers, body: shown(parts, meeting, meeting.host) };
    },
  }),
  listing(parts),
  operation({
    method: "GET",
    path: "/v1/meetings/:meetingId",
    scopes: readers,
    query: { hostEmail: z.string().optional(), current: z.enum(["true", "false"]).optional() },
    handle: ({ caller, params, query }) => {
      const person = hostOf(parts, caller, query.hostEmail, "meeting:admin_schedule_read");
      return { headers, body: shown(parts, visibleMeeting(parts, params["meetingId"], person), person) };
    },
  }),
  changeBy(parts, "PATCH"),
  changeBy(parts, "PUT"),
  operation({
    method: "DELETE",
    path: "/v1/meetings/:meetingId",
    scopes: writers,
    query: { hostEmail: z.string().optional(), sendEmail: z.enum(["true", "false"]).default("true") },
    handle: ({ caller, params, query }) => {
      const host = hostOf(parts, caller, query.hostEmail, "meeting:admin_schedule_write");
      const meeting = hostedMeeting(parts, params["meetingId"], host);
      mailed(meeting, query.sendEmail === "true");
      parts.meetings.remove(meeting);
      return { status: 204 };
    },
  }),
];
