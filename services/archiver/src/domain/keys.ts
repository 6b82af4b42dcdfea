// Ids that the same thing gets each time, so that mail clients thread a space and nothing comes twice.

/** Extended properties of every archived message; for eDiscovery, and to find what is there already. */
const property = (name: string): string =>
  `String {3f0c6a52-9b1e-4c57-8d0a-6f1f5be2c7d4} Name HybridArchive${name}`;

/** The id of the version: what a mailbox has of a version it does not get again. */
export const itemProperty = property("Item");
/** Which fan-out brought it. */
export const runProperty = property("Run");
/** The rest is metadata. */
export const metadataProperties = {
  message: property("Message"),
  space: property("Space"),
  kind: property("Kind"),
  author: property("Author"),
} as const;

/** The folder below the Inbox that archived messages go to. */
export const archiveFolder = "Webex Teams";

const domain = "webex-archive.invalid";

/** The Internet message id of a message as it was first written. */
export const originalId = (messageId: string): string => `<${messageId}@${domain}>`;

/** The Internet message id of a version: the original's own for a new message, else one of the event. */
export const versionId = (item: {
  readonly kind: string;
  readonly messageId: string;
  readonly eventId: string;
}) =>
  item.kind === "created" ? originalId(item.messageId) : `<${item.messageId}.${item.eventId}@${domain}>`;

/** Stands at the head of a space's thread; no message has it. */
export const spaceThreadId = (roomId: string): string => `<space.${roomId}@${domain}>`;

/** The thread of a version: what it answers, and everything before it, oldest first. */
export const threadOf = (
  item: { readonly kind: string; readonly messageId: string },
  given: { readonly roomId: string; readonly parentId: string | null },
): { readonly inReplyTo: string; readonly references: readonly string[] } => {
  const references = [
    spaceThreadId(given.roomId),
    ...(given.parentId === null ? [] : [originalId(given.parentId)]),
    ...(item.kind === "created" ? [] : [originalId(item.messageId)]),
  ];
  return { inReplyTo: references.at(-1) ?? spaceThreadId(given.roomId), references };
};
