import { createHash } from "node:crypto";
import type { SimulatedPerson } from "../organization.ts";
import type { Room } from "../spaces/space.ts";

/** Somebody who is invited to a meeting. */
export interface Invitee {
  readonly email: string;
  readonly displayName?: string | undefined;
  readonly coHost?: boolean | undefined;
  readonly panelist?: boolean | undefined;
}

/** A meeting of Webex, once or as a series. */
export interface SimulatedMeeting {
  readonly uuid: string;
  readonly host: SimulatedPerson;
  readonly siteUrl: string;
  readonly room: Room | undefined;
  readonly isAdhoc: boolean;
  readonly scheduledType: "meeting" | "personalRoomMeeting";
  readonly createdAt: number;
  title: string;
  agenda: string | undefined;
  password: string;
  startAt: number;
  endAt: number;
  recurrence: string | undefined;
  invitees: readonly Invitee[];
  integrationTags: readonly string[];
  /** Everything else that was asked for and is told again: options of the meeting. */
  options: Readonly<Record<string, unknown>>;
  /** How many mails Webex has sent about it: to the host and each invitee, unless asked not to. */
  mails: number;
}

/** What can be odd about meetings; programs set it. */
export interface MeetingFaults {
  /** Milliseconds for which a new meeting is 404, as was seen after its webhook. */
  hiddenForMs: number;
}

const dayMs = 24 * 3_600_000;
/** Meetings that somebody may ask for within 24 hours. */
export const dailyMax = { byOneself: 100, byAdministrator: 3_000, forOneHost: 800 } as const;

interface Asked {
  readonly at: number;
  readonly askerUuid: string;
  readonly hostUuid: string;
}

/** Every meeting; the simulator's own truth. */
export class Meetings {
  readonly faults: MeetingFaults = { hiddenForMs: 0 };
  readonly #all = new Map<string, { readonly meeting: SimulatedMeeting; readonly visibleAt: number }>();
  readonly #clock: { now(): number };
  #asked: Asked[] = [];

  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  /** Counts a request for a meeting, also one that fails; undefined lets it through, else seconds to wait. */
  retryAfterSeconds(askerUuid: string, hostUuid: string, isAdmin: boolean): number | undefined {
    const now = this.#clock.now();
    this.#asked = this.#asked.filter(({ at }) => at > now - dayMs);
    const own = this.#asked.filter((asked) => asked.askerUuid === askerUuid);
    const forHost = own.filter((asked) => asked.hostUuid === hostUuid);
    this.#asked.push({ at: now, askerUuid, hostUuid });
    const isOver = isAdmin
      ? own.length >= dailyMax.byAdministrator || forHost.length >= dailyMax.forOneHost
      : own.length >= dailyMax.byOneself;
    if (!isOver) return undefined;
    return Math.max(1, Math.ceil(((own[0]?.at ?? now) + dayMs - now) / 1_000));
  }

  /** Makes a meeting. */
  add(meeting: SimulatedMeeting): SimulatedMeeting {
    const visibleAt = this.#clock.now() + this.faults.hiddenForMs;
    this.#all.set(meeting.uuid, { meeting, visibleAt });
    return meeting;
  }

  /** Ends a meeting. */
  remove(meeting: SimulatedMeeting): void {
    this.#all.delete(meeting.uuid);
  }

  /** Every meeting, also those that few may see, by start. */
  all(): readonly SimulatedMeeting[] {
    return [...this.#all.values()]
      .map(({ meeting }) => meeting)
      .sort((a, b) => a.startAt - b.startAt || (a.uuid < b.uuid ? -1 : 1));
  }

  /** Those that requests find by now. */
  found(): readonly SimulatedMeeting[] {
    const now = this.#clock.now();
    return this.all().filter(({ uuid }) => (this.#all.get(uuid)?.visibleAt ?? 0) <= now);
  }

  /** By the id that the API shows, when requests find it by now. */
  byId(id: string): SimulatedMeeting | undefined {
    return this.found().find((meeting) => meetingId(meeting) === id);
  }
}

/** 32 hexadecimal digits, as the API shows it. */
export const meetingId = ({ uuid }: SimulatedMeeting): string => uuid.replaceAll("-", "");

/** Digits that depend on the meeting and on what they are for. */
export const digitsOf = ({ uuid }: SimulatedMeeting, what: string, count: number): string =>
  BigInt(`0x${createHash("sha256").update(`${what} ${uuid}`).digest("hex").slice(0, 24)}`)
    .toString()
    .padStart(count, "7")
    .slice(-count);

/** Eleven digits that begin with 2. */
export const meetingNumber = (meeting: SimulatedMeeting): string => `2${digitsOf(meeting, "number", 10)}`;

/** The address of the meeting's page. */
export const webLink = (meeting: SimulatedMeeting): string => {
  const site = meeting.siteUrl.split(".", 1)[0] ?? "";
  return `https://${meeting.siteUrl}/${site}/j.php?MTID=m${meetingId(meeting)}`;
};
