import { type CallFailure, type OrgId, ProviderError, plus, seconds } from "@hybrid/kernel";
import type { FoundMailMessage } from "@hybrid/microsoft-graph";
import type { Call, ImportedCopy, MailboxPlace } from "#domain/archive-state";
import { archiveFolder, itemProperty, runProperty } from "#domain/keys";
import {
  addFiles,
  type Copy,
  create,
  endedAs,
  foundBy,
  type ImportPorts,
  mailOf,
  type Target,
  userOf,
} from "./copy-mail.ts";
import { importBatch, nextBatch } from "./import-batch.ts";
import type { ArchiverPorts } from "./ports.ts";

type Import = Extract<Call, { readonly kind: "importCopies" }>;

/** What became of a call. */
export interface Imported {
  readonly place: MailboxPlace | null;
  readonly folderId: string | null;
  readonly copies: readonly ImportedCopy[];
  readonly failure: CallFailure | null;
}

/** After this time no further copy is begun: the call ends within its deadline. */
const beginMs = seconds(15);

const findPlace = async (
  ports: ArchiverPorts,
  order: Import,
  signal: AbortSignal,
): Promise<MailboxPlace | null> => {
  for (const tenantId of order.tenants) {
    const user = await ports.graph.users.findByAddress({ tenantId, address: order.email, signal });
    if (user) return { tenantId, ...user };
  }
  return null;
};

/** The folder, made when it is not there; a faster import made the same one. */
const ensureFolder = async (
  ports: ArchiverPorts,
  place: MailboxPlace,
  signal: AbortSignal,
): Promise<string> => {
  const folder = { ...userOf(place, signal), parent: "inbox", displayName: archiveFolder };
  const found = await ports.graph.mail.findFolder(folder);
  if (found !== null) return found;
  try {
    return await ports.graph.mail.createFolder(folder);
  } catch (error) {
    const made =
      error instanceof ProviderError && error.code === "conflict"
        ? await ports.graph.mail.findFolder(folder)
        : null;
    if (made === null) throw error;
    return made;
  }
};

const failureOf = (ports: ArchiverPorts, error: ProviderError): CallFailure => ({
  code: error.code,
  retryable: error.retryable,
  retryAt: error.retryAfterMs === undefined ? null : plus(ports.clock.now(), error.retryAfterMs),
  status: error.status ?? null,
});

/** One copy: found already, or made now. Null when its mail is not in the store any more. */
const importOne = async (
  ports: ImportPorts,
  given: Target & {
    readonly org: OrgId;
    readonly copy: Copy;
    readonly found: FoundMailMessage | undefined;
    readonly folderId: string;
  },
): Promise<ImportedCopy> => {
  const { org, copy, found, place, signal } = given;
  const ended = (outcome: ImportedCopy["outcome"], reason: string | null = null): ImportedCopy =>
    endedAs(copy, outcome, reason);
  const done = copy.isPartial ? "partial" : "success";
  if (found && found.values[runProperty] !== copy.run) return ended("skipped");
  const mail = await mailOf(ports, org, copy, signal);
  if (mail === null) return found ? ended(done) : ended("failed", "contentLost");
  if (found) {
    await addFiles(ports, { place, signal, messageId: found.messageId, files: mail.files, isNew: false });
    return ended(done);
  }
  try {
    await create(ports, { ...given, mail, run: copy.run });
    return ended(done);
  } catch (error) {
    if (error instanceof ProviderError && error.code === "invalidRequest") return ended("failed", error.code);
    throw error;
  }
};

/** Where an import stands: what mailbox and folder have, and what is told of the copies so far. */
interface Standing {
  folderId: string | null;
  readonly found: FoundMailMessage[];
  readonly copies: ImportedCopy[];
}

/** Tells of copies, which from now on are in the mailbox. */
const note = ({ found, copies }: Standing, ended: readonly ImportedCopy[], folderId: string): void => {
  copies.push(...ended);
  for (const { eventId, run } of ended)
    found.push({
      messageId: "",
      values: { [itemProperty]: eventId, [runProperty]: run },
      folderId,
      hasAttachments: false,
      sentAt: null,
    });
};

const isFolderGone = (error: unknown): boolean => error instanceof ProviderError && error.code === "notFound";

