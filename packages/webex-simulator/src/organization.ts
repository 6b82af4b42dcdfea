import { uuidFor, webexIdText } from "./webex-id.ts";

/**
 * What a personal room answers; everything left out gets a plausible value made from the person's address.
 */
export interface PersonalRoomSettings {
  /** The path part of the link, `https://<site>/meet/<name>`; the address's local part when left out. */
  readonly name?: string;
  readonly topic?: string;
  /** Secret: opens the room as host. It stands in real answers too, and must never leave a client. */
  readonly hostPin?: string;
  readonly dialInIpAddress?: string;
  readonly accessCode?: string;
  readonly callInNumbers?: readonly { readonly label: string; readonly callInNumber: string }[];
}

/** A person to create. */
export interface NewPerson {
  /** The organisation's bare UUID, or any text that stands for it. */
  readonly orgId: string;
  /** The primary mail address; lookups ignore case, as the real service does. */
  readonly email: string;
  readonly aliases?: readonly string[];
  readonly displayName: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly nickName?: string;
  readonly title?: string;
  readonly department?: string;
  /** Names of roles, for example `id_full_admin`; their ids are made from the names. */
  readonly roles?: readonly string[];
  /** Names of licences; their ids are made from the names. */
  readonly licenses?: readonly string[];
  /** IANA name. */
  readonly timeZone?: string;
  /** Site host names such as `acme.webex.com`; the first one is the person's default site. */
  readonly sites: readonly string[];
  /** The room lies on the default site; a person without one gets 404. */
  readonly personalRoom?: PersonalRoomSettings;
  /** `person` when left out. */
  readonly type?: "person" | "bot";
  /** The key in another directory; SCIM shows it, the People API does not. */
  readonly externalId?: string;
  /** False for somebody who was invited and has not signed in; true when left out. */
  readonly hasSignedIn?: boolean;
  /** False for somebody an administrator blocked; true when left out. */
  readonly loginEnabled?: boolean;
  /** Milliseconds since 1970; the start of 2025 when left out. */
  readonly createdAt?: number;
  readonly modifiedAt?: number;
  /** BCP 47; SCIM's preferredLanguage. */
  readonly language?: string;
}

/** A person as the simulator knows it. */
export interface SimulatedPerson extends NewPerson {
  readonly uuid: string;
  /** The id the API shows. */
  readonly id: string;
}

/** The people of every organisation; the simulator's own truth. */
export interface People {
  add(person: NewPerson): SimulatedPerson;
  all(): readonly SimulatedPerson[];
  byEmail(orgId: string, email: string): SimulatedPerson | undefined;
  /** By address in whichever organisation. */
  byAnyEmail(email: string): SimulatedPerson | undefined;
  byUuid(uuid: string): SimulatedPerson | undefined;
  /** Replaces what is given, keeps the id; throws like `add` when an address is taken. */
  update(uuid: string, change: Partial<NewPerson>): SimulatedPerson;
  remove(uuid: string): void;
}

const normal = (email: string): string => email.toLowerCase();

/** An address that another person has. */
export class AddressTaken extends Error {
  override readonly name = "AddressTaken";
}

const addressesOf = (person: NewPerson): readonly string[] =>
  [person.email, ...(person.aliases ?? [])].map(normal);

/** An empty set of people. */
export const createPeople = (): People => {
  const byUuid = new Map<string, SimulatedPerson>();
  const byAddress = new Map<string, SimulatedPerson>();
  const made = new Map<string, number>();
  const put = (person: SimulatedPerson): SimulatedPerson => {
    const taken = addressesOf(person).find((address) => {
      const owner = byAddress.get(address);
      return owner !== undefined && owner.uuid !== person.uuid;
    });
    if (taken !== undefined)
      throw new AddressTaken(`the address ${taken} already belongs to another simulated person`);
    for (const address of addressesOf(byUuid.get(person.uuid) ?? person)) byAddress.delete(address);
    for (const address of addressesOf(person)) byAddress.set(address, person);
    byUuid.set(person.uuid, person);
    return person;
  };
  return {
    add(person) {
      // Somebody who was removed and comes back has another id, as at Webex.
      const name = `${person.orgId} ${normal(person.email)}`;
      const times = made.get(name) ?? 0;
      const uuid = uuidFor(times === 0 ? name : `${name} ${times}`);
      const added = put({ ...person, uuid, id: webexIdText("PEOPLE", uuid) });
      made.set(name, times + 1);
      return added;
    },
    all: () => [...byUuid.values()],
    byEmail(orgId, email) {
      const found = byAddress.get(normal(email));
      return found?.orgId === orgId ? found : undefined;
    },
    byAnyEmail: (email) => byAddress.get(normal(email)),
    byUuid: (uuid) => byUuid.get(uuid),
    update(uuid, change) {
      const person = byUuid.get(uuid);
      if (!person) throw new Error(`no simulated person has the UUID ${uuid}`);
      return put({ ...person, ...change });
    },
    remove(uuid) {
      const person = byUuid.get(uuid);
      if (!person) return;
      for (const address of addressesOf(person)) byAddress.delete(address);
      byUuid.delete(uuid);
    },
  };
};

