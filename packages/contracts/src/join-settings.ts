/** What a keyword asks for: details of the organiser's personal room, a space, or a meeting of its own. */
export type KeywordAction = "personalRoom" | "space" | "oneTime";

/** Texts of an administrator around the join details, in one language. */
export interface JoinTexts {
  /** BCP 47; `de` is also for `de-AT`. */
  readonly language: string;
  /** Plain text, 1,024 characters each at most; empty for none. */
  readonly header: string;
  readonly footer: string;
}

/** Which meetings get no join details although a keyword asks for them. */
export interface ExcludedMeetings {
  readonly allDay: boolean;
  /** Shown as free. */
  readonly free: boolean;
  /** Private or confidential. */
  readonly private: boolean;
  readonly noInvitees: boolean;
  /** Names of Outlook categories, told apart without regard to case. */
  readonly categories: readonly string[];
  /** RE2 that is looked for in the subject, without regard to case; null: any subject. */
  readonly subjectPattern: string | null;
}

/** What an organisation wants of its join details; complete, never a difference. */
export interface JoinSettings {
  /** Keywords besides `@webex` and `@meet`, without the `@`: 2 to 40 letters, digits, `_` or `-`. */
  readonly keywords: readonly { readonly word: string; readonly action: KeywordAction }[];
  /** Host name of the Webex site of personal rooms and one-time meetings; null: each user's own first one. */
  readonly site: string | null;
  /** Whether telephone numbers and the access code are told. */
  readonly phone: boolean;
  /** Whether video and IP addresses are told. */
  readonly video: boolean;
  readonly texts: readonly JoinTexts[];
  /** Which of the texts are for languages without any; null: none. */
  readonly textsForOthers: string | null;
  readonly excluded: ExcludedMeetings;
}

/** What holds where an organisation has said nothing. */
export const defaultJoinSettings: JoinSettings = {
  keywords: [],
  site: null,
  phone: true,
  video: true,
  texts: [],
  textsForOthers: null,
  excluded: {
    allDay: false,
    free: false,
    private: false,
    noInvitees: false,
    categories: [],
    subjectPattern: null,
  },
};

const listOf = (items: unknown) => ({ type: "array", items });

/** Avro schema of {@link JoinSettings}, or null. */
export const joinSettingsSchema = [
  "null",
  {
    type: "record",
    name: "JoinSettings",
    fields: [
      {
        name: "keywords",
        type: listOf({
          type: "record",
          name: "OwnKeyword",
          fields: [
            { name: "word", type: "string" },
            {
              name: "action",
              type: { type: "enum", name: "KeywordAction", symbols: ["personalRoom", "space", "oneTime"] },
            },
          ],
        }),
      },
      { name: "site", type: ["null", "string"] },
      { name: "phone", type: "boolean" },
      { name: "video", type: "boolean" },
      {
        name: "texts",
        type: listOf({
          type: "record",
          name: "JoinTexts",
          fields: [
            { name: "language", type: "string" },
            { name: "header", type: "string" },
            { name: "footer", type: "string" },
          ],
        }),
      },
      { name: "textsForOthers", type: ["null", "string"] },
      {
        name: "excluded",
        type: {
          type: "record",
          name: "ExcludedMeetings",
          fields: [
            { name: "allDay", type: "boolean" },
            { name: "free", type: "boolean" },
            { name: "private", type: "boolean" },
            { name: "noInvitees", type: "boolean" },
            { name: "categories", type: listOf("string") },
            { name: "subjectPattern", type: ["null", "string"] },
          ],
        },
      },
    ],
  },
];
