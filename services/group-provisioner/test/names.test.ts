import fc from "fast-check";
import { expect, test } from "vitest";
import { folderNameOf, namesOf, uniqueNameOf } from "#domain/names";

const teamUuid = "13e18f40-42fc-11e6-a9d8-211a0dc79769";
const noFrame = { namePrefix: "", nameSuffix: "" };

test("names come from the team's, and later tries carry a part of its id", () => {
  const nth = (n: number) => namesOf({ name: "Räksmörgås & Co", teamUuid }, noFrame, n).mailNickname;
  expect([0, 1, 2].map(nth)).toEqual(["raksmorgas-co", "raksmorgas-co-13e18f40", "raksmorgas-co-13e18f40-2"]);
  expect(namesOf({ name: "Łódź Straße", teamUuid }, noFrame, 0).mailNickname).toBe("lodz-strasse");
  expect(namesOf({ name: "團隊", teamUuid }, noFrame, 0)).toEqual({
    displayName: "團隊",
    mailNickname: "team",
  });
  expect([1, 2].map((generation) => uniqueNameOf(teamUuid, generation))).toEqual([
    `webex-team-${teamUuid}`,
    `webex-team-${teamUuid}-2`,
  ]);
});

test("property: whatever a team is called, Graph and SharePoint take the names, and other tries are others", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), fc.nat(19), (name, nth) => {
      const { displayName, mailNickname } = namesOf({ name, teamUuid }, noFrame, nth);
      expect(displayName.length).toBeLessThanOrEqual(256);
      expect(mailNickname).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      expect(mailNickname).not.toBe(namesOf({ name, teamUuid }, noFrame, nth + 1).mailNickname);
      const folder = folderNameOf(name, teamUuid, nth);
      expect(folder).not.toMatch(/["*:<>?/\\|]|^\s|\s$|\.$|^~\$|_vti_/i);
      expect(folder).not.toMatch(/^(?:\.lock|con|prn|aux|nul|com\d|lpt\d|desktop\.ini|forms)$/i);
      expect([folder.length > 0, folder.length <= 160]).toEqual([true, true]);
      expect(folder).not.toBe(folderNameOf(name, teamUuid, nth + 1));
    }),
  );
});
