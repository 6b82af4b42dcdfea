import { murmur2 } from "@hybrid/kernel";

const utf8 = new TextEncoder();

/** 12 digits that stand for an event's id among a few thousand others. */
export const eventDigest = (eventId: string): string => {
  const hex = (text: string): string => murmur2(utf8.encode(text)).toString(16).padStart(8, "0");
  return `${hex(`1${eventId}`)}${hex(`2${eventId}`).slice(0, 4)}`;
};

/** The digests within a joined text of them. */
export const splitDigests = (joined: string): ReadonlySet<string> => new Set(joined.match(/.{12}/g) ?? []);
