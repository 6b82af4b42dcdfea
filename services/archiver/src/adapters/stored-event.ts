import { Message, type WebexEvent } from "@hybrid/webex";
import { z } from "zod";
import { type ChatMessage, emptyMessage } from "#rendering/chat-message";
import { stableId } from "./stable-id.ts";

const text = z.string().max(1_024);

/** What of an event waits sealed until its mail is rendered. */
const StoredEvent = z.object({
  /** Ids as Webex wrote them, for calls. */
  roomId: text,
  messageId: text,
  data: z.record(z.string(), z.unknown()),
});
/** What of an event waits sealed until its mail is rendered. */
export type StoredEvent = z.infer<typeof StoredEvent>;

/** A stored event, read; null when it is none. */
export const readStoredEvent = (bytes: Buffer): StoredEvent | null => {
  try {
    return StoredEvent.safeParse(JSON.parse(bytes.toString("utf8"))).data ?? null;
  } catch {
    // Not JSON: whatever stands there is none of ours, and the message is read from Webex instead.
    return null;
  }
};

/** As it is stored. */
export const storedEvent = (event: WebexEvent, ids: Pick<StoredEvent, "roomId" | "messageId">): Buffer =>
  Buffer.from(JSON.stringify({ ...ids, data: event.data } satisfies StoredEvent));

/** A message as the renderer takes it, and whether Webex could not decrypt part of it. */
export interface ReadMessage {
  readonly message: ChatMessage;
  readonly isWithheld: boolean;
}

/** The renderer's form of a message. */
export const chatMessageOf = (message: Message): ReadMessage => ({
  message: {
    text: message.text ?? null,
    markdown: message.markdown ?? null,
    html: message.html ?? null,
    cards: message.attachments.map(({ content }) => content),
    parentId: message.parentId === undefined ? null : stableId(message.parentId),
    files: message.files,
    inputs: null,
  },
  isWithheld: message.withheld.length > 0,
});

const Answer = z.object({
  messageId: text.optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});

/** What the event itself tells of the message; null when it tells nothing of what was said. */
export const messageInEvent = ({ data, roomId }: StoredEvent, isAnswer: boolean): ReadMessage | null => {
  if (isAnswer) {
    const { messageId, inputs = {} } = Answer.safeParse(data).data ?? {};
    const parentId = messageId === undefined ? null : stableId(messageId);
    return { message: { ...emptyMessage, inputs, parentId }, isWithheld: false };
  }
  // A message of a meeting need not name a space.
  const read = Message.safeParse({ roomId, ...data });
  if (!read.success) return null;
  const { message, isWithheld } = chatMessageOf(read.data);
  const says = message.text ?? message.markdown ?? message.html;
  const isSilent = says === null && message.files.length === 0 && message.cards.length === 0;
  return isSilent && !isWithheld ? null : { message, isWithheld };
};
