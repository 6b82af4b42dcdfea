import { ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import type { GraphClient } from "../graph-client.ts";
import { type GraphCallSpec, whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import { fileOf, type MailFile } from "./create-mail-message.ts";
import { mailCall } from "./mail-call.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** A message of a mailbox. */
export interface MailMessageCall extends UserCall {
  /** The immutable id. */
  readonly messageId: string;
}

/** A file to be added to a message. */
export interface AddMailAttachment extends MailMessageCall {
  readonly file: MailFile;
}

/** An attachment without its content. */
export interface FoundMailAttachment {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Files of this size and more go by upload session (https://learn.microsoft.com/graph/outlook-large-attachments). */
export const uploadFromBytes = 3 * 1_024 * 1_024;
/** A part of an upload: at most 4 MB, and a multiple of 320 KiB. */
const partBytes = 10 * 320 * 1_024;

const attachmentsPath = ({ userObjectId, messageId }: MailMessageCall): string =>
  `${userPath(userObjectId)}/messages/${encodeURIComponent(messageId)}/attachments`;

const listSchema = z.looseObject({
  value: z.array(z.looseObject({ name: z.string().nullish(), size: z.number().nullish() })),
});
const sessionSchema = z.looseObject({ uploadUrl: z.url({ protocol: /^https$/ }) });

/** Names and sizes of a message's attachments, 100 at most. May be repeated. Throws ProviderError. */
export const listMailAttachments =
  (graph: GraphClient) =>
  async (order: MailMessageCall): Promise<readonly FoundMailAttachment[]> => {
    const call = mailCall(order, "mail.listAttachments");
    const path = `${attachmentsPath(order)}?$select=name,size&$top=100`;
    const { value } = readAnswer(
      listSchema,
      await graph.request(call, { method: "GET", path }),
      whatOf(call),
    );
    return value.map(({ name, size }) => ({ name: name ?? "", size: size ?? 0 }));
  };

const upload = async (graph: GraphClient, call: GraphCallSpec, order: AddMailAttachment): Promise<void> => {
  const { name, contentType, bytes, contentId } = order.file;
  const item = {
    attachmentType: "file",
    name,
    size: bytes.byteLength,
    contentType,
    isInline: contentId !== null,
    ...(contentId === null ? {} : { contentId }),
  };
  const path = `${attachmentsPath(order)}/createUploadSession`;
  const opened = await graph.request(call, { method: "POST", path, body: { AttachmentItem: item } });
  const { uploadUrl } = readAnswer(sessionSchema, opened, whatOf(call));
  for (let at = 0; at < bytes.byteLength; at += partBytes) {
    const part = bytes.subarray(at, at + partBytes);
    await graph.upload(call, { url: uploadUrl, at, part, size: bytes.byteLength });
  }
};

/**
 * Adds a file to a message: in one request below 3 MB, else by upload session. Must NOT be repeated without
 * `listAttachments` before. Throws ProviderError invalidRequest for an empty file or one of more than 150 MB,
 * and the usual ones.
 */
export const addMailAttachment =
  (graph: GraphClient) =>
  async (order: AddMailAttachment): Promise<void> => {
    const call = mailCall(order, "mail.addAttachment", false);
    const { byteLength } = order.file.bytes;
    if (byteLength > 150 * 1_024 * 1_024)
      throw new ProviderError(
        `${whatOf(call)}: Graph takes files of at most 150 MB, not ${byteLength} bytes`,
        {
          code: "invalidRequest",
          retryable: false,
        },
      );
    if (byteLength >= uploadFromBytes) return await upload(graph, call, order);
    await graph.request(call, { method: "POST", path: attachmentsPath(order), body: fileOf(order.file) });
  };
