import { z } from "zod";
import { id, itemOf, longText, name, time } from "./item.ts";

/** A message as it is now: Webex keeps no earlier text. */
export const Message = itemOf({
  id,
  roomId: id,
  roomType: z.string().max(64).optional(),
  /** The message that started the thread. */
  parentId: id.optional(),
  text: longText.optional(),
  markdown: longText.optional(),
  html: longText.optional(),
  /** Addresses for `getContent`. */
  files: z.array(z.string().max(4_096)).max(100).default([]),
  /** Cards; their content is whatever their maker wrote. */
  attachments: z
    .array(z.object({ contentType: name, content: z.unknown() }))
    .max(100)
    .default([]),
  personId: id.optional(),
  personEmail: name.optional(),
  mentionedPeople: z.array(z.string().max(100_000)).max(5_000).default([]),
  mentionedGroups: z.array(name).max(100).default([]),
  isVoiceClip: z.boolean().optional(),
  created: time.optional(),
  updated: time.optional(),
});
/** A message as it is now: Webex keeps no earlier text. */
export type Message = z.infer<typeof Message>;