/** The next copies by one batch, or the next one by itself. */
const importNext = async (
  ports: ImportPorts,
  rest: readonly Copy[],
  standing: Standing,
  given: Target & { readonly org: OrgId },
): Promise<void> => {
  const { place, signal } = given;
  const folderId = standing.folderId ?? (await ensureFolder(ports, place, signal));
  standing.folderId = folderId;
  const batch = await nextBatch(ports, rest, { ...given, found: standing.found });
  if (batch.length > 1) {
    const { copies, stopped } = await importBatch(ports, batch, { place, signal, folderId });
    note(standing, copies, folderId);
    if (stopped === null) return;
    if (!isFolderGone(stopped)) throw stopped;
    // A person who renamed or deleted the folder gets a new one.
    standing.folderId = await ensureFolder(ports, place, signal);
    if (copies.length > 0) return;
  }
  const [copy] = rest;
  if (copy === undefined) return;
  const one = { ...given, copy, found: foundBy(standing.found, copy) };
  try {
    const ended = await importOne(ports, { ...one, folderId: standing.folderId });
    note(standing, [ended], standing.folderId);
  } catch (error) {
    if (!isFolderGone(error)) throw error;
    standing.folderId = await ensureFolder(ports, place, signal);
    note(standing, [await importOne(ports, { ...one, folderId: standing.folderId })], standing.folderId);
  }
};

/**
 * Imports copies into one mailbox, in order: each is looked for first, in the whole mailbox, because the call
 * may be a repetition. What was done before a failure is told with it.
 */
const importInto = async (
  ports: ImportPorts,
  order: Import,
  given: Target & { readonly org: OrgId },
): Promise<Imported> => {
  const { place, signal } = given;
  const begunAt = ports.clock.now();
  const standing: Standing = { folderId: order.folderId, found: [], copies: [] };
  const { copies } = standing;
  try {
    const values = [...new Set(order.copies.map(({ eventId }) => eventId))];
    const wanted = { ...userOf(place, signal), propertyId: itemProperty, values, bring: [runProperty] };
    standing.found.push(...(await ports.graph.mail.findMessages(wanted)));
    while (copies.length < order.copies.length) {
      if (copies.length > 0 && ports.clock.now() - begunAt > beginMs) break;
      await importNext(ports, order.copies.slice(copies.length), standing, given);
    }
    return { place, folderId: standing.folderId, copies, failure: null };
  } catch (error) {
    if (!(error instanceof ProviderError) || copies.length === 0) throw error;
    return { place, folderId: standing.folderId, copies, failure: failureOf(ports, error) };
  }
};

/** Copies of groups that the person is in none of; without a user, all that groups decide about. */
const outOfScope = async (
  ports: ImportPorts,
  order: Import,
  { place, signal }: { readonly place: MailboxPlace | null; readonly signal: AbortSignal },
): Promise<ReadonlySet<Copy>> => {
  const out = new Set<Copy>();
  for (const copy of order.copies) {
    if (copy.groups === undefined) continue;
    const { tenants } = order;
    const isIn =
      place !== null && (await ports.groupMembers.hasOneOf({ tenants, groups: copy.groups, place, signal }));
    if (!isIn) out.add(copy);
  }
  return out;
};

const hasNoMailbox = (error: unknown): boolean =>
  error instanceof ProviderError && (error.code === "mailboxMissing" || error.code === "userNotFound");

/**
 * Imports the wanted ones of copies into one mailbox; those that groups leave out are told as such. No place
 * in the answer: there is no mailbox for the others.
 */
export const importCopies = async (
  ports: ImportPorts,
  order: Import,
  given: { readonly org: OrgId; readonly signal: AbortSignal },
): Promise<Imported> => {
  const { signal } = given;
  const place = order.place ?? (await findPlace(ports, order, signal));
  const out = await outOfScope(ports, order, { place, signal });
  const left = [...out].map((copy) => endedAs(copy, "outOfScope"));
  const copies = order.copies.filter((copy) => !out.has(copy));
  const missing = copies
    .filter(({ groups }) => groups !== undefined)
    .map((copy) => endedAs(copy, "failed", "mailboxMissing"));
  if (place === null) return { place, folderId: null, copies: [...left, ...missing], failure: null };
  if (copies.length === 0) return { place, folderId: order.folderId, copies: left, failure: null };
  try {
    const done = await importInto(ports, { ...order, copies }, { ...given, place });
    return { ...done, copies: [...left, ...done.copies] };
  } catch (error) {
    if (!hasNoMailbox(error)) throw error;
    return { place: null, folderId: null, copies: [...left, ...missing], failure: null };
  }
};
