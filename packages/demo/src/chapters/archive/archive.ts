import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { type Verified, verify } from "@hybrid/archiver";
import {
  type ArchiveCommand,
  archiveCommands,
  archiveFailures,
  archiveImports,
  archiveLog,
} from "@hybrid/contracts";
import { table } from "@hybrid/hybrid";
import { actorIdOf, minutes, partitionOf, seconds, type Topic } from "@hybrid/kernel";
import { pagesOf } from "@hybrid/log";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { seededRandom } from "@hybrid/runtime";
import { createWebexClient } from "@hybrid/webex";
import { defineChapter, type Scenery } from "../chapter.ts";
import { type ArchiveCast, comeAndGo, fileBytesMax, prepareArchive, talk } from "./cast.ts";
import { checkArchive, expectedOf, mailsOf, readMail } from "./checks.ts";
import { archiveFaults } from "./planted.ts";

const archivist = "archivist@mail.example";
const connector = "main";

const keyOf = ({ administrator }: Scenery) => actorIdOf(`${administrator.org}/c-${connector}`);

const termsOf = ({ tenantId, places }: ArchiveCast) => ({
  tenants: [tenantId],
  catchAll: null,
  itemBytesMax: fileBytesMax,
  allowsUnscannable: false,
  people: [],
  groups: [],
  spaces: places.map(({ room }) => room.uuid),
});

/** The administrator's orders, as `hybrid archive` writes them. */
const order = async (
  scenery: Scenery,
  command: Pick<ArchiveCommand, "kind"> & Partial<ArchiveCommand>,
): Promise<void> => {
  const { log, clock, partitions } = scenery.administrator;
  const key = keyOf(scenery);
  const timestamp = clock.now();
  const value: ArchiveCommand = {
    by: archivist,
    terms: null,
    pollEveryMs: null,
    from: null,
    to: null,
    requestedAt: timestamp,
    ...command,
  };
  await log.append([
    {
      topic: archiveCommands.name,
      partition: partitionOf(key, partitions),
      key,
      value: archiveCommands.encode(value),
      timestamp,
    },
  ]);
};

const recordsOf = async <Value>(scenery: Scenery, topic: Topic<Value>): Promise<readonly Value[]> => {
  const { log, partitions } = scenery.administrator;
  const key = keyOf(scenery);
  const found: Value[] = [];
  for await (const page of pagesOf(log, { topic: topic.name, partition: partitionOf(key, partitions) }))
    for (const record of page)
      if (record.key === key && record.value !== null) found.push(topic.decode(record.value));
  return found;
};

const logOf = async (scenery: Scenery) => ({
  days: (await recordsOf(scenery, archiveLog)).at(-1)?.days ?? [],
  imports: await recordsOf(scenery, archiveImports),
  failures: await recordsOf(scenery, archiveFailures),
});

/** What `hybrid archive verify` finds now. */
const compareAll = async (cast: ArchiveCast, scenery: Scenery): Promise<Verified> => {
  const { clock, access } = scenery.stage;
  const common = { scheduler: clock, random: seededRandom(1), ca: access.caPem };
  const { baseUrl, clientId, certificatePem, privateKeyPem } = access.graph;
  const graph = createMicrosoftGraph({
    ...common,
    cloud: { loginUrl: baseUrl, graphUrl: baseUrl },
    clientId,
    certificate: {
      thumbprintSha256: new X509Certificate(certificatePem).fingerprint256.replaceAll(":", ""),
      privateKeyPem,
    },
  });
  const webex = createWebexClient({
    ...common,
    baseUrl: access.webex.baseUrl,
    accessToken: async () => access.webex.accessToken,
  });
  try {
    const logger = { warn: () => undefined };
    return await verify(
      { graph, webex, logger },
      {
        connector,
        from: scenery.startedAt,
        to: clock.now() - seconds(30),
        terms: termsOf(cast),
        log: await logOf(scenery),
        signal: AbortSignal.timeout(minutes(1)),
      },
    );
  } finally {
    await graph.close();
    await webex.close();
  }
};

const make = (cast: ArchiveCast, scenery: Scenery): Promise<void> =>
  order(scenery, {
    kind: "create",
    terms: termsOf(cast),
    pollEveryMs: minutes(5),
    from: scenery.startedAt,
  });

/** The archive is compared; then somebody deletes a mail of it, and it is compared again. */
const loseOne = async (cast: ArchiveCast, scenery: Scenery): Promise<void> => {
  cast.logged = (await logOf(scenery)).days;
  cast.whole = await compareAll(cast, scenery);
  const person = cast.people.find((each) => mailsOf(scenery, each).length > 2);
  const [, mail] = person ? mailsOf(scenery, person) : [];
  // The expectations say so at the end.
  if (!person || !mail) return;
  scenery.stage.graph.deleteMail(person.objectId, mail.id);
  cast.lost = { person, ...readMail(mail) };
  cast.withLoss = await compareAll(cast, scenery);
};

const rerun = (_: ArchiveCast, scenery: Scenery): Promise<void> =>
  order(scenery, { kind: "rerun", from: scenery.startedAt, to: scenery.stage.clock.now() });

const report = (cast: ArchiveCast, scenery: Scenery): string => {
  const { mails } = expectedOf(cast);
  const rows = cast.people.map((person) => [
    person.name,
    person.hasMailbox ? mailsOf(scenery, person).length : "no mailbox",
    mails.get(person.name)?.length ?? 0,
  ]);
  const days = cast.logged.map(({ day, source, available, success, partial, skipped, failed }) => [
    day,
    source,
    available,
    success,
    partial,
    skipped,
    failed,
  ]);
  const { lost } = cast;
  const loss =
    lost === null
      ? "no mail was lost"
      : `#${lost.number}, ${lost.kind}, was deleted in the mailbox of ${lost.person.name}, then a re-run`;
  return [
    table(["person", "mails", "expected"], rows),
    table(["day", "items", "available", "success", "partial", "skipped", "failed"], days),
    loss,
  ].join("\n");
};

/** A talk at Webex comes into the mailboxes of all who were there, and provably so. */
export const archive = defineChapter<ArchiveCast>({
  name: "archive",
  title: "A talk at Webex comes into the mailboxes of all who were there, and provably so",
  settings: ({ folder }) => ({
    ARCHIVE_ADMINISTRATORS: archivist,
    ARCHIVE_SEALING_KEY: Buffer.alloc(32, "archive").toString("base64"),
    ARCHIVE_FOLDER: join(folder, "archive"),
  }),
  prepare: prepareArchive,
  scenes: [
    { afterMs: minutes(1), text: "an administrator makes an archive connector", play: make },
    { afterMs: minutes(2), text: "people talk in three spaces, edit, delete and send files", play: talk },
    { afterMs: minutes(8), text: "somebody joins a space, and somebody leaves one", play: comeAndGo },
    { afterMs: minutes(30), text: "verify compares; a mail is deleted, and verify names it", play: loseOne },
    { afterMs: minutes(31), text: "a re-run brings it back", play: rerun },
  ],
  endsAfterMs: minutes(42),
  killAfterRequests: 100,
  judge: async (cast, scenery) => checkArchive(cast, scenery, { mended: await compareAll(cast, scenery) }),
  report,
  plantedFaults: archiveFaults,
});
