import { createHash } from "node:crypto";

/** Milliseconds of a minute and an hour; the scenario counts in these. */
const minute = 60_000;
const hour = 60 * minute;

/** What is wrong with a mailbox at the start of the day. */
export type MailboxFault = "onPremises" | "unlicensed" | "softDeleted" | "outOfScope";

/** The three tenants of the organisation, by what happens to them. */
export type TenantRole = "steady" | "throttled" | "revoked";

/** A tenant of the organisation. */
export interface DemoTenant {
  readonly role: TenantRole;
  readonly tenantId: string;
  readonly displayName: string;
}

/** A person with a mailbox. */
export interface DemoPerson {
  readonly user: string;
  readonly objectId: string;
  readonly tenant: DemoTenant;
  readonly mailAddress: string;
  readonly locale: "en-US" | "sv-SE" | "de-DE";
  readonly fault: MailboxFault | null;
  /** When an administrator repairs the fault, after the start; null: never. */
  readonly repairedAfterMs: number | null;
  readonly hasPersonalRoom: boolean;
}

/** Something a person does to an invitation. */
export interface MeetingChange {
  readonly afterMs: number;
  readonly location?: string;
  /** A paragraph that the person types at the top of the body as it stands then. */
  readonly typed?: string;
  /** Of a series: the second occurrence alone is said to take place there. */
  readonly secondOccurrence?: string;
}

/** A meeting that a person puts into the calendar. */
export interface DemoMeeting {
  readonly name: string;
  readonly organiser: DemoPerson;
  readonly attendees: readonly DemoPerson[];
  readonly createdAfterMs: number;
  /** Relative to its creation; negative: it lies in the past. */
  readonly startsAfterMs: number;
  readonly location: string;
  readonly body: string;
  readonly teams: boolean;
  readonly weekly: boolean;
  readonly changes: readonly MeetingChange[];
  /** Its notifications never leave; only a resync can find it. */
  readonly unnoticed: boolean;
}

/** The whole play: who there is and what they do. */
export interface DemoOrganisation {
  readonly org: string;
  readonly tenants: readonly DemoTenant[];
  readonly people: readonly DemoPerson[];
  readonly meetings: readonly DemoMeeting[];
}

/** When what happens, after the start of the day. */
export const timeline = {
  throttledUntilMs: 20 * minute,
  throttleRetryAfterSeconds: 600,
  meetingsFromMs: 30 * minute,
  changesFromMs: 50 * minute,
  unnoticedFromMs: 70 * minute,
  missedMs: 75 * minute,
  subscriptionsRemovedMs: 80 * minute,
  reauthorizationMs: 85 * minute,
  licencesGivenMs: 90 * minute,
  consentRevokedMs: 3 * hour,
  consentGivenMs: 6 * hour,
  scopeWidenedMs: 7 * hour,
  endMs: 28 * hour,
} as const;

/** Numbers in [0, 1) from a seed (mulberry32); the play must not depend on chance. */
export const diceOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A GUID made of a text, always the same. */
export const guidOf = (text: string): string => {
  const hex = createHash("sha256").update(text).digest("hex");
  const [a, b, c, d, e] = [
    [0, 8],
    [8, 12],
    [13, 16],
    [17, 20],
    [20, 32],
  ].map(([from, to]) => hex.slice(from, to));
  return `${a}-${b}-4${c}-a${d}-${e}`;
};

const tenants: readonly DemoTenant[] = [
  { role: "steady", tenantId: guidOf("tenant steady"), displayName: "Acme" },
  { role: "throttled", tenantId: guidOf("tenant throttled"), displayName: "Acme Busy" },
  { role: "revoked", tenantId: guidOf("tenant revoked"), displayName: "Acme Holding" },
];

const tenantOf = (role: TenantRole): DemoTenant => {
  const tenant = tenants.find((each) => each.role === role);
  if (!tenant) throw new Error(`no ${role} tenant`);
  return tenant;
};

/** The faults of the first mailboxes of the steady tenant, one line each: how many, what, when repaired. */
const faults: readonly (readonly [count: number, fault: MailboxFault, repairedAfterMs: number | null])[] = [
  [4, "onPremises", null],
  [2, "unlicensed", null],
  [2, "unlicensed", timeline.licencesGivenMs],
  [1, "softDeleted", null],
  [2, "outOfScope", null],
  [1, "outOfScope", timeline.scopeWidenedMs],
];

