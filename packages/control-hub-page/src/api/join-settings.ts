import { z } from "zod";
import { keywordFault, keywordsMax, ownTextMax, primaryLanguage } from "./keyword-form.ts";

const languageTag = z.string().refine((tag) => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}, "is no language tag; it is for example sv or pt-BR");

const ownText = z.string().max(ownTextMax, "has more than 1,024 characters");

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
          .refine(
            (word) => keywordFault(word) !== "form",
            "must be 2 to 40 letters, digits, _ or -, without the @",
          )
          .refine((word) => keywordFault(word) !== "reserved", "is a keyword already"),
        action: z.enum(["personalRoom", "space", "oneTime"]),
      }),
    )
    .max(keywordsMax)
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

/** Where a list has something for the second time. */
const repeated = (names: readonly string[]): readonly number[] =>
  names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));

/**
 * Settings as somebody orders them. An older release has taken words and languages that come twice, so that
 * only what is new is held against it.
 */
export const SettingsOrdered = SettingsWanted.superRefine(({ join: { keywords, texts } }, context) => {
  for (const index of repeated(keywords.map(({ word }) => word.toLowerCase())))
    context.addIssue({
      code: "custom",
      message: "is there twice",
      path: ["join", "keywords", index, "word"],
    });
  for (const index of repeated(texts.map(({ language }) => primaryLanguage(language))))
    context.addIssue({
      code: "custom",
      message: "has texts already",
      path: ["join", "texts", index, "language"],
    });
});

/** What is made of an invitation by settings that nobody has saved yet. */
export const DetailsWanted = z.strictObject({
  settings: SettingsWanted,
  place: z.enum(["personalRoom", "space", "oneTime"]),
  /** What somebody has written into the invitation; plain text. */
  invitation: z.string().max(2_000),
});

/** An invitation with its join details, in each language that the settings leave. */
export const DetailsPreviews = z.object({
  previews: z
    .array(
      z.object({
        language: z.string(),
        /** The language's name for itself. */
        name: z.string(),
        html: z.string(),
        /** The same as it is read without its form. */
        text: z.string(),
      }),
    )
    .readonly(),
});

/** What is previewed. */
export type DetailsWanted = z.output<typeof DetailsWanted>;
/** What came of it. */
export type DetailsPreviews = z.output<typeof DetailsPreviews>;
/** Join settings. */
export type JoinWanted = z.output<typeof JoinWanted>;
/** The settings of a tenant. */
export type SettingsWanted = z.output<typeof SettingsWanted>;
