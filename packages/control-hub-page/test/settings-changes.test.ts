import { expect, test } from "vitest";
import {
  changedSettings,
  faultOfKeyword,
  faultOfSettings,
  mergedSettings,
  takenAway,
} from "../page/settings-changes.ts";
import { JoinWanted, type SettingsWanted } from "../src/api/index.ts";

const base: SettingsWanted = {
  webexKeyword: "personalRoom",
  meetKeyword: "space",
  language: null,
  join: JoinWanted.parse({
    keywords: [
      { word: "möte", action: "space" },
      { word: "room", action: "personalRoom" },
    ],
    texts: [{ language: "en", header: "Hello" }],
  }),
};

const but = (join: Partial<SettingsWanted["join"]>, more: Partial<SettingsWanted> = {}): SettingsWanted => ({
  ...base,
  ...more,
  join: { ...base.join, ...join },
});

test("two changes of the same settings meet entry by entry, and mine counts where both changed the same", () => {
  const mine = but(
    {
      keywords: [{ word: "möte", action: "oneTime" }],
      texts: [{ language: "en", header: "Mine", footer: "" }],
      excluded: { ...base.join.excluded, allDay: true },
    },
    { language: "sv" },
  );
  const theirs = but(
    {
      phone: false,
      keywords: [...base.join.keywords, { word: "会议", action: "space" }],
      texts: [
        { language: "en", header: "Theirs", footer: "" },
        { language: "sv", header: "Hej", footer: "" },
      ],
    },
    { language: "de", webexKeyword: "space" },
  );
  const merged = mergedSettings(base, mine, theirs);
  expect(merged).toMatchObject({ language: "sv", webexKeyword: "space", meetKeyword: "space" });
  expect(merged.join).toMatchObject({
    phone: false,
    keywords: [
      { word: "möte", action: "oneTime" },
      { word: "会议", action: "space" },
    ],
    texts: [
      { language: "en", header: "Mine" },
      { language: "sv", header: "Hej" },
    ],
    excluded: { allDay: true },
  });
  expect(changedSettings(base, merged)).toEqual([
    "webexKeyword",
    "keywords",
    "texts",
    "language",
    "phone",
    "allDay",
  ]);
  expect(mergedSettings(base, base, theirs)).toEqual(theirs);
  expect(mergedSettings(base, mine, base)).toEqual(mine);
});

test("what people use and lose is named", () => {
  const less = but({ keywords: [{ word: "MÖTE", action: "space" }], texts: [] });
  expect(takenAway(base, less)).toEqual(["@room", "en"]);
  expect(takenAway(base, but({ phone: false }))).toEqual([]);
});

test("keywords are of any script, new, and not there twice; texts and sites have their form", () => {
  const fault = (...words: string[]) =>
    faultOfKeyword(
      words.map((word) => ({ word, action: "space" as const })),
      words.length - 1,
    );
  expect([fault("möte"), fault("会议"), fault("اجتماع"), fault("ミーティング")]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect([fault("x"), fault("two words"), fault("@me"), fault("a".repeat(41))]).toEqual(
    Array.from({ length: 4 }, () => "form"),
  );
  expect([fault("Webex"), fault("SPARK"), fault("möte", "MÖTE")]).toEqual(["reserved", "reserved", "twice"]);
  expect(faultOfSettings(base)).toBeNull();
  expect(faultOfSettings(but({ keywords: [{ word: "meet", action: "space" }] }))).toBe("keyword");
  expect(faultOfSettings(but({ texts: [{ language: "sv", header: "", footer: "x".repeat(1_025) }] }))).toBe(
    "text",
  );
  expect(faultOfSettings(but({ site: "acme" }))).toBe("site");
});
