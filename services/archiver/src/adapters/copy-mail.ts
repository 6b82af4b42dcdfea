import { instant, type OrgId } from "@hybrid/kernel";
import { type FoundMailMessage, uploadFromBytes } from "@hybrid/microsoft-graph";
import type { LRUCache } from "lru-cache";
import type { Call, ImportedCopy, MailboxPlace } from "#domain/archive-state";
import { itemProperty, runProperty } from "#domain/keys";
import type { ArchivedMail, MailPart } from "#rendering/chat-message";
import type { GroupMembers } from "./group-members.ts";
import { type ArchiverPorts, mailKey } from "./ports.ts";
import { readStoredMail } from "./stored-mail.ts";

/** A copy that a call is to import. */
export type Copy = Extract<Call, { readonly kind: "importCopies" }>["copies"][number];

/** What importing needs. */
export interface ImportPorts extends ArchiverPorts {
  /** Mails that were read lately: everybody in a space gets the same one. */
  readonly mails: LRUCache<string, ArchivedMail>;
  /** Mails that are being read: all mailboxes of a space want the same one at once. */
  readonly reading: Map<string, Promise<ArchivedMail | null>>;
  readonly groupMembers: GroupMembers;
}

/** Bytes of files that go along in one request of at most 4 MB, which base64 makes larger. */
export const inlineBytesMax = 2_000_000;
/** Whose mailbox a call is about. */
export const userOf = ({ tenantId, objectId }: MailboxPlace, signal: AbortSignal) => ({
  tenantId,
  userObjectId: objectId,
  signal,
});

/** The mail of a copy; null when it is not in the store any more. */
export const mailOf = async (
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
export const divided = (
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

/** The mailbox of an import. */
export interface Target {
  readonly place: MailboxPlace;
  readonly signal: AbortSignal;
}

/** Adds the files that a message lacks: a crash may have come between them. */
export const addFiles = async (
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

/** A mail as Graph takes it, with the files that go along. */
export const contentOf = (mail: ArchivedMail, run: string, files: readonly MailPart[]) => ({
  subject: mail.subject,
  html: mail.html,
  from: mail.from,
  to: mail.to,
  sentAt: instant(mail.sentAt),
  internetMessageId: mail.internetMessageId,
  inReplyTo: mail.inReplyTo,
  references: mail.references,
  properties: { ...mail.properties, [runProperty]: run },
  files,
});

/** Makes one message, with all of its files. */
export const create = async (
  ports: ArchiverPorts,
  given: Target & { readonly folderId: string; readonly mail: ArchivedMail; readonly run: string },
): Promise<void> => {
  const { place, signal, folderId, mail, run } = given;
  const { along, later } = divided(mail.files);
  const content = contentOf(mail, run, along);
  const messageId = await ports.graph.mail.createMessage({ ...userOf(place, signal), folderId, ...content });
  await addFiles(ports, { place, signal, messageId, files: later, isNew: true });
};

/** What a mailbox has of a copy: of the same run rather than of another. */
export const foundBy = (found: readonly FoundMailMessage[], copy: Copy): FoundMailMessage | undefined => {
  const same = found.filter(({ values }) => values[itemProperty] === copy.eventId);
  return same.find(({ values }) => values[runProperty] === copy.run) ?? same[0];
};

/** What is told of a copy. */
export const endedAs = (
  { eventId, run }: Copy,
  outcome: ImportedCopy["outcome"],
  reason: string | null = null,
) => ({
  eventId,
  run,
  outcome,
  reason,
});
