import type { Verified } from "@hybrid/archiver";
import type { Expectation } from "../../expectation.ts";
import type { Scenery } from "../chapter.ts";
import { type ArchiveCast, fileBytesMax, type Talker } from "./cast.ts";
import { type ExpectedArchive, type ExpectedMail, expectedArchive } from "./model.ts";

type Mail = ReturnType<Scenery["stage"]["graph"]["listMail"]>[number];

const wordOf = (number: number, kind: ExpectedMail["kind"]): string => `#${number}, ${kind},`;

/** Which version of which message a mail is, as a person who reads it sees. */
export const readMail = ({ body }: Mail): Pick<ExpectedMail, "number" | "kind"> => ({
  number: Number(/#(\d+)\./.exec(body.content)?.[1] ?? Number.NaN),
  kind: body.content.includes("Edited:") ? "edited" : body.content.includes("Deleted:") ? "deleted" : "said",
});

const differencesIn = (
  name: string,
  expected: readonly ExpectedMail[],
  mails: readonly Mail[],
): readonly string[] => {
  const found = mails.map((mail) => ({ mail, ...readMail(mail) }));
  const lacks = expected.flatMap((want) => {
    const same = found.filter(({ number, kind }) => number === want.number && kind === want.kind);
    const what = `${name}'s mailbox`;
    if (same.length !== 1)
      return [`${what} has ${wordOf(want.number, want.kind)} ${same.length} times instead of once`];
    const { mail } = same[0] as (typeof found)[number];
    const files = mail.attachments.map(({ name: file }) => file).join();
    const faults = [
      ...(mail.sentAt === want.at ? [] : ["not the original date"]),
      ...(mail.isDraft ? ["it is a draft"] : []),
      ...(mail.folder === "Inbox/Webex Teams" ? [] : [`it is in ${mail.folder}`]),
      ...(files === want.files.join() ? [] : [`its files are "${files}"`]),
    ];
    return faults.map((fault) => `${what} has ${wordOf(want.number, want.kind)} but ${fault}`);
  });
  const strange = found
    .filter(({ number, kind }) => !expected.some((want) => want.number === number && want.kind === kind))
    .map(({ number, kind }) => `${name}'s mailbox has ${wordOf(number, kind)} and must not`);
  return [...lacks, ...strange];
};

/** What lies in somebody's mailbox; nothing where there is none. */
export const mailsOf = ({ stage }: Scenery, { hasMailbox, objectId }: Talker): readonly Mail[] =>
  hasMailbox ? stage.graph.listMail(objectId) : [];

/** What must lie in everybody's mailbox. */
export const expectedOf = ({ people, moves, words }: ArchiveCast): ExpectedArchive =>
  expectedArchive({ people, moves, words }, fileBytesMax);

const checkMailboxes = (cast: ArchiveCast, scenery: Scenery, { mails }: ExpectedArchive): Expectation => ({
  name: "mailboxes: each version once, for all who were there and nobody else, with its date and its files",
  checked: [...mails.values()].reduce((sum, own) => sum + own.length, 0),
  broken: cast.people.flatMap((person) =>
    differencesIn(person.name, mails.get(person.name) ?? [], mailsOf(scenery, person)),
  ),
});

const checkLog = ({ logged }: ArchiveCast, expected: ExpectedArchive): Expectation => {
  const sum = (name: "source" | "available" | "success" | "partial" | "skipped" | "failed"): number =>
    logged.reduce((total, day) => total + day[name], 0);
  const { versions, copies, failed, partial } = expected;
  const wanted = [
    ["source", versions],
    ["available", copies],
    ["failed", failed],
    ["partial", partial],
    ["success", copies - failed - partial],
    ["skipped", 0],
  ] as const;
  return {
    name: "status log: its counts are those of the talk, and available is the sum of the outcomes",
    checked: wanted.length,
    broken: wanted
      .filter(([name, count]) => sum(name) !== count)
      .map(([name, count]) => `the log has ${sum(name)} ${name}, expected ${count}`),
  };
};

const faultsIn = (when: string, found: Verified | null): readonly string[] => {
  if (found === null) return [`${when}: nothing was compared`];
  const { missing, doubled, missingInLog, missingInSource, wrongDays } = found;
  const counts = { missing, doubled, missingInLog, missingInSource, wrongDays };
  return Object.entries(counts).flatMap(([name, faults]) =>
    faults.length === 0 ? [] : [`${when}: verify names ${faults.length} ${name}`],
  );
};

const checkVerify = (
  cast: ArchiveCast,
  expected: ExpectedArchive,
  { mended }: { readonly mended: Verified },
): Expectation => {
  const { whole, withLoss, lost } = cast;
  const copies = expected.copies - expected.failed;
  const named = withLoss?.missing.map(({ email, isLogged }) => `${email} ${isLogged}`).join();
  const wanted = `${lost?.person.webex.email} false`;
  return {
    name: "verify: finds nothing in a whole archive, the one mail that was deleted, nothing after a re-run",
    checked: 3,
    broken: [
      ...faultsIn("before a mail is lost", whole),
      ...(whole?.items === expected.versions && whole.wanted === copies
        ? []
        : [`verify compares ${whole?.items} items and ${whole?.wanted} copies, expected ${copies} copies`]),
      ...(named === wanted ? [] : [`verify names ${named} where ${wanted} was deleted`]),
      ...faultsIn("after the re-run", mended),
    ],
  };
};

/** Everything that must hold when the chapter is over. */
export const checkArchive = (
  cast: ArchiveCast,
  scenery: Scenery,
  compared: { readonly mended: Verified },
): readonly Expectation[] => {
  const expected = expectedOf(cast);
  return [
    checkMailboxes(cast, scenery, expected),
    checkLog(cast, expected),
    checkVerify(cast, expected, compared),
  ];
};
