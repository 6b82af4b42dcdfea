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
  /** BCP 47; part of the truth, though no call of this simulator shows it (SCIM's preferredLanguage does). */
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
}

const normal = (email: string): string => email.toLowerCase();

/** An empty set of people. */
export const createPeople = (): People => {
  const people: SimulatedPerson[] = [];
  const byAddress = new Map<string, SimulatedPerson>();
  return {
    add(person) {
      const uuid = uuidFor(`${person.orgId} ${normal(person.email)}`);
      const added: SimulatedPerson = { ...person, uuid, id: webexIdText("PEOPLE", uuid) };
      const addresses = [person.email, ...(person.aliases ?? [])].map(normal);
      const taken = addresses.find((address) => byAddress.has(address));
      if (taken !== undefined)
        throw new Error(`the address ${taken} already belongs to another simulated person`);
      for (const address of addresses) byAddress.set(address, added);
      people.push(added);
      return added;
    },
    all: () => people,
    byEmail(orgId, email) {
      const found = byAddress.get(normal(email));
      return found?.orgId === orgId ? found : undefined;
    },
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
  created: "2025-01-01T00:00:00.000Z",
  lastModified: "2025-01-01T00:00:00.000Z",
  status: "active",
  invitePending: "false",
  loginEnabled: "true",
  type: "person",
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
