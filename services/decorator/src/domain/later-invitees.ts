import { spaceMembersMax } from "#domain/decide-decoration";
import { textDigest } from "#domain/text-digest";

/** Characters of a digest; among the people of one space two are the same less than once in a million. */
const digestLength = 8;

const invitedDigest = (address: string): string => textDigest(address.toLowerCase()).slice(0, digestLength);

const digestsIn = (invited: string): ReadonlySet<string> =>
  new Set(invited.match(new RegExp(`.{${digestLength}}`, "g")));

/** Who is to be added to a space, and what is remembered then. */
export interface Additions {
  readonly add: readonly string[];
  /** Invited, and not added because the space is full. */
  readonly leftOut: number;
  /** As `KnownMeeting.invited`. */
  readonly invited: string;
}

/**
 * Who of the invited people is added to their space. `invited` tells who was before; null: nobody remembers,
 * and then nobody is added, because who left the space must not be brought back. Each is added once, so who
 * leaves stays away, and who is no longer invited stays in.
 */
export const additionsTo = (members: readonly string[], invited: string | null): Additions => {
  if (invited === null)
    return {
      add: [],
      leftOut: 0,
      invited: members
        .slice(0, spaceMembersMax - 1)
        .map(invitedDigest)
        .join(""),
    };
  const known = digestsIn(invited);
  const later = members.filter((address) => !known.has(invitedDigest(address)));
  const add = later.slice(0, Math.max(0, spaceMembersMax - 1 - known.size));
  return {
    add,
    leftOut: later.length - add.length,
    invited: invited + add.map(invitedDigest).join(""),
  };
};
