import MailComposer from "nodemailer/lib/mail-composer/index.js";
import type { ArchivedMail } from "#rendering/chat-message";

const headerName = /Name (\w+)$/;

/** Metadata as headers that no mail program shows: `X-HybridArchiveItem` and its like. */
const headersOf = ({ properties }: ArchivedMail): { readonly key: string; readonly value: string }[] =>
  Object.entries(properties).flatMap(([id, value]) => {
    const name = headerName.exec(id)?.[1];
    return name === undefined ? [] : [{ key: `X-${name}`, value }];
  });

/** The same mail as a file that every mail program opens (RFC 5322, MIME). */
export const mailAsEml = async (mail: ArchivedMail): Promise<Buffer> => {
  const composer = new MailComposer({
    from: mail.from,
    to: [...mail.to],
    subject: mail.subject,
    date: new Date(mail.sentAt),
    messageId: mail.internetMessageId,
    inReplyTo: mail.inReplyTo,
    references: [...mail.references],
    html: mail.html,
    text: mail.text,
    headers: headersOf(mail),
    attachments: mail.files.map(({ name, contentType, contentId, bytes }) => ({
      filename: name,
      contentType,
      content: Buffer.from(bytes),
      ...(contentId === null ? {} : { cid: contentId, contentDisposition: "inline" as const }),
    })),
    // Nothing of a message may make the composer read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
};
