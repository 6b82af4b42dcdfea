import { z } from "zod";

const languageTag = z.string().refine((tag) => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}, "is no language tag; it is for example sv or pt-BR");

const ownText = z.string().max(1_024, "has more than 1,024 characters");

/** Which meetings get no join details; that the pattern is one of RE2 is checked where it can be. */
const ExcludedMeetings = z.strictObject({
  allDay: z.boolean().default(false),
  free: z.boolean().default(false),
  private: z.boolean().default(false),
  noInvitees: z.boolean().default(false),
  categories: z.array(z.string().min(1).max(255)).max(100).default([]),
  subjectPattern: z.string().max(500).nullable().default(null),
});

/** What an organisation wants of its join details; what is left out is as if nobody had said anything. */
export const JoinWanted = z.strictObject({
  keywords: z
    .array(
      z.strictObject({
        word: z
          .string()
          .regex(/^[\p{L}\p{N}_-]{2,40}$/u, "must be 2 to 40 letters, digits, _ or -, without the @")
          .refine((word) => !/^(?:webex|meet|spark)$/i.test(word), "is a keyword already"),
        action: z.enum(["personalRoom", "space", "oneTime"]),
      }),
    )
    .max(50)
    .default([]),
  site: z
    .string()
    .regex(/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/, "must be a host name, for example acme.webex.com")
    .nullable()
    .default(null),
  phone: z.boolean().default(true),
  video: z.boolean().default(true),
  texts: z
    .array(
      z.strictObject({ language: languageTag, header: ownText.default(""), footer: ownText.default("") }),
    )
    .max(50)
    .default([]),
  textsForOthers: languageTag.nullable().default(null),
  excluded: ExcludedMeetings.prefault({}),
});

const place = z.enum(["personalRoom", "space"]);

/** What an organisation wants of the meetings of a tenant; whole, never a difference. */
export const SettingsWanted = z.strictObject({
  webexKeyword: place,
  meetKeyword: place,
  /** Of all join details; null: the mailbox decides. */
  language: languageTag.nullable(),
  join: JoinWanted,
});

/** Join settings. */
export type JoinWanted = z.output<typeof JoinWanted>;
/** The settings of a tenant. */
export type SettingsWanted = z.output<typeof SettingsWanted>;
