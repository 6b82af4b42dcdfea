import { type CallFailure, instant, type OrgId, ProviderError, plus, seconds } from "@hybrid/kernel";
import { type FoundMailMessage, uploadFromBytes } from "@hybrid/microsoft-graph";
import type { LRUCache } from "lru-cache";
import type { Call, ImportedCopy, MailboxPlace } from "#domain/archive-state";
import { archiveFolder, itemProperty, runProperty } from "#domain/keys";
import type { ArchivedMail, MailPart } from "#rendering/chat-message";
import type { GroupMembers } from "./group-members.ts";
import { type ArchiverPorts, mailKey } from "./ports.ts";
import { readStoredMail } from "./stored-mail.ts";

type Import = Extract<Call, { readonly kind: "importCopies" }>;
type Copy = Import["copies"][number];

/** What importing needs. */
export interface ImportPorts extends ArchiverPorts {
  /** Mails that were read lately: everybody in a space gets the same one. */
  readonly mails: LRUCache<string, ArchivedMail>;
  /** Mails that are being read: all mailboxes of a space want the same one at once. */
  readonly reading: Map<string, Promise<ArchivedMail | null>>;
  readonly groupMembers: GroupMembers;
}

/** What became of a call. */
export interface Imported {
  readonly place: MailboxPlace | null;
  readonly folderId: string | null;
  readonly copies: readonly ImportedCopy[];
  readonly failure: CallFailure | null;
}

/** Bytes of files that go along in one request of at most 4 MB, which base64 makes larger. */
const inlineBytesMax = 2_000_000;
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

const userOf = ({ tenantId, objectId }: MailboxPlace, signal: AbortSignal) => ({
  tenantId,
  userObjectId: objectId,
  signal,
});

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

const mailOf = async (
  ports: ImportPorts,
  org: OrgId,
  copy: Copy,
  signal: AbortSignal,
): Promise<ArchivedMail | null> => {
  const key = mailKey(org, copy.content);
  const known = ports.mails.get(key);
  if (known) return known;
  const underWay = ports.reading.get(key);
  if (underWay) return await underWay;
  const read = async (): Promise<ArchivedMail | null> => {
    const bytes = await ports.blobs.get(key, signal);
    return bytes === null ? null : readStoredMail(bytes);
  };
  const reading = read().finally(() => ports.reading.delete(key));
  ports.reading.set(key, reading);
  const mail = await reading;
  if (mail !== null) ports.mails.set(key, mail);
  return mail;
};

/** Small files go along as long as the request takes them; the others follow one by one. */
const divided = (
  files: readonly MailPart[],
): { readonly along: readonly MailPart[]; readonly later: readonly MailPart[] } => {
  let left = inlineBytesMax;
  const along: MailPart[] = [];
  const later: MailPart[] = [];
  for (const file of files) {
    const { byteLength } = file.bytes;
    if (byteLength <= left && byteLength < uploadFromBytes) {
      left -= byteLength;
      along.push(file);
    } else later.push(file);
  }
  return { along, later };
};

interface Target {
  readonly place: MailboxPlace;
  readonly signal: AbortSignal;
}

/** Adds the files that a message lacks: a crash may have come between them. */
const addFiles = async (
  ports: ArchiverPorts,
  given: Target & {
    readonly messageId: string;
    readonly files: readonly MailPart[];
    readonly isNew: boolean;
  },
): Promise<void> => {
  const { place, signal, messageId, files, isNew } = given;
  if (files.length === 0) return;
  const message = { ...userOf(place, signal), messageId };
  const there = isNew ? [] : [...(await ports.graph.mail.listAttachments(message))];
  for (const file of files) {
    const at = there.findIndex(({ name, size }) => name === file.name && size === file.bytes.byteLength);
    if (at >= 0) there.splice(at, 1);
    else await ports.graph.mail.addAttachment({ ...message, file });
  }
};

const create = async (
  ports: ArchiverPorts,
  given: Target & { readonly folderId: string; readonly mail: ArchivedMail; readonly run: string },
): Promise<void> => {
  const { place, signal, folderId, mail, run } = given;
  const { along, later } = divided(mail.files);
  const messageId = await ports.graph.mail.createMessage({
    ...userOf(place, signal),
    folderId,
    subject: mail.subject,
    html: mail.html,
    from: mail.from,
    to: mail.to,
    sentAt: instant(mail.sentAt),
    internetMessageId: mail.internetMessageId,
    inReplyTo: mail.inReplyTo,
    references: mail.references,
    properties: { ...mail.properties, [runProperty]: run },
    files: along,
  });
  await addFiles(ports, { place, signal, messageId, files: later, isNew: true });
};

const foundBy = (found: readonly FoundMailMessage[], copy: Copy): FoundMailMessage | undefined => {
  const same = found.filter(({ values }) => values[itemProperty] === copy.eventId);
  return same.find(({ values }) => values[runProperty] === copy.run) ?? same[0];
};

const failureOf = (ports: ArchiverPorts, error: ProviderError): CallFailure => ({
  code: error.code,
  retryable: error.retryable,
  retryAt: error.retryAfterMs === undefined ? null : plus(ports.clock.now(), error.retryAfterMs),
  status: error.status ?? null,
});

const endedAs = ({ eventId, run }: Copy, outcome: ImportedCopy["outcome"], reason: string | null = null) => ({
  eventId,
  run,
  outcome,
  reason,
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

/**
 * Imports copies into one mailbox, in order: each is looked for first, in the whole mailbox, because the call
 * may be a repetition. What was done before a failure is told with it.
 */
const importInto = async (
  ports: ImportPorts,
  order: Import,
  given: { readonly org: OrgId; readonly place: MailboxPlace; readonly signal: AbortSignal },
): Promise<Imported> => {
  const { org, place, signal } = given;
  const begunAt = ports.clock.now();
  let folderId = order.folderId;
  const copies: ImportedCopy[] = [];
  try {
    const values = [...new Set(order.copies.map(({ eventId }) => eventId))];
    const wanted = { ...userOf(place, signal), propertyId: itemProperty, values, bring: [runProperty] };
    const found = [...(await ports.graph.mail.findMessages(wanted))];
    for (const copy of order.copies) {
      if (copies.length > 0 && ports.clock.now() - begunAt > beginMs) break;
      folderId ??= await ensureFolder(ports, place, signal);
      const one = { place, signal, org, copy, found: foundBy(found, copy) };
      try {
        copies.push(await importOne(ports, { ...one, folderId }));
      } catch (error) {
        // A person who renamed or deleted the folder gets a new one.
        if (!(error instanceof ProviderError) || error.code !== "notFound") throw error;
        folderId = await ensureFolder(ports, place, signal);
        copies.push(await importOne(ports, { ...one, folderId }));
      }
      const { eventId, run } = copy;
      found.push({
        messageId: "",
        values: { [itemProperty]: eventId, [runProperty]: run },
        folderId,
        hasAttachments: false,
        sentAt: null,
      });
    }
    return { place, folderId, copies, failure: null };
  } catch (error) {
    if (!(error instanceof ProviderError) || copies.length === 0) throw error;
    return { place, folderId, copies, failure: failureOf(ports, error) };
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
