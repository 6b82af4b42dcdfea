import { type OrgId, type ProviderError } from "@hybrid/kernel";
import { batchRequestsMax, type FoundMailMessage } from "@hybrid/microsoft-graph";
import type { ImportedCopy } from "#domain/archive-state";
import type { ArchivedMail } from "#rendering/chat-message";
import {
  type Copy,
  contentOf,
  divided,
  endedAs,
  foundBy,
  type ImportPorts,
  inlineBytesMax,
  mailOf,
  type Target,
  userOf,
} from "./copy-mail.ts";

interface Small {
  readonly copy: Copy;
  readonly mail: ArchivedMail;
}

/** About what a mail takes within a request. */
const bytesOf = ({ html, files }: ArchivedMail): number =>
  files.reduce((sum, { bytes }) => sum + 1.4 * bytes.byteLength, 2 * html.length + 4_000);

/**
 * The next copies, in order, that go into the mailbox by one batch: new ones, each of another item, small
 * together. Another one ends them, and comes by itself.
 */
export const nextBatch = async (
  ports: ImportPorts,
  copies: readonly Copy[],
  given: {
    readonly org: OrgId;
    readonly found: readonly FoundMailMessage[];
    readonly signal: AbortSignal;
  },
): Promise<readonly Small[]> => {
  const { org, found, signal } = given;
  const batch: Small[] = [];
  let bytes = 0;
  for (const copy of copies.slice(0, batchRequestsMax)) {
    if (foundBy(found, copy) || batch.some((one) => one.copy.eventId === copy.eventId)) break;
    const mail = await mailOf(ports, org, copy, signal);
    if (mail === null || mail.to.length === 0 || divided(mail.files).later.length > 0) break;
    bytes += bytesOf(mail);
    if (bytes > inlineBytesMax) break;
    batch.push({ copy, mail });
  }
  return batch;
};

/** What became of the first ones of a batch; `stopped`: what kept the next one, null when nothing did. */
export const importBatch = async (
  ports: ImportPorts,
  batch: readonly Small[],
  { place, signal, folderId }: Target & { readonly folderId: string },
): Promise<{ readonly copies: readonly ImportedCopy[]; readonly stopped: ProviderError | null }> => {
  const messages = batch.map(({ copy, mail }) => contentOf(mail, copy.run, mail.files));
  const made = await ports.graph.mail.createMessages({ ...userOf(place, signal), folderId, messages });
  const copies: ImportedCopy[] = [];
  for (const [at, { copy }] of batch.entries()) {
    const one = made[at] ?? null;
    if (one === null) break;
    if (typeof one === "string") copies.push(endedAs(copy, copy.isPartial ? "partial" : "success"));
    else if (one.code === "invalidRequest") copies.push(endedAs(copy, "failed", one.code));
    else return { copies, stopped: one };
  }
  return { copies, stopped: null };
};
