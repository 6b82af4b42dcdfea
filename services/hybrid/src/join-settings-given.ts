import { defaultJoinSettings, type JoinSettings } from "@hybrid/contracts";
import { readRuleBook } from "@hybrid/meeting-links";
import { z } from "zod";
import { jsonOf } from "./explaining/given-event.ts";
import { fileGiven, refused } from "./given.ts";

const languageTag = z.string().refine((tag) => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}, "is no language tag; it is for example sv or pt-BR");

const ownText = z.string().max(1_024, "has more than 1,024 characters");

/** Whether a pattern is one of RE2; the reader of address rules knows. */
const isPattern = (pattern: string): boolean =>
  readRuleBook({ addresses: [{ name: "p", service: "p", hosts: ["*"], path: pattern }] }).faults.length === 0;

const { excluded, ...defaults } = defaultJoinSettings;

const Excluded = z.strictObject({
  allDay: z.boolean().default(excluded.allDay),
  free: z.boolean().default(excluded.free),
  private: z.boolean().default(excluded.private),
  noInvitees: z.boolean().default(excluded.noInvitees),
  categories: z.array(z.string().min(1).max(255)).max(100).default([]),
  subjectPattern: z
    .string()
    .max(500)
    .refine(isPattern, "is no regular expression in RE2's syntax")
    .nullable()
    .default(null),
});

const Settings = z.strictObject({
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
    .default(defaults.site),
  phone: z.boolean().default(defaults.phone),
  video: z.boolean().default(defaults.video),
  texts: z
    .array(
      z.strictObject({ language: languageTag, header: ownText.default(""), footer: ownText.default("") }),
    )
    .max(50)
    .default([]),
  textsForOthers: languageTag.nullable().default(defaults.textsForOthers),
  excluded: Excluded.prefault({}),
});

/**
 * What an organisation wants of its join details, from a JSON file; what the file leaves out is as if nobody
 * had said anything. Throws ConfigError that names the place of every fault.
 */
export const joinSettingsGiven = async (path: string): Promise<JoinSettings> => {
  const read = Settings.safeParse(jsonOf(await fileGiven(path, "--join-settings"), path));
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path: at, message }) => `${at.join(".") || "the file"} ${message}`);
  throw refused("--join-settings", `${path}: ${faults.join("; ")}`);
};
