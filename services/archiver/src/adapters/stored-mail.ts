import { z } from "zod";
import type { ArchivedMail } from "#rendering/chat-message";

const person = z.object({ address: z.string(), name: z.string() });

const Head = z.object({
  mail: z.object({
    subject: z.string(),
    html: z.string(),
    text: z.string(),
    from: person,
    to: z.array(person).readonly(),
    sentAt: z.number(),
    internetMessageId: z.string(),
    inReplyTo: z.string(),
    references: z.array(z.string()).readonly(),
    properties: z.record(z.string(), z.string()),
    isPartial: z.boolean(),
  }),
  files: z.array(
    z.object({
      name: z.string(),
      contentType: z.string(),
      contentId: z.string().nullable(),
      size: z.int().min(0),
    }),
  ),
});

/** A mail as bytes: the length of its head, the head as JSON, and the files one behind the other. */
export const storedMail = ({ files, ...mail }: ArchivedMail): Buffer => {
  const parts = files.map(({ bytes, ...part }) => ({ ...part, size: bytes.byteLength }));
  const head = Buffer.from(JSON.stringify({ mail, files: parts } satisfies z.infer<typeof Head>));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, ...files.map(({ bytes }) => bytes)]);
};

/** The mail of {@link storedMail}. Throws when the bytes are none. */
export const readStoredMail = (bytes: Buffer): ArchivedMail => {
  const headEnd = 4 + bytes.readUInt32BE(0);
  const { mail, files } = Head.parse(JSON.parse(bytes.toString("utf8", 4, headEnd)));
  let at = headEnd;
  return {
    ...mail,
    files: files.map(({ size, ...part }) => {
      const content = bytes.subarray(at, at + size);
      at += size;
      return { ...part, bytes: content };
    }),
  };
};
