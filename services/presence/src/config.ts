import { minutes } from "@hybrid/kernel";
import { plainSettings, type ServiceSettings } from "@hybrid/service";
import { commaList, duration, secret, text, url, type ValuesOf } from "@hybrid/settings";
import { designNumbers, type Numbers } from "#domain/numbers";

const organisation = text({
  meaning:
    "Organisations in which an event that is shown as out of office counts like automatic replies. " +
    "Their calendars are read for it whenever they change.",
  pattern: /^[a-z0-9_-]{1,64}$/,
  must: "an organisation's id (a-z 0-9 _ -)",
});

const entry = /^(?<org>[a-z0-9_-]{1,64})=(?<token>[\x21-\x2b\x2d-\x7e]{16,512})$/;

/** Tokens of the read API: who has one sees the presence of that organisation, and of no other. */
export type ApiTokens = ReadonlyMap<string, string>;

const vocabulary = {
  PRESENCE_POLL_EVERY_MS: duration({
    min: minutes(1),
    max: minutes(15),
    meaning: "How often the automatic replies of a mailbox are read; a quarter longer at most.",
  }).orElse(designNumbers.pollEveryMs),
  PRESENCE_TTL_MS: duration({
    min: minutes(30),
    max: minutes(24 * 60),
    meaning: "How long a status lasts when nobody refreshes it.",
  }).orElse(designNumbers.ttlMs),
  PRESENCE_EVENTS_FOR: commaList(organisation).optional(),
  PRESENCE_API_TOKENS: secret<ApiTokens>({
    meaning:
      "Who may read presence over HTTP: `<organisation>=<token>`, several between commas. A token is 16 " +
      "characters or longer and shows its own organisation alone. Nobody may when left out.",
    form: "list of tokens, between commas",
    read: (given) => {
      const entries = given.split(",").map((part) => entry.exec(part.trim())?.groups);
      return entries.every((each) => each !== undefined)
        ? { value: new Map(entries.map((each) => [each?.["token"] ?? "", each?.["org"] ?? ""])) }
        : {
            fault: "must be <organisation>=<token of 16 to 512 characters>; several are separated by commas",
          };
    },
  }).optional(),
  PRESENCE_WEBEX_URL: url({
    meaning: "The presence service of Webex, which is no public API; docs/PRESENCE.md says what it needs.",
    protocols: ["https"],
  }).orElse("https://apheleia-a.wbx2.com/apheleia/api/v1"),
  PRESENCE_PERSON_TOKENS_FILE: text({
    meaning:
      "A JSON file with the own Webex token of each person who lets the status be shown at Webex: " +
      '`{"<UUID of the person>": "<token>"}`. ' +
      "It is read again when it changes. Nobody's is shown when left out.",
  }).optional(),
};

/** What the service is configured with. */
export type PresenceConfig = ValuesOf<typeof vocabulary>;

/** The settings of the service. */
export const presenceSettings: ServiceSettings<PresenceConfig> = plainSettings("presence", vocabulary);

/** The numbers as the settings want them. */
export const numbersOf = ({
  PRESENCE_POLL_EVERY_MS: pollEveryMs,
  PRESENCE_TTL_MS: ttlMs,
}: PresenceConfig): Numbers => ({ ...designNumbers, pollEveryMs, pollGapMs: pollEveryMs / 4, ttlMs });
