import { defineTopic } from "../define-topic.ts";

/** What a mail to a user is about. */
export const noticeKinds = ["activated", "consentEnds", "consentEnded"] as const;

/** One of {@link noticeKinds}. */
export type NoticeKind = (typeof noticeKinds)[number];

/** What became of one mail to a user. */
export interface UserNotice {
  readonly kind: NoticeKind;
  /** When it was to be sent. */
  readonly dueAt: number;
  /** When the user's consent ends or has ended; null where the notice is about no consent. */
  readonly consentEndsAt: number | null;
  /**
   * `failed`: the mail server refused it for good, or for too many tries. `tooLate`: a day has passed.
   * `suppressed`: the organisation's users are not written to.
   */
  readonly outcome: "sent" | "failed" | "tooLate" | "suppressed";
  /** Why it failed, or what the last try ended with; a code of docs/ERRORS.md. */
  readonly code: string | null;
  /** How often it was tried. */
  readonly tries: number;
  readonly at: number;
}

/** The latest notices of a user, whole, every time. */
export interface UserNotices {
  /** Oldest first. */
  readonly notices: readonly UserNotice[];
}

/** What users were told by e-mail; no address, and no text. */
export const userNotices = defineTopic<UserNotices>({
  name: "user-notices",
  doc: "What users were told by e-mail, and what became of it.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["notices"],
  operatorReads: "shows notices",
  versions: [
    {
      type: "record",
      name: "UserNotices",
      namespace: "hybrid",
      fields: [
        {
          name: "notices",
          type: {
            type: "array",
            items: {
              type: "record",
              name: "UserNotice",
              fields: [
                { name: "kind", type: { type: "enum", name: "NoticeKind", symbols: [...noticeKinds] } },
                { name: "dueAt", type: "long" },
                { name: "consentEndsAt", type: ["null", "long"] },
                {
                  name: "outcome",
                  type: {
                    type: "enum",
                    name: "NoticeOutcome",
                    symbols: ["sent", "failed", "tooLate", "suppressed"],
                  },
                },
                { name: "code", type: ["null", "string"] },
                { name: "tries", type: "int" },
                { name: "at", type: "long" },
              ],
            },
          },
        },
      ],
    },
  ],
});
