/** The longest names that Graph takes of a group. */
const displayNameMax = 256;
const mailNicknameMax = 64;

/** Letters that the decomposition of accents leaves, as people write them without. */
const plain: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", ø: "o", ł: "l", đ: "d", þ: "th" };

/** A word as mail nicknames take it: ASCII letters, digits and hyphens, at most `max`. */
const slug = (text: string, max: number): string =>
  text
    .toLowerCase()
    .replaceAll(/[ßæøłđþ]/g, (letter) => plain[letter] ?? letter)
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, max)
    .replace(/-+$/, "");

/** What a tenant's policy wants around names. */
export interface NameFrame {
  readonly namePrefix: string;
  readonly nameSuffix: string;
}

/** What a mail nickname may hold of a prefix or suffix that the policy wants. */
const framePart = (text: string): string => text.replaceAll(/[^!-~]|[@()\\[\]";:.<>,]/g, "");

/**
 * The names of a team's group, the `nth` try from 0: first the team's own name, then with a part of the
 * team's id, so that two teams of one name get two groups and each try of one team the same.
 */
export const namesOf = (
  team: { readonly name: string; readonly teamUuid: string },
  { namePrefix, nameSuffix }: NameFrame,
  nth: number,
): { readonly displayName: string; readonly mailNickname: string } => {
  const [before, behind] = [framePart(namePrefix), framePart(nameSuffix)];
  const mark = team.teamUuid.slice(0, 8);
  const tail = nth === 0 ? "" : nth === 1 ? `-${mark}` : `-${mark}-${nth}`;
  const room = mailNicknameMax - before.length - behind.length - tail.length;
  const word = slug(team.name, Math.max(1, room)) || "team";
  const around = displayNameMax - namePrefix.length - nameSuffix.length;
  return {
    displayName: `${namePrefix}${cut(team.name, around)}${nameSuffix}`,
    mailNickname: `${before}${word}${tail}${behind}`,
  };
};

/** The first `max` UTF-16 units, never half of a character. */
const cut = (text: string, max: number): string => {
  const short = text.slice(0, Math.max(0, max));
  return /[\uD800-\uDBFF]$/.test(short) ? short.slice(0, -1) : short;
};

/** The key by which there is one group for a team, however often it is ordered. */
export const uniqueNameOf = (teamUuid: string, generation: number): string =>
  generation <= 1 ? `webex-team-${teamUuid}` : `webex-team-${teamUuid}-${generation}`;

const folderMax = 120;
const reserved = /^(?:\.lock|con|prn|aux|nul|com\d|lpt\d|desktop\.ini|forms|_vti_.*|~\$.*)$/i;

/**
 * The name of a space's folder, the `nth` try from 0, as SharePoint takes it
 * (https://support.microsoft.com/office/restrictions-and-limitations-in-onedrive-and-sharepoint).
 */
export const folderNameOf = (title: string, roomUuid: string, nth: number): string => {
  const clean = cut(
    title
      .replaceAll(/["*:<>?/\\|#%]|\p{Cc}/gu, " ")
      .replaceAll(/\s+/g, " ")
      .replaceAll(/_vti_/gi, "vti"),
    folderMax,
  ).replaceAll(/^[\s~.]+|[\s.]+$/g, "");
  const word = clean === "" || reserved.test(clean) ? `Space ${clean}`.trim() : clean;
  return nth === 0 ? word : `${word} ${roomUuid.slice(0, 8)}${nth === 1 ? "" : `-${nth}`}`;
};