const peopleOf = (mailboxes: number): DemoPerson[] => {
  const planned = faults.flatMap(([count, fault, repairedAfterMs]) =>
    Array.from({ length: count }, () => ({ fault, repairedAfterMs })),
  );
  const throttled = Math.max(2, Math.round(mailboxes * 0.09));
  const revoked = Math.max(2, Math.round(mailboxes * 0.05));
  return Array.from({ length: mailboxes }, (_, index) => {
    const user = String(index + 1).padStart(3, "0");
    const role =
      index >= mailboxes - revoked
        ? "revoked"
        : index >= mailboxes - revoked - throttled
          ? "throttled"
          : "steady";
    const plan = role === "steady" ? planned[index] : undefined;
    return {
      user,
      objectId: guidOf(`user ${user}`),
      tenant: tenantOf(role),
      mailAddress: index === 20 ? `o'user.${user}@acme.example` : `user.${user}@acme.example`,
      locale: index % 3 === 0 ? "sv-SE" : index % 3 === 1 && index % 2 === 0 ? "de-DE" : "en-US",
      fault: plan?.fault ?? null,
      repairedAfterMs: plan?.repairedAfterMs ?? null,
      hasPersonalRoom: index % 17 !== 16,
    };
  });
};

const texts = [
  "<p>Agenda:</p>\n<ul><li>Figures &amp; plans</li><li>Questions</li></ul>",
  "<html><head></head><body><div style='font-family:Calibri'>See you &ndash; bring " +
    "<b>numbers</b>.<br></div></body></html>",
  "<p>Plain words only.</p><!-- a comment <p> of the author's -->",
  "<table><tr><td>1</td><td>unclosed cell<tr><td>2</table><p>after the table",
  "",
];

const locations = [
  "@webex",
  "Room 5; @webex",
  "@Meet:myroom",
  "Fika, @WEBEX:myroom",
  "Room 7",
  "@webex:space",
  "mail me at someone@webex.example",
  "@webex @meet:space",
  "",
  "@webex:onetime",
  "@meet",
];

interface Draft {
  readonly index: number;
  readonly dice: () => number;
  readonly organiser: DemoPerson;
  readonly attendees: readonly DemoPerson[];
}

const changesOf = (index: number): MeetingChange[] => {
  const afterMs = timeline.changesFromMs + (index % 60) * 7_000;
  switch (index % 10) {
    case 1:
      return [{ afterMs, location: "Room 9" }];
    case 4:
      return [{ afterMs, location: "@webex" }];
    case 2:
      return [{ afterMs, location: "@webex:space" }];
    case 6:
      return [{ afterMs, typed: `<p>One more thing, number ${index}.</p>` }];
    case 8:
      return [
        { afterMs, location: "" },
        { afterMs: afterMs + 5 * minute, location: "@webex:myroom" },
      ];
    default:
      return [];
  }
};

/** Long after all other changes: one occurrence of a series meets in the organiser's room. */
const ownOccurrence: MeetingChange = {
  afterMs: timeline.changesFromMs + 15 * minute,
  secondOccurrence: "@webex:myroom",
};

const meetingOf = ({ index, dice, organiser, attendees }: Draft): DemoMeeting => {
  const past = index % 23 === 7;
  const unnoticed = index % 12 === 11;
  const link =
    index % 19 === 9 ? '<p><a href="https://acme.webex.com/meet/somebody.else">Join here</a></p>' : "";
  return {
    name: `meeting ${index + 1}`,
    organiser,
    attendees,
    createdAfterMs: unnoticed
      ? timeline.unnoticedFromMs + index * 100
      : timeline.meetingsFromMs + Math.floor(dice() * 15 * minute),
    startsAfterMs: past ? -26 * hour : 2 * 24 * hour + Math.floor(dice() * 20 * 24 * 2) * (hour / 2),
    location: locations[index % locations.length] ?? "",
    body: (texts[index % texts.length] ?? "") + link,
    teams: index % 8 === 3,
    weekly: !past && index % 11 === 5,
    changes: unnoticed || past ? [] : [...changesOf(index), ...(index % 22 === 5 ? [ownOccurrence] : [])],
    unnoticed,
  };
};

/** An organisation of `mailboxes` mailboxes, the same for the same numbers. Throws RangeError below 30. */
export const organisationOf = (mailboxes: number, seed: number): DemoOrganisation => {
  if (!(mailboxes >= 30)) throw new RangeError(`the demo needs at least 30 mailboxes, not ${mailboxes}`);
  const dice = diceOf(seed);
  const people = peopleOf(mailboxes);
  const able = people.filter((person) => person.fault === null);
  const pick = (): DemoPerson => {
    const person = able[Math.floor(dice() * able.length)];
    if (!person) throw new Error("nobody can organise a meeting");
    return person;
  };
  const meetings = Array.from({ length: Math.floor(mailboxes * 0.6) }, (_, index) => {
    const organiser = pick();
    const attendees = [pick(), pick()].filter((person) => person !== organiser);
    return meetingOf({ index, dice, organiser, attendees: [...new Set(attendees)] });
  });
  return { org: "acme", tenants, people, meetings };
};
