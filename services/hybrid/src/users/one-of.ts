import { ConfigError } from "@hybrid/kernel";
import { nearestHint } from "@hybrid/settings";
import { orgGiven } from "../given.ts";
import { type PersonRow, userIdOf } from "./people-view.ts";

/**
 * The user whom a person names: by `<org>/u-<user>`, by the id alone, by mail address or by object id, in any
 * case. Throws ConfigError when nobody is named so, with the nearest name, or more than one.
 */
export const oneOf = (people: readonly PersonRow[], text: string, orgText?: string): PersonRow => {
  const org = orgText === undefined ? undefined : orgGiven(orgText);
  const among = org === undefined ? people : people.filter(({ user }) => user.startsWith(`${org}/`));
  const namesOf = ({ user, mailAddress, objectId }: PersonRow): readonly string[] =>
    [user, userIdOf(user), mailAddress, objectId].map((name) => name.toLowerCase());
  const found = among.filter((row) => namesOf(row).includes(text.toLowerCase()));
  const [one, ...others] = found;
  if (one && others.length === 0) return one;
  const fault = one
    ? `"${text}" names ${found.length} users (${found
        .slice(0, 5)
        .map(({ user }) => user)
        .join(", ")}); add --org or give the whole id`
    : `there is no user "${text}"${nearestHint(
        text,
        among.flatMap(({ user, mailAddress }) => [user, mailAddress]),
      )}`;
  throw new ConfigError("the user is not found", [fault]);
};
