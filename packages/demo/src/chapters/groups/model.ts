/*
 * What groups and teams must look like, thought out a second time from the play alone. Nothing here may
 * import a service or a package of ours: a model that shares code with what it judges shares its mistakes.
 */

/** A person as the model sees one. */
export interface ModelPerson {
  readonly name: string;
  readonly standing: "linked" | "outsider" | "unlinked" | "neverSignedIn" | "guest";
}

/** What people did to a team and its group. */
export interface ModelTeam {
  readonly creator: ModelPerson;
  readonly founders: readonly ModelPerson[];
  readonly changes: readonly { readonly kind: "in" | "out"; readonly member: ModelPerson }[];
}

/** Only colleagues whose accounts are one person's, and who use Webex, may be in a group. */
const mayBeInGroup = ({ standing }: ModelPerson): boolean => standing === "linked";

/** Who must be in the group and who in the team at the end, by name. */
export interface ExpectedPeople {
  readonly inGroup: ReadonlySet<string>;
  readonly inTeam: ReadonlySet<string>;
}

/**
 * The group begins with those of the team who may be in it. Whom an owner takes in or out is in or out of the
 * group, guests as well; the team follows, but lets nobody in who may not be in a group. People of the team
 * whom the group never had stay where they are, and so does the team's one moderator.
 */
export const expectedPeople = ({ creator, founders, changes }: ModelTeam): ExpectedPeople => {
  const inGroup = new Set(founders.filter(mayBeInGroup).map(({ name }) => name));
  const inTeam = new Set(founders.map(({ name }) => name));
  for (const { kind, member } of changes) {
    if (kind === "in") inGroup.add(member.name);
    else inGroup.delete(member.name);
    if (kind === "in" && mayBeInGroup(member)) inTeam.add(member.name);
    if (kind === "out" && member.name !== creator.name) inTeam.delete(member.name);
  }
  return { inGroup, inTeam };
};

/** Who is there and should not be, and who should be and is not, in words. */
export const differences = (
  where: string,
  expected: ReadonlySet<string>,
  found: readonly string[],
): readonly string[] => [
  ...found.filter((name) => !expected.has(name)).map((name) => `${name} is in ${where} and must not be`),
  ...[...expected].filter((name) => !found.includes(name)).map((name) => `${name} is not in ${where}`),
];
