import { days, instant, minutes } from "@hybrid/kernel";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { eventIdOf } from "../subject.ts";

/** Meetings of each calendar. */
export const meetingsEach = 40;

const ofCalendar = (objectId: string): number => Number.parseInt(objectId.slice(-12), 10);

/** The object id of the n-th user. */
export const objectIdOf = (n: number): string => `00000000-0000-4000-a000-${String(n).padStart(12, "0")}`;

const eventOf = (user: number, nth: number, version: string, firstAt: number): GraphEvent => {
  const startAt = firstAt + nth * minutes(60) * 22;
  const moment = (at: number) => ({ dateTime: new Date(at).toISOString().slice(0, 19), timeZone: "UTC" });
  return {
    id: eventIdOf(user * meetingsEach + nth),
    "@odata.etag": `W/"${version}"`,
    type: "singleInstance",
    subject: `Harbour works, part ${nth}, as of ${version}`,
    body: {
      contentType: "html",
      content: `<p>What is left to do, point by point, and who does it.</p><a href="https://acme.webex.com/meet/user${user}">Join</a>`,
    },
    start: moment(startAt),
    end: moment(startAt + minutes(30)),
    isAllDay: false,
    isCancelled: false,
    isOrganizer: nth % 3 === 0,
    organizer: { emailAddress: { name: "Sanna Holm", address: "sanna.holm@acme.example" } },
    attendees: [{ emailAddress: { name: "Bo Ek", address: "bo.ek@acme.example" } }],
    responseStatus: { response: "accepted" },
    showAs: "busy",
    sensitivity: "normal",
    location: { displayName: "Room Skagerrak" },
  };
};

/** Calendars of many users in memory; Graph itself is not what is measured. */
export class Calendars {
  readonly #changes = new Map<number, number>();
  readonly #firstAt: number;
  readonly #run: string;

  /**
   * `now` is the same for all processes of a bench, so that a second reading finds nothing new; `run` is not,
   * so that what this process changes is not what another one has changed before it.
   */
  constructor(now: number, run: string) {
    this.#run = run;
    this.#firstAt = instant(Math.floor(now / days(1)) * days(1) - days(5));
  }

  /** Changes one meeting of a user's calendar. */
  change(user: number): void {
    this.#changes.set(user, (this.#changes.get(user) ?? 0) + 1);
  }

  /** All meetings of a calendar; each change touched another one. */
  view(objectId: string): readonly GraphEvent[] {
    const user = ofCalendar(objectId);
    const changes = this.#changes.get(user) ?? 0;
    return Array.from({ length: meetingsEach }, (_, nth) => {
      const times = Math.max(0, Math.ceil((changes - nth) / meetingsEach));
      return eventOf(user, nth, times === 0 ? "0" : `${this.#run}.${times}`, this.#firstAt);
    });
  }
}
