import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultJoinSettings } from "@hybrid/contracts";
import { expect, onTestFinished, test } from "vitest";
import { joinSettingsGiven } from "../src/join-settings-given.ts";

const given = (content: unknown) => {
  const folder = mkdtempSync(join(tmpdir(), "join-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "join.json"), JSON.stringify(content));
  return joinSettingsGiven(join(folder, "join.json"));
};

test("what a file leaves out is as if nobody had said anything", async () => {
  expect(await given({})).toEqual(defaultJoinSettings);
  expect(await given({ phone: false, excluded: { allDay: true } })).toEqual({
    ...defaultJoinSettings,
    phone: false,
    excluded: { ...defaultJoinSettings.excluded, allDay: true },
  });
});

test.each([
  [{ keywords: [{ word: "webex", action: "space" }] }, /keywords\.0\.word is a keyword already/],
  [{ keywords: [{ word: "a b", action: "space" }] }, /keywords\.0\.word must be 2 to 40/],
  [{ keywords: [{ word: "room", action: "bridge" }] }, /keywords\.0\.action/],
  [{ site: "https://acme.webex.com" }, /site must be a host name/],
  [{ texts: [{ language: "de", header: "x".repeat(1_025) }] }, /texts\.0\.header has more than 1,024/],
  [{ texts: [{ language: "no language" }] }, /texts\.0\.language is no language tag/],
  [{ excluded: { subjectPattern: "(?=look)" } }, /excluded\.subjectPattern is no regular expression/],
  [{ phones: true }, /phones/],
  [[], /the file/],
])("%j is refused with the place of the fault", async (content, message) => {
  await expect(given(content)).rejects.toThrow(message);
});
