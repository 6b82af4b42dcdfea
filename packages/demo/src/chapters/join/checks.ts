import type { Expectation } from "../../expectation.ts";
import { split } from "../../model.ts";
import type { Scenery } from "../chapter.ts";
import { type JoinCast, type PlayedInvitation, writesSeen } from "./cast.ts";
import { expectedDetails, expectedMembers, expectedWrites, type ModelPlace } from "./model.ts";

const locationOf = ({ locations }: PlayedInvitation): string => locations.at(-1) ?? "";

/** What an invitation leads to by the model; null: nothing. */
export const placeOf = (played: PlayedInvitation): ModelPlace | null =>
  expectedDetails({ organiser: played.organiser, location: locationOf(played) })?.place ?? null;

/** The invitations that the model wants to lead somewhere of this kind. */
const leadingTo = ({ invitations }: JoinCast, place: ModelPlace): readonly PlayedInvitation[] =>
  invitations.filter((played) => placeOf(played) === place);

/** Why an invitation does not hold what it must; null when it does. */
export const faultOf = ({ stage }: Scenery, played: PlayedInvitation): string | null => {
  const { name, organiser, eventId, outside } = played;
  const truth = stage.graph.readEvent(organiser.objectId, eventId);
  const found = split(truth.body.content);
  if (found.outside !== outside) return `${name}: text outside the details has changed`;
  const expected = expectedDetails({ organiser, location: locationOf(played) });
  const wanted = expected === null ? 0 : 1;
  if (found.blocks.length !== wanted) return `${name}: details ${found.blocks.length} times, not ${wanted}`;
  const [block = ""] = found.blocks;
  const lacking = expected?.texts.find((text) => !block.includes(text));
  return lacking === undefined ? null : `${name}: the details do not say "${lacking}"`;
};

const checkInvitations = (cast: JoinCast, scenery: Scenery): Expectation => ({
  name: "invitations: the details that the keyword asks for, in the organiser's language; all else untouched",
  checked: cast.invitations.length,
  broken: cast.invitations.flatMap((played) => faultOf(scenery, played) ?? []),
});

const checkWrites = (cast: JoinCast, scenery: Scenery): Expectation => {
  const wanted = cast.invitations.reduce((sum, { locations, invited }) => {
    // An occurrence took over what its series had.
    const own = invited.length === 0 && locations.length > 1 ? locations.slice(-2) : locations;
    return sum + expectedWrites(own) - (own === locations ? 0 : expectedWrites(own.slice(0, 1)));
  }, 0);
  const seen = writesSeen(scenery) - cast.writesBefore;
  return {
    name: "invitations: written once for each change that needs it, so that nobody gets a mail too many",
    checked: wanted,
    broken: seen === wanted ? [] : [`invitations were written ${seen} times, not ${wanted}`],
  };
};

const checkSpaces = (cast: JoinCast, { stage: { webex, serviceAccount } }: Scenery): Expectation => {
  const wanted = leadingTo(cast, "space");
  return {
    name: "spaces: one for each meeting, with all who were ever invited, and one card",
    checked: wanted.length,
    broken: wanted.flatMap(({ name, organiser, invited }) => {
      const rooms = [...webex.spaces.rooms.values()].filter(({ title }) => title === name);
      const [room] = rooms;
      if (!room || rooms.length !== 1) return [`${name} has ${rooms.length} spaces`];
      const members = webex.spaces
        .membersOf(room)
        .map(({ person }) => person.email)
        .filter((email) => email !== serviceAccount);
      const expected = expectedMembers(organiser.mailAddress, invited);
      const cards = [...webex.spaces.messages.values()].filter((message) => message.room.uuid === room.uuid);
      return [
        ...[...expected].filter((email) => !members.includes(email)).map((who) => `${who} is not in ${name}`),
        ...members.filter((email) => !expected.has(email)).map((who) => `${who} is in ${name}`),
        ...(cards.length === 1 ? [] : [`${name} has ${cards.length} cards`]),
      ];
    }),
  };
};

const checkMeetings = (cast: JoinCast, { stage: { webex } }: Scenery): Expectation => {
  const organisers = [cast.emma, cast.dieter, cast.yuki].map(({ mailAddress }) => mailAddress);
  const wanted = leadingTo(cast, "oneTime");
  const made = webex.meetings().filter(({ host }) => organisers.includes(host.email));
  return {
    name: "one-time meetings: one for each, named as the invitation is now, and no mail from Webex",
    checked: wanted.length,
    broken: [
      ...wanted.flatMap(({ name, subject, organiser }) => {
        const own = made.filter(
          ({ title, host }) => title === subject && host.email === organiser.mailAddress,
        );
        return own.length === 1 ? [] : [`${name} has ${own.length} meetings called ${subject}`];
      }),
      ...(made.length === wanted.length ? [] : [`there are ${made.length} meetings, not ${wanted.length}`]),
      ...made.filter(({ mails }) => mails > 0).map(({ title }) => `Webex has sent mail about ${title}`),
    ],
  };
};

/** Everything that must hold when the chapter is over. */
export const checkJoin = (cast: JoinCast, scenery: Scenery): readonly Expectation[] => [
  checkInvitations(cast, scenery),
  checkWrites(cast, scenery),
  checkSpaces(cast, scenery),
  checkMeetings(cast, scenery),
];
