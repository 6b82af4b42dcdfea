import { createEstate, type Estate } from "./devices/estate.ts";
import type { SimulatedGroup } from "./group.ts";
import { MeetingChats } from "./meetings/meeting-chats.ts";
import { Meetings } from "./meetings/meetings.ts";
import { createPeople, type People } from "./organization.ts";
import { Presences } from "./presence/presences.ts";
import { EventFeed } from "./spaces/event-feed.ts";
import { LinkedFolders } from "./spaces/linked-folders.ts";
import type { Change, FileState } from "./spaces/space.ts";
import { Spaces } from "./spaces/spaces.ts";
import { uuidFor } from "./webex-id.ts";
import { Webhooks } from "./webhooks/delivery.ts";

/** What the operations work on. */
export interface Parts extends Estate {
  readonly clock: { now(): number };
  readonly people: People;
  readonly spaces: Spaces;
  readonly groups: Map<string, SimulatedGroup>;
  readonly linkedFolders: LinkedFolders;
  readonly meetings: Meetings;
  readonly meetingChats: MeetingChats;
  readonly feed: EventFeed;
  readonly presences: Presences;
  readonly webhooks: Webhooks;
  /** A UUID from the seed, another one at every call. */
  readonly newUuid: (what: string) => string;
  /** `https://<name>:<port>`, under which files lie. */
  readonly origin: () => string;
  /** The state in which an uploaded file begins. */
  readonly newFileState: () => FileState;
  /** Seconds in Retry-After while a file is scanned. */
  readonly scanRetryAfterSeconds: number;
}

/** Where the parts get what they do not make themselves. */
export interface PartsOptions {
  readonly clock: { now(): number };
  readonly seed: number;
  readonly origin: () => string;
  readonly newFileState: () => FileState;
  /** PEM of the authority whose certificates webhooks' receivers have; the usual ones when undefined. */
  readonly caPem: string | undefined;
}

/** Puts the parts together. */
export const assemble = (options: PartsOptions): Parts => {
  const { clock, seed } = options;
  const uuid = (name: string): string => uuidFor(`seed ${seed} ${name}`);
  const people = createPeople();
  const feed = new EventFeed(uuid);
  const webhooks = new Webhooks(clock, options.caPem);
  let made = 0;
  const changed = (change: Change): void => {
    const orgs = change.memberUuids.flatMap((member) => people.byUuid(member)?.orgId ?? []);
    feed.add(change, new Set(orgs));
    webhooks.changed(change);
  };
  const spaces = new Spaces({ clock, people, uuid, origin: options.origin, changed });
  const newUuid = (what: string): string => uuid(`${what} ${made++}`);
  return {
    ...createEstate(clock, newUuid),
    clock,
    people,
    spaces,
    groups: new Map(),
    linkedFolders: new LinkedFolders(),
    meetings: new Meetings(clock),
    meetingChats: new MeetingChats({ clock, feed, newUuid }),
    feed,
    presences: new Presences(clock),
    webhooks,
    newUuid,
    origin: options.origin,
    newFileState: options.newFileState,
    scanRetryAfterSeconds: 5,
  };
};
