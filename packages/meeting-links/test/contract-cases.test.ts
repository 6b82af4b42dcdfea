import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  compiledShippedRules,
  compileRules,
  type Field,
  findMeetings,
  readRuleBook,
  shippedRules,
  withShippedRules,
} from "../src/index.ts";

/** Collected cases are read where they lie, never copied; without the folder they are left out. */
const folder = process.env["HYBRID_CONTRACTS_DIR"] ?? "";

/** Fields as their readers rank them: structured ones, then the location, then the body. */
const fieldsOf = ({ text, conferenceUrl, url, location, body }: any): readonly Field[] =>
  Object.entries({ text, conferenceUrl, url, location, body }).flatMap(([name, value]) =>
    typeof value === "string" ? [{ name, text: value, isHtml: /<[a-z]/i.test(value) }] : [],
  );

const rulesOf = ({ flags, input }: any) => {
  const own = (input.customRegexes ?? []).map((regex: string, nth: number) => {
    const [, host, path] = /^https:\/\/((?:[^/\\]|\\.)+?)(\/.*)$/.exec(regex) ?? [];
    return {
      name: `own-${nth}`,
      service: "other",
      hosts: [host?.replaceAll("\\", "") ?? "["],
      path: path ?? regex,
      url: "{address}",
    };
  });
  const policy = shippedRules.addresses
    .filter(({ name }) => flags?.includes("policy") && name === "jitsi-own-meet-host")
    .map((rule) => ({ ...rule, hosts: ["meet.*", "*.meet.example.org"], enabled: true }));
  const { book } = readRuleBook({ addresses: [...own, ...policy] });
  return own.length + policy.length > 0
    ? compileRules(withShippedRules(book, shippedRules))
    : compiledShippedRules;
};

test.skipIf(folder === "")(
  "of the collected cases at least 98 of 100 are found, and as many found are right",
  () => {
    const cases: any[] = JSON.parse(readFileSync(join(folder, "meeting-links.json"), "utf8")).cases;
    const judged = cases.filter(
      ({ kind, flags }) =>
        ["url", "text", "event"].includes(kind) &&
        !flags?.some((flag: string) => flag === "disputed" || flag === "product-specific"),
    );
    const wrong: unknown[] = [];
    const counts = { right: 0, missed: 0, falsely: 0, none: 0 };
    for (const one of judged) {
      const { best } = findMeetings(fieldsOf(one.input), rulesOf(one));
      const { service, url, urlPrefix, meetingId, password } = one.expect;
      const isRight =
        service === null
          ? best === null
          : best !== null &&
            best.service === service &&
            (url === null ? best.url?.startsWith(urlPrefix ?? "") : best.url === url) &&
            (meetingId === undefined || service === "jitsi" || best.meetingId === meetingId) &&
            (password === undefined || best.passcode === password);
      if (!isRight) wrong.push([one.id, one.input, one.expect, best]);
      if (best === null) counts[service === null ? "none" : "missed"] += 1;
      else counts[isRight ? "right" : "falsely"] += 1;
    }
    const { right, missed, falsely } = counts;
    expect(wrong).toEqual([]);
    expect(right / (right + missed)).toBeGreaterThanOrEqual(0.98);
    expect(right / (right + falsely)).toBeGreaterThanOrEqual(0.98);
  },
);
