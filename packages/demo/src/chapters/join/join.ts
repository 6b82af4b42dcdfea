import { table } from "@hybrid/hybrid";
import { minutes } from "@hybrid/kernel";
import { defineChapter, type Scenery } from "../chapter.ts";
import {
  enableOrganisers,
  type JoinCast,
  move,
  moveOccurrence,
  type PlayedInvitation,
  plan,
  prepareJoin,
} from "./cast.ts";
import { checkJoin, faultOf, placeOf } from "./checks.ts";
import { joinFaults } from "./planted.ts";

const names = {
  space: "Launch & go",
  oneTime: "Quartalszahlen",
  removed: "Kaffee",
  plainSeries: "Weekly",
  keywordSeries: "定例会議",
} as const;

/** A space, a one-time meeting, two series, and a meeting that is going to lose its keyword. */
const planMeetings = (cast: JoinCast, scenery: Scenery): void => {
  const { emma, dieter, yuki, guests } = cast;
  const [bert = "", clara = ""] = guests;
  const invited = [bert, clara];
  const meetings = [
    { name: names.space, organiser: emma, location: "@webex:space", body: "<p>Launch &amp; go</p>" },
    { name: names.oneTime, organiser: dieter, location: "Raum 5; @webex:onetime", body: "<p>Zahlen</p>" },
    {
      name: names.removed,
      organiser: dieter,
      location: "@webex",
      body: "<p>Kaffee &ndash; wie immer<br></p>",
    },
    {
      name: names.plainSeries,
      organiser: emma,
      location: "Room 5",
      body: "<p>Same as ever</p>",
      weekly: true,
    },
    { name: names.keywordSeries, organiser: yuki, location: "@webex", body: "<p>議題</p>", weekly: true },
  ];
  for (const meeting of meetings) plan(cast, scenery, { ...meeting, invited });
};

/** The invitation of this name; throws when nobody planned it. */
const called = ({ invitations }: JoinCast, name: string): PlayedInvitation => {
  const found = invitations.find((played) => played.name === name);
  if (found) return found;
  throw new Error(`nobody planned ${name}`);
};

/** A guest more and one less, another subject, a keyword that goes, and two occurrences that differ. */
const changeMeetings = (cast: JoinCast, scenery: Scenery): void => {
  const { graph } = scenery.stage;
  const [bert = "", clara = "", dora = ""] = cast.guests;
  const space = called(cast, names.space);
  graph.updateEvent(cast.emma.objectId, space.eventId, { attendees: [bert, clara, dora] });
  space.invited.push(dora);
  const oneTime = called(cast, names.oneTime);
  oneTime.subject = "Quartalszahlen, endgültig";
  graph.updateEvent(cast.dieter.objectId, oneTime.eventId, { subject: oneTime.subject });
  move(scenery, called(cast, names.removed), "Kaffeeküche");
  const plain = called(cast, names.plainSeries);
  moveOccurrence(cast, scenery, { series: plain, nth: 1, location: "@webex:myroom" });
  const keyword = called(cast, names.keywordSeries);
  moveOccurrence(cast, scenery, { series: keyword, nth: 2, location: "会議室 3" });
};

/** Somebody is no longer invited, and stays in the space all the same. */
const uninvite = (cast: JoinCast, { stage }: Scenery): void => {
  const [, clara = "", dora = ""] = cast.guests;
  const { eventId } = called(cast, names.space);
  stage.graph.updateEvent(cast.emma.objectId, eventId, { attendees: [clara, dora] });
};

const report = (cast: JoinCast, scenery: Scenery): string =>
  table(
    ["invitation", "organiser", "language", "location", "details", "holds"],
    cast.invitations.map((played) => [
      played.name,
      played.organiser.name,
      played.organiser.language,
      played.locations.at(-1) ?? "",
      placeOf(played) ?? "none",
      faultOf(scenery, played) === null ? "yes" : "no",
    ]),
  );

/** Join details of every kind, in three languages. */
export const join = defineChapter<JoinCast>({
  name: "join",
  title: "Invitations lead to rooms, meetings and spaces, in the organiser's language",
  prepare: prepareJoin,
  scenes: [
    {
      afterMs: 0,
      text: "an administrator enables three organisers with three languages",
      play: enableOrganisers,
    },
    { afterMs: minutes(5), text: "they plan a space, a one-time meeting and series", play: planMeetings },
    {
      afterMs: minutes(10),
      text: "a guest is added, a subject changes, a keyword goes, two occurrences differ",
      play: changeMeetings,
    },
    { afterMs: minutes(15), text: "somebody is no longer invited", play: uninvite },
  ],
  endsAfterMs: minutes(20),
  killAfterRequests: 60,
  judge: checkJoin,
  report,
  plantedFaults: joinFaults,
});
