import { emptyMessage } from "../src/rendering/chat-message.ts";
import type { MailSource } from "../src/rendering/render-mail.ts";
import { startAt } from "./world.ts";

/** A message of Ada's in a space of two. */
export const mailSource = (over: Partial<MailSource> = {}): MailSource => ({
  item: {
    eventId: "e1",
    kind: "created",
    messageId: "m1",
    personId: "ada",
    email: "ada@acme.example",
    at: startAt,
  },
  run: "main.1",
  roomId: "r1",
  title: "Project Birch",
  message: { ...emptyMessage, text: "Hello" },
  quote: null,
  author: { address: "ada@acme.example", name: "Ada" },
  people: [
    { address: "ada@acme.example", name: "Ada" },
    { address: "ben@acme.example", name: "Ben" },
  ],
  files: [],
  missing: [],
  itemBytesMax: 10_000_000,
  ...over,
});
