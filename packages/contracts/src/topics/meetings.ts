import type { Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** How a meeting is joined, as its invitation tells. */
export interface MeetingJoin {
  /** Whose meeting it is, for example `webex`, `microsoft-teams` or `zoom`. */
  readonly service: string;
  readonly url: string | null;
  /** A video address such as `123456789@acme.webex.com`. */
  readonly video: string | null;
  readonly meetingId: string | null;
  readonly passcode: string | null;
}

/** One meeting of a user's list: a single event, or one occurrence of a series. */
export interface Meeting {
  /** Graph's immutable id of the event or occurrence. */
  readonly eventId: string;
  /** `W/"<changeKey>"` of the version that was read. */
  readonly etag: string;
  readonly seriesMasterId: string | null;
  /** It differs from its series: moved, or changed otherwise. */
  readonly isException: boolean;
  /** Null: it is private, or has none. */
  readonly subject: string | null;
  readonly startAt: number;
  readonly endAt: number;
  /** First day of an all-day event as its calendar shows it, `YYYY-MM-DD`; null for any other. */
  readonly allDayDate: string | null;
  /** When the series planned it, if that is another time than the start. */
  readonly movedFrom: number | null;
  readonly isCancelled: boolean;
  readonly isOrganizer: boolean;
  /** Its subject, place and organiser are kept back. */
  readonly isPrivate: boolean;
  /** Graph's freeBusyStatus, such as `busy` and `free`. */
  readonly showAs: string;
  /** The user's own answer, Graph's responseType. */
  readonly response: string;
  readonly organizerName: string | null;
  readonly organizerAddress: string | null;
  readonly location: string | null;
  /** People and resources invited. */
  readonly attendeesCount: number;
  readonly join: MeetingJoin | null;
  /** Of the user: subject, organiser, place and how it is joined, which are null beside it. */
  readonly sealedTexts?: Sealed<MeetingTexts> | null;
}

/** What of a meeting is sealed together. */
export type MeetingTexts = Partial<
  Pick<Meeting, "subject" | "organizerName" | "organizerAddress" | "location" | "join">
>;

const nullable = (name: string) => ({ name, type: ["null", "string"] });

const joinFields: readonly AvroSchema[] = [
  { name: "service", type: "string" },
  nullable("url"),
  nullable("video"),
  nullable("meetingId"),
  nullable("passcode"),
];

const meetingFields: readonly AvroSchema[] = [
  { name: "eventId", type: "string" },
  { name: "etag", type: "string" },
  nullable("seriesMasterId"),
  { name: "isException", type: "boolean" },
  nullable("subject"),
  { name: "startAt", type: "long" },
  { name: "endAt", type: "long" },
  nullable("allDayDate"),
  { name: "movedFrom", type: ["null", "long"] },
  { name: "isCancelled", type: "boolean" },
  { name: "isOrganizer", type: "boolean" },
  { name: "isPrivate", type: "boolean" },
  { name: "showAs", type: "string" },
  { name: "response", type: "string" },
  nullable("organizerName"),
  nullable("organizerAddress"),
  nullable("location"),
  { name: "attendeesCount", type: "int" },
  { name: "join", type: ["null", { type: "record", name: "MeetingJoin", fields: joinFields }] },
];

const schemaOf = (fields: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "Meeting",
  namespace: "hybrid",
  fields,
});

/** The meetings of every user within the window of the list; who leaves it gets a tombstone. */
export const meetings = defineTopic<Meeting>({
  name: "meetings",
  doc: "The meetings of every user from a week ago to a month ahead, series expanded; one record each.",
  keyDoc: "`<org>/u-<user>/<meeting>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["meetings"],
  operatorReads: "tells how far an erasure has come",
  versions: [schemaOf(meetingFields), schemaOf([...meetingFields, sealedField("texts", "user")])],
});