const startOf2025 = Date.UTC(2025, 0, 1);

/** When the person was created and last changed, as ISO 8601 in UTC. */
export const timesOf = (person: NewPerson): { readonly created: string; readonly lastModified: string } => {
  const createdAt = person.createdAt ?? startOf2025;
  return {
    created: new Date(createdAt).toISOString(),
    lastModified: new Date(person.modifiedAt ?? createdAt).toISOString(),
  };
};

const present = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** The id of a role or licence, made from its name. */
export const idOfName = (kind: "ROLE" | "LICENSE", name: string): string =>
  webexIdText(kind, uuidFor(`${kind} ${name}`));

/** What `people/me` shows when the token is a service app's and stands for nobody. */
export const machineBody = (orgId: string, token: string): Record<string, unknown> => ({
  id: webexIdText("APPLICATION", uuidFor(token)),
  emails: [`${uuidFor(token)}@appid.ciscospark.com`],
  displayName: "Service app",
  orgId: webexIdText("ORGANIZATION", orgId),
  created: "2025-01-01T00:00:00.000Z",
  type: "appuser",
});

/** The person as GET /people shows it (developer.webex.com, People API). */
export const personBody = (person: SimulatedPerson): Record<string, unknown> => ({
  id: person.id,
  emails: [person.email, ...(person.aliases ?? [])],
  displayName: person.displayName,
  ...present({
    firstName: person.firstName,
    lastName: person.lastName,
    nickName: person.nickName,
    title: person.title,
    department: person.department,
    timezone: person.timeZone,
  }),
  roles: (person.roles ?? []).map((name) => idOfName("ROLE", name)),
  licenses: (person.licenses ?? []).map((name) => idOfName("LICENSE", name)),
  orgId: webexIdText("ORGANIZATION", person.orgId),
  siteUrls: person.sites.map((site, index) => (index === 0 ? site : `${site}#attendee`)),
  sipAddresses: person.personalRoom
    ? [{ type: "personal-room", value: roomSipAddress(person, person.personalRoom), primary: false }]
    : [],
  ...timesOf(person),
  status: person.hasSignedIn === false ? "pending" : "active",
  invitePending: String(person.hasSignedIn === false),
  loginEnabled: String(person.loginEnabled !== false),
  type: person.type ?? "person",
});

const localPart = (email: string): string => normal(email).split("@", 1)[0] ?? "";

const roomName = (person: SimulatedPerson, room: PersonalRoomSettings): string =>
  room.name ?? localPart(person.email);

const roomSipAddress = (person: SimulatedPerson, room: PersonalRoomSettings): string =>
  `${roomName(person, room)}@${person.sites[0] ?? ""}`;

/** Digits that depend on the person alone. */
const digits = (person: SimulatedPerson, count: number): string =>
  BigInt(`0x${person.uuid.replaceAll("-", "")}`)
    .toString()
    .padStart(count, "7")
    .slice(-count);

/** The personal room as GET /meetingPreferences/personalMeetingRoom shows it, host PIN included. */
export const personalRoomBody = (
  person: SimulatedPerson,
  room: PersonalRoomSettings,
): Record<string, unknown> => ({
  topic: room.topic ?? `${person.displayName}'s room`,
  hostPin: room.hostPin ?? digits(person, 4),
  personalMeetingRoomLink: `https://${person.sites[0] ?? ""}/meet/${roomName(person, room)}`,
  enabledAutoLock: true,
  autoLockMinutes: 10,
  enabledNotifyHost: false,
  supportCoHost: false,
  supportAnyoneAsCoHost: false,
  allowFirstUserToBeCoHost: false,
  allowAuthenticatedDevices: false,
  coHosts: [],
  sipAddress: roomSipAddress(person, room),
  dialInIpAddress: room.dialInIpAddress ?? "203.0.113.7",
  telephony: {
    accessCode: room.accessCode ?? digits(person, 10),
    callInNumbers: (room.callInNumbers ?? [{ label: "Sweden Toll", callInNumber: "+46-8-5050-0100" }]).map(
      (number) => ({ ...number, tollType: "toll" }),
    ),
  },
});
