import { roomCommands } from "@hybrid/contracts";
import { table } from "@hybrid/hybrid";
import { actorIdOf, hours, minutes, partitionOf, seconds } from "@hybrid/kernel";
import { defineChapter, type Scenery } from "../chapter.ts";
import { type MeetingsCast, type PlayedMeeting, type PlayedRoom, prepareMeetings } from "./cast.ts";
import { checkMeetings } from "./checks.ts";
import { offersExpected } from "./model.ts";
import { meetingFaults } from "./planted.ts";

const endsAfterMs = hours(3);
const lookEveryMs = minutes(1);

/** What the screen offers: bookings whose button is there now. */
const offeredBy = ({ device }: PlayedRoom, now: number): readonly string[] =>
  device.bookings.flatMap(({ Title = "", Time }) => {
    const startAt = Date.parse(Time.StartTime);
    const shownAt = startAt - (Time.StartTimeBuffer ?? 300) * 1_000;
    return shownAt <= now && now < startAt + Time.Duration * 60_000 ? [Title] : [];
  });

/** The administrator's order, as `hybrid rooms` writes it; from then on somebody looks at every screen. */
const follow = async ({ tenantId, rooms }: MeetingsCast, scenery: Scenery): Promise<void> => {
  const { org, log, clock, partitions } = scenery.administrator;
  const key = actorIdOf(`${org}/o`);
  const timestamp = clock.now();
  const value = roomCommands.encode({ kind: "follow", tenantId, requestedAt: timestamp });
  const partition = partitionOf(key, partitions);
  await log.append([{ topic: roomCommands.name, partition, key, value, timestamp }]);
  // Half a minute beside the full ones, at which people act.
  for (let ms = minutes(15) + seconds(30); ms < endsAfterMs; ms += lookEveryMs)
    scenery.after(ms, () => {
      const at = scenery.startedAt + ms;
      for (const room of rooms) room.looks.push({ at, offered: offeredBy(room, at) });
    });
};

interface Plan {
  readonly title: string;
  readonly startMs: number;
  readonly lengthMs: number;
  readonly canBeJoined?: boolean;
  readonly attendees?: readonly string[];
}

const invite = (cast: MeetingsCast, scenery: Scenery, room: PlayedRoom, plan: Plan): PlayedMeeting => {
  const { startedAt, stage } = scenery;
  const { title, startMs, lengthMs, canBeJoined = true } = plan;
  const meeting = { startAt: startedAt + startMs, endAt: startedAt + startMs + lengthMs };
  const { immutableId: eventId } = stage.graph.createEvent(cast.organiser, {
    subject: title,
    ...meeting,
    attendees: [room.mail],
    location: canBeJoined ? "https://rooms.webex.com/meet/olga" : room.name,
  });
  const played = { title, canBeJoined, eventId, versions: [{ at: stage.clock.now(), meeting }] };
  room.meetings.push(played);
  return played;
};

/** Meetings one after the other, some in the same slot, some without anything to join. */
const plan = (cast: MeetingsCast, scenery: Scenery): void => {
  for (const room of cast.rooms) {
    let startMs = minutes(30);
    for (let n = 1; startMs < hours(2.6); n++) {
      const lengthMs = minutes(5 * (1 + Math.floor(scenery.dice() * 5)));
      const title = `${room.name} ${n}`;
      invite(cast, scenery, room, { title, startMs, lengthMs, canBeJoined: scenery.dice() < 0.85 });
      if (scenery.dice() < 0.2) invite(cast, scenery, room, { title: `${title} too`, startMs, lengthMs });
      startMs += lengthMs + (scenery.dice() < 0.5 ? 0 : minutes(5 * Math.floor(scenery.dice() * 3)));
    }
  }
};

const ahead = ({ meetings }: PlayedRoom, now: number): readonly PlayedMeeting[] =>
  meetings.filter(({ versions }) => (versions.at(-1)?.meeting?.startAt ?? 0) > now);

/** In every room one meeting that lies ahead is moved, and one is cancelled. */
const change = (cast: MeetingsCast, scenery: Scenery): void => {
  const { graph, clock } = scenery.stage;
  const at = clock.now();
  for (const room of cast.rooms) {
    const candidates = ahead(room, at);
    const pick = (): PlayedMeeting | undefined => candidates[Math.floor(scenery.dice() * candidates.length)];
    const [moved, cancelled] = [pick(), pick()];
    const before = moved?.versions.at(-1)?.meeting;
    if (moved && before) {
      const byMs = minutes(5 * (1 + Math.floor(scenery.dice() * 4)));
      const meeting = { startAt: before.startAt + byMs, endAt: before.endAt + byMs };
      graph.updateEvent(cast.organiser, moved.eventId, meeting);
      moved.versions.push({ at, meeting });
    }
    if (cancelled && cancelled !== moved) {
      graph.deleteEvent(cast.organiser, cancelled.eventId);
      cancelled.versions.push({ at, meeting: null });
    }
  }
};

/** The devices of two rooms lose their network for a while; the second one forgets what it showed. */
const disconnect = ({ rooms }: MeetingsCast, scenery: Scenery): void => {
  for (const [index, room] of rooms.slice(0, 2).entries()) {
    const from = scenery.stage.clock.now();
    const lastsMs = minutes(20 + 5 * index);
    room.device.connectionStatus = "disconnected";
    room.outages.push({ from, until: from + lastsMs });
    scenery.after(from - scenery.startedAt + lastsMs, () => {
      room.device.connectionStatus = "connected";
    });
  }
};

const report = ({ rooms }: MeetingsCast): string => {
  const rows = rooms.map((room) => [
    room.name,
    room.meetings.length,
    room.meetings.reduce((sum, { versions }) => sum + versions.length - 1, 0),
    room.outages.length,
    room.looks.length,
    offersExpected(room),
  ]);
  return table(["room", "meetings", "changes", "times offline", "looks", "buttons expected"], rows);
};

/** Devices of rooms offer their meetings. */
export const meetings = defineChapter<MeetingsCast>({
  name: "meetings",
  title: "Devices of meeting rooms offer to join, five minutes before each meeting",
  prepare: prepareMeetings,
  scenes: [
    { afterMs: 0, text: "an administrator lets devices follow the calendars of their rooms", play: follow },
    { afterMs: minutes(5), text: "people book rooms, some of them twice", play: plan },
    { afterMs: minutes(40), text: "meetings are moved and cancelled", play: change },
    { afterMs: minutes(65), text: "two devices lose their network", play: disconnect },
    { afterMs: minutes(72), text: "meetings are moved while devices are offline", play: change },
    { afterMs: minutes(110), text: "meetings are moved and cancelled", play: change },
  ],
  endsAfterMs,
  killAfterRequests: 100,
  judge: checkMeetings,
  report,
  plantedFaults: meetingFaults,
});
