import { z } from "zod";

// What a scenario file and the control port take; strict, so that a misspelt name is told and not ignored.

/** Milliseconds since 1970, or a date and time with offset. */
export const instantShape = z.union([
  z.int(),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

const text = z.string().min(1);
const share = z.number().min(0).max(1);

/** A GUID, in lower case. */
export const guidShape = z.guid().transform((text) => text.toLowerCase());

/** A location of an event. */
const locationShape = z.union([
  z.string(),
  z.strictObject({ displayName: text, locationUri: text.exactOptional() }),
]);

const weekday = z.enum(["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]);
const recurrenceShape = z.strictObject({
  pattern: z.strictObject({
    type: z.enum([
      "daily",
      "weekly",
      "absoluteMonthly",
      "relativeMonthly",
      "absoluteYearly",
      "relativeYearly",
    ]),
    interval: z.int().min(1),
    daysOfWeek: z.array(weekday).exactOptional(),
    firstDayOfWeek: weekday.exactOptional(),
    dayOfMonth: z.int().min(1).max(31).exactOptional(),
    month: z.int().min(1).max(12).exactOptional(),
    index: z.enum(["first", "second", "third", "fourth", "last"]).exactOptional(),
  }),
  range: z.strictObject({
    type: z.enum(["endDate", "noEnd", "numbered"]),
    startDate: z.iso.date(),
    endDate: z.iso.date().exactOptional(),
    numberOfOccurrences: z.int().min(1).exactOptional(),
    recurrenceTimeZone: text.exactOptional(),
  }),
});

const eventFields = {
  subject: z.string(),
  startAt: instantShape,
  endAt: instantShape,
  timeZone: text.exactOptional(),
  location: locationShape.exactOptional(),
  body: z.union([z.string(), z.strictObject({ text: z.string() })]).exactOptional(),
  attendees: z
    .array(
      z.union([
        z.string(),
        z.strictObject({
          address: text,
          name: text.exactOptional(),
          type: z.enum(["required", "optional", "resource"]).exactOptional(),
        }),
      ]),
    )
    .exactOptional(),
  isOnlineMeeting: z.boolean().exactOptional(),
  isAllDay: z.boolean().exactOptional(),
  sensitivity: z.enum(["normal", "personal", "private", "confidential"]).exactOptional(),
  showAs: z.enum(["free", "tentative", "busy", "oof", "workingElsewhere"]).exactOptional(),
  recurrence: recurrenceShape.exactOptional(),
  organizer: z.strictObject({ address: text, name: text.exactOptional() }).exactOptional(),
};

/** What a person types into a new invitation. */
export const eventShape = z.strictObject(eventFields);

/** What a person changes of an event. */
export const eventPatchShape = z
  .strictObject(eventFields)
  .omit({ organizer: true, isAllDay: true })
  .partial();

/** What is wrong with a mailbox. */
export const mailboxStateShape = z.enum([
  "normal",
  "onPremises",
  "unlicensed",
  "softDeleted",
  "outOfScope",
  "moving",
]);

const profileShape = z.strictObject({
  givenName: text.exactOptional(),
  surname: text.exactOptional(),
  jobTitle: text.exactOptional(),
  department: text.exactOptional(),
  companyName: text.exactOptional(),
  officeLocation: text.exactOptional(),
  city: text.exactOptional(),
  country: text.exactOptional(),
  mobilePhone: text.exactOptional(),
  businessPhones: z.array(text).exactOptional(),
  usageLocation: text.exactOptional(),
  employeeId: text.exactOptional(),
  aliases: z.array(text).exactOptional(),
  accountEnabled: z.boolean().exactOptional(),
  userType: z.enum(["Member", "Guest"]).exactOptional(),
});

/** A user with mailbox. */
export const userShape = z.strictObject({
  userId: guidShape,
  mail: z.email(),
  userPrincipalName: text.exactOptional(),
  displayName: text,
  locale: text.exactOptional(),
  timeZone: text.exactOptional(),
  state: mailboxStateShape.exactOptional(),
  profile: profileShape.exactOptional(),
});

/** What an administrator changes of a user. */
export const userChangeShape = userShape.pick({ displayName: true, locale: true, profile: true }).partial();

/** A tenant without its users. */
export const tenantShape = z.strictObject({
  tenantId: guidShape,
  displayName: text,
  domains: z.array(text).exactOptional(),
  countryLetterCode: z.string().length(2).exactOptional(),
});

/** An application; certificates are PEM texts. */
export const appShape = z.strictObject({
  clientId: guidShape,
  displayName: text.exactOptional(),
  secrets: z.array(text).exactOptional(),
  certificates: z.array(text).exactOptional(),
  roles: z.array(text).exactOptional(),
  redirectUris: z.array(z.url({ protocol: /^https?$/ })).exactOptional(),
});

/** A role of Microsoft Entra, by name. */
export const directoryRoleShape = z.enum([
  "Global Administrator",
  "Privileged Role Administrator",
  "Exchange Administrator",
  "User Administrator",
  "Global Reader",
]);

/** An application as `POST /applications` of Microsoft Graph takes it, as far as it is simulated. */
export const manifestShape = z.strictObject({
  displayName: text,
  signInAudience: z.enum(["AzureADMyOrg", "AzureADMultipleOrgs"]),
  web: z.strictObject({ redirectUris: z.array(z.url()) }),
  requiredResourceAccess: z.array(
    z.strictObject({
      resourceAppId: z.literal("00000003-0000-0000-c000-000000000000"),
      resourceAccess: z.array(z.strictObject({ id: guidShape, type: z.enum(["Role", "Scope"]) })),
    }),
  ),
  keyCredentials: z
    .array(
      z.strictObject({
        type: z.literal("AsymmetricX509Cert"),
        usage: z.literal("Verify"),
        displayName: text,
        key: z.base64(),
      }),
    )
    .min(1),
});

/** A person of Webex. */
export const personShape = z.strictObject({
  orgId: text,
  email: z.email(),
  aliases: z.array(z.email()).exactOptional(),
  displayName: text,
  firstName: text.exactOptional(),
  lastName: text.exactOptional(),
  nickName: text.exactOptional(),
  title: text.exactOptional(),
  department: text.exactOptional(),
  roles: z.array(text).exactOptional(),
  licenses: z.array(text).exactOptional(),
  timeZone: text.exactOptional(),
  sites: z.array(text),
  personalRoom: z
    .strictObject({
      name: text.exactOptional(),
      topic: text.exactOptional(),
      hostPin: text.exactOptional(),
      dialInIpAddress: text.exactOptional(),
      accessCode: text.exactOptional(),
      callInNumbers: z.array(z.strictObject({ label: text, callInNumber: text })).exactOptional(),
    })
    .exactOptional(),
  language: text.exactOptional(),
  type: z.enum(["person", "bot"]).exactOptional(),
  externalId: text.exactOptional(),
  hasSignedIn: z.boolean().exactOptional(),
  loginEnabled: z.boolean().exactOptional(),
});

/** A token of Webex. */
export const tokenShape = z.strictObject({
  token: text,
  orgId: text,
  defaultSite: text,
  person: z.email().exactOptional(),
  /** All but those of compliance when left out. */
  scopes: z.array(text).exactOptional(),
});

/** What an integration or a service app of Webex was authorised for. */
export const grantShape = tokenShape.omit({ token: true }).extend({
  clientId: text,
  clientSecret: text,
  refreshToken: text,
  rotates: z.boolean().exactOptional(),
});

/** A service app of Webex that an administrator has authorised. */
export const serviceAppShape = grantShape.omit({ refreshToken: true, person: true }).extend({
  applicationId: text,
});

/** A workspace of Webex, with devices. */
export const workspaceShape = z.strictObject({
  orgId: text,
  displayName: text,
  capacity: z.number().int().min(0).exactOptional(),
  type: text.exactOptional(),
  calendar: z.strictObject({ type: text, emailAddress: z.email().exactOptional() }).exactOptional(),
  devices: z.array(z.strictObject({ displayName: text, product: text.exactOptional() })).default([]),
});

/** What is odd about Webex. */
export const webexFaultsShape = z.strictObject({
  /** Events show up in the feed so much later, under their own time. */
  eventsLateByMs: z.number().int().min(0).exactOptional(),
  /** How many of the next pages of events are empty and have a next page. */
  emptyPages: z.number().int().min(0).exactOptional(),
  /** Addresses of next pages of events say `max=null`. */
  nextSaysMaxNull: z.boolean().exactOptional(),
  /** How often each delivery of a webhook comes. */
  deliveryCopies: z.number().int().min(0).max(100).exactOptional(),
  /** Webex writes a welcome message into new spaces, as their creator. */
  welcomesNewRooms: z.boolean().exactOptional(),
  /** How files begin that are uploaded. */
  filesStartAs: z.enum(["scanning", "clean", "infected", "unscannable", "expired"]).exactOptional(),
  /** How long new meetings are 404. */
  meetingsHiddenForMs: z.number().int().min(0).exactOptional(),
});

/** Rates of faults of the Graph simulator. */
export const graphFaultsShape = z.strictObject({
  errors: z
    .strictObject({
      GET: share.exactOptional(),
      POST: share.exactOptional(),
      PATCH: share.exactOptional(),
      DELETE: share.exactOptional(),
    })
    .exactOptional(),
  appliedThoughFailed: share.exactOptional(),
  resets: share.exactOptional(),
  latencyMs: z.number().min(0).exactOptional(),
  deltaReplays: share.exactOptional(),
  lostNotifications: share.exactOptional(),
});

/** Automatic replies of a person. */
export const repliesShape = z.strictObject({
  status: z.enum(["disabled", "alwaysEnabled", "scheduled"]),
  externalAudience: z.enum(["none", "contactsOnly", "all"]).exactOptional(),
  internalReplyMessage: z.string().exactOptional(),
  externalReplyMessage: z.string().exactOptional(),
  scheduledStartAt: instantShape.exactOptional(),
  scheduledEndAt: instantShape.exactOptional(),
});

/** How notifications are delivered. */
export const deliveryShape = z.strictObject({
  delayMs: z.tuple([z.number().min(0), z.number().min(0)]).exactOptional(),
  deadlinesMs: z.tuple([z.number().min(1), z.number().min(1)]).exactOptional(),
  validationDeadlineMs: z.number().min(1).exactOptional(),
  firstRetryMs: z.number().min(1).exactOptional(),
  giveUpAfterMs: z.number().min(0).exactOptional(),
  batchMax: z.int().min(1).exactOptional(),
  duplicateWeights: z.array(z.number().min(0)).min(1).exactOptional(),
  reauthorizationEveryMs: z.number().min(1).exactOptional(),
});
