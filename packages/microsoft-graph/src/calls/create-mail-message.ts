import { type EpochMs, ProviderError } from "@hybrid/kernel";
import type { Message } from "@microsoft/microsoft-graph-types";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import { createdSchema, mailCall } from "./mail-call.ts";
import { immutableIds, prefer } from "./prefer.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** Somebody's mail address. */
export interface MailAddress {
  readonly address: string;
  readonly name: string;
}

/** A file that goes along with a message. */
export interface MailFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** What the body calls it by (`cid:`); null when it is not shown within the body. */
  readonly contentId: string | null;
}

/** A received message to be put into a folder. */
export interface CreateMailMessage extends UserCall {
  readonly folderId: string;
  readonly subject: string;
  readonly html: string;
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  /** When it was sent and received; milliseconds since 1970. */
  readonly sentAt: EpochMs;
  /** With angle brackets, as are those below. */
  readonly internetMessageId: string;
  /** The message that this one answers, and all that lie before it in the thread, oldest first. */
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Single-value extended properties of our own, by id. */
  readonly properties: Readonly<Record<string, string>>;
  /** Files of less than 3 MB each; all of the request is at most 4 MB. Others go by `addAttachment`. */
  readonly files: readonly MailFile[];
}

type MessageContent = Omit<CreateMailMessage, keyof UserCall | "folderId">;

/**
 * MAPI properties that Graph heeds when a message is made, and never later (davmail, pull request 517):
 * PR_MESSAGE_FLAGS with 1 (read, and not unsent, which would be a draft), the times of delivery and
 * submission, In-Reply-To and References.
 */
const mapiOf = ({ sentAt, inReplyTo, references }: MessageContent): { id: string; value: string }[] => {
  const at = new Date(sentAt).toISOString();
  return [
    { id: "Integer 0x0E07", value: "1" },
    { id: "SystemTime 0x0E06", value: at },
    { id: "SystemTime 0x0039", value: at },
    ...(inReplyTo === null ? [] : [{ id: "String 0x1042", value: inReplyTo }]),
    ...(references.length === 0 ? [] : [{ id: "String 0x1039", value: references.join(" ") }]),
  ];
};

const recipient = ({ address, name }: MailAddress) => ({ emailAddress: { address, name } });

/** A file as Graph takes it in a request. */
export const fileOf = ({ name, contentType, bytes, contentId }: MailFile): object => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name,
  contentType,
  contentBytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  isInline: contentId !== null,
  ...(contentId === null ? {} : { contentId }),
});

/** A message as Graph takes it. */
export const messageBodyOf = (order: MessageContent): object => {
  const message: Message = {
    subject: order.subject,
    body: { contentType: "html", content: order.html },
    from: recipient(order.from),
    sender: recipient(order.from),
    toRecipients: order.to.map(recipient),
    internetMessageId: order.internetMessageId,
    singleValueExtendedProperties: [
      ...mapiOf(order),
      ...Object.entries(order.properties).map(([id, value]) => ({ id, value })),
    ],
  };
  return order.files.length === 0 ? message : { ...message, attachments: order.files.map(fileOf) };
};

/**
 * Puts a received message, no draft, into a folder and returns its immutable id. Must NOT be repeated without
 * `findMessages` before: each request makes another message. Throws ProviderError notFound when the folder is
 * gone, invalidRequest, and the usual ones.
 */
export const createMailMessage =
  (graph: GraphClient) =>
  async (order: CreateMailMessage): Promise<string> => {
    const call = mailCall(order, "mail.createMessage", false);
    if (order.to.length === 0)
      throw new ProviderError(`${whatOf(call)}: a message needs a recipient`, {
        code: "invalidRequest",
        retryable: false,
      });
    const path = `${userPath(order.userObjectId)}/mailFolders/${encodeURIComponent(order.folderId)}/messages`;
    const headers = prefer(immutableIds);
    const answer = await graph.request(call, { method: "POST", path, headers, body: messageBodyOf(order) });
    return readAnswer(createdSchema, answer, whatOf(call)).id;
  };
