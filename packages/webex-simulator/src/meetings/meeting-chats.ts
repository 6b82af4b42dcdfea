import type { SimulatedPerson } from "../organization.ts";
import type { EventFeed, FeedEvent } from "../spaces/event-feed.ts";
import { webexIdText } from "../webex-id.ts";

/** A message that somebody wrote in a meeting. */
export interface MeetingMessage {
  readonly uuid: string;
  /** As the API shows a meeting instance, for example `16ce..._I_183979003076423608`. */
  readonly meetingId: string;
  readonly person: SimulatedPerson;
  /** Whom it was sent to; everybody in the meeting when empty. */
  readonly recipients: readonly SimulatedPerson[];
  readonly text: string;
}

interface MeetingChatsPorts {
  readonly clock: { now(): number };
  readonly feed: EventFeed;
  readonly newUuid: (what: string) => string;
}

/** The chats of meetings. Webex tells of them in the compliance feed alone: no request reads a message. */
export class MeetingChats {
  readonly #ports: MeetingChatsPorts;

  constructor(ports: MeetingChatsPorts) {
    this.#ports = ports;
  }

  /** Writes a message. */
  post(message: Omit<MeetingMessage, "uuid">): MeetingMessage {
    const posted = { ...message, uuid: this.#ports.newUuid("meeting message") };
    this.#tell("created", posted);
    return posted;
  }

  /** Replaces the text of a message. */
  edit(message: MeetingMessage, text: string): MeetingMessage {
    const edited = { ...message, text };
    this.#tell("updated", edited);
    return edited;
  }

  /** Deletes a message; the feed still says what it was. */
  remove(message: MeetingMessage): void {
    this.#tell("deleted", message);
  }

  #tell(type: FeedEvent["type"], message: MeetingMessage): void {
    const { uuid, meetingId, person, recipients, text } = message;
    const at = this.#ports.clock.now();
    const to = recipients.map(({ id, email }) => ({ personId: id, personEmail: email }));
    this.#ports.feed.tell({
      at,
      resource: "meetingMessages",
      type,
      actorId: person.id,
      ownerOrg: person.orgId,
      orgs: new Set(recipients.map(({ orgId }) => orgId)),
      data: {
        id: webexIdText("MEETING_MESSAGE", uuid),
        meetingId,
        text,
        personId: person.id,
        personEmail: person.email,
        type: to.length === 0 ? "group" : "direct",
        ...(to.length === 0 ? {} : { recipients: to }),
        created: new Date(at).toISOString(),
      },
    });
  }
}
